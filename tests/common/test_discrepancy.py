"""In what simple way numbers are off, as students and the grader say it."""

import math

import numpy as np
import pytest

from autograder.common import discrepancy

WANT = np.array([[0.5, -2.0, 3.0], [1.25, 0.75, -0.1], [2.5, 0.3, -1.4]])
SIZES = {"N": 3, "batch_size": 4}


def close(got, want):
    return np.isclose(got, want, rtol=1e-5, atol=1e-7)


def how(got, want=WANT):
    return discrepancy.describe(np.asarray(got), np.asarray(want), close, SIZES)


@pytest.mark.parametrize(
    ("got", "said"),
    [
        (-WANT, "Every sign is wrong."),
        (3 * WANT, "Every number is 3 times too large (N is 3)."),
        (WANT / 4, "Every number is 4 times too small (batch_size is 4)."),
        (-7 * WANT, "Every number is 7 times too large, and has the wrong sign."),
        (WANT * 3 / 4, "Every number is 3/4 of what it should be: N / batch_size (N is 3, batch_size is 4)."),
        (WANT / 784, "Every number is 784 times too small."),
        (WANT * 0, "Every number is 0."),
        (WANT.T, "It is the transpose of what it should be."),
        (1 - WANT, "Every number is 1 minus what it should be."),
        (WANT + 0.5, "Every number is 0.5 too large."),
        (
            WANT - [[1, 2, 3]],
            "Every row is off by the same numbers, as if a bias were left out or added twice.",
        ),
        (np.roll(WANT, 1, 0), "The numbers are right, but each is one row too late."),
        (WANT[:, ::-1], "The numbers are right, but the order of the columns is reversed."),
        (
            WANT / math.log(2),
            "Every number is that of a logarithm to base 2; use np.log, the natural logarithm.",
        ),
    ],
)
def test_a_simple_difference_is_said(got, said):
    assert how(got) == said


@pytest.mark.parametrize("got", [WANT**2, WANT * 0.7312, WANT * 18 / 5, np.where(WANT > 2, 0, WANT)])
def test_of_any_other_difference_nothing_is_said(got):
    assert how(got) == ""


def test_the_tolerance_is_that_of_the_comparison():
    """Finite differences are only nearly right; small numbers are off by more than a millionth."""
    nearly = 3 * (WANT + 1e-8 * np.sign(WANT)) + np.where(np.abs(WANT) < 0.2, 2e-7, 0)
    assert how(nearly).startswith("Every number is 3 times too large")


def test_nothing_is_divided_by_zero():
    with np.errstate(all="raise"):
        assert how(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])) != "x"
        assert how(np.zeros((2, 0)), np.zeros((2, 0))) == ""
        assert how(np.ones(3), np.zeros(3)) == ""
        assert how(0.0, 1.5) == "It is 0."


def test_a_single_number():
    assert how(-1.5, 1.5) == "Its sign is wrong."
    assert how(3.6, 1.2) == "It is 3 times too large (N is 3)."


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        ((3, 2), (2, 3), "Rows and columns are swapped."),
        ((4,), (1, 4), "An axis of length 1 is lost: the shape should be (1, 4), not (4,)"),
        ((5, 1), (1, 3), "It has 5 numbers: is that one for each row of the batch? Sum over axis 0"),
        ((5,), (), "It should be a single number."),
        ((2, 3), (4, 5), ""),
    ],
)
def test_shapes_alone_can_tell(got, want, said):
    assert discrepancy.of_shapes(got, want).startswith(said)
    assert bool(discrepancy.of_shapes(got, want)) == bool(said)
