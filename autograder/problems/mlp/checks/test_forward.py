"""Check `forward`."""

from functools import partial

import numpy as np
import pytest
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import given
from autograder.problems.mlp.strategies import ACTIVATIONS, Case, cases, with_corners


def forwarded(student, case, activation="tanh"):
    """Return the student's cache for a case; several checks look at the same one."""

    return student.once(
        ("forward", case, activation), lambda: case.student(student, activation).forward(case.x)
    )


@weight(0.4)
@tags("forward")
@with_corners
@given(case=cases())
def test_keys(student, expect, case):
    """forward: the cache holds Z0, A1, Z1, ..., Am, Zm, each in its shape (R12)"""
    cache, want = forwarded(student, case), case.cache()
    expect.dictionary(cache, want, "the cache")
    for name, value in want.items():
        expect.numbers(cache[name], value.shape, f'cache["{name}"]')
    expect.close(cache["Z0"], case.x, 'cache["Z0"], which should be x,')


@weight(1)
@tags("forward")
@pytest.mark.parametrize("activation", ACTIVATIONS)
@with_corners
@given(case=cases())
def test_values(student, expect, activation, case):
    """forward: every A and Z is right with {activation} (R11)"""
    cache = forwarded(student, case, activation)
    expect.answer(cache, partial(case.reference, activation), lambda nn: nn.forward(case.x), "cache")


@weight(0.5)
@tags("forward")
@with_corners
@given(case=cases())
def test_output_is_probabilities(student, expect, case):
    """forward: each row of the last Z holds probabilities, made by softmax (R11)"""
    last = len(case.dims) - 1
    cache = forwarded(student, case)
    expect.dictionary(cache, [f"A{last}", f"Z{last}"], "the cache")
    Z = expect.numbers(cache[f"Z{last}"], (case.n_rows, case.dims[-1]), f'cache["Z{last}"]')
    expect.close(np.sum(Z, axis=1), np.ones(case.n_rows), f'the sum of each row of cache["Z{last}"]')
    A = expect.numbers(cache[f"A{last}"], Z.shape, f'cache["A{last}"]')
    expect.close(
        Z, case.reference().softmax(A), f'cache["Z{last}"], which should be softmax of cache["A{last}"],'
    )


@weight(0.1)
@tags("forward")
@pytest.mark.parametrize("depth", (1, 2, 3))
def test_one_row(student, expect, depth):
    """forward: a single row is a batch like any other, {depth} hidden layers deep (R18)"""
    case = Case((3, *(4, 2, 5)[:depth], 3), n_rows=1)
    cache = forwarded(student, case)
    expect.answer(cache, case.reference, lambda nn: nn.forward(case.x), "cache")


@weight(0.5)
@tags("forward")
@with_corners
@given(case=cases())
def test_rows_do_not_mix(student, expect, case):
    """forward: a batch gives what its rows give one by one (R11, R18)"""
    last = f"Z{len(case.dims) - 1}"
    nn = case.student(student)
    together = nn.forward(case.x)
    expect.dictionary(together, [last], "the cache")
    Z = expect.numbers(together[last], (case.n_rows, case.dims[-1]), f'cache["{last}"]')
    for row in {0, case.n_rows - 1}:
        alone = nn.forward(case.x[row : row + 1])
        expect.dictionary(alone, [last], "the cache")
        expect.close(
            alone[last],
            Z[row : row + 1],
            f'cache["{last}"] of one row, compared with the same row in a batch,',
        )


@weight(0.1)
@tags("forward")
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_changes_no_argument(student, expect, activation):
    """forward: x is left as it was, with {activation} (R23)"""
    case = Case((3, 4, 2, 3), n_rows=4)
    nn = case.student(student, activation)
    cache = nn.forward(case.x)
    expect.unchanged(nn, "forward")
    expect.answer(cache, partial(case.reference, activation), lambda nn: nn.forward(case.x), "cache")
