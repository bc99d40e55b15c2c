"""Every assertion of expect.py passes on what is right and fails on what is not."""

import numpy as np
import pytest

from autograder.assignment import config
from autograder.checking.expect import Expect, Wrong
from autograder.common import discrepancy
from autograder.problems.mlp.weights import weights_of
from autograder.sandbox.protocol.codec import Opaque, Tuple
from tests.table import table

expect = Expect(config.load())
WANT = np.array([[1.0, 2.0], [3.0, 4.0]])


@table(
    "got",
    [
        WANT,
        WANT.astype(np.float32),
        WANT.astype(int),
        WANT.tolist(),
        np.asfortranarray(WANT),
        WANT * (1 + 1e-8),
    ],
)
def test_close_accepts(got):
    expect.close(got, WANT, "it")


@table(
    ("got", "says"),
    [
        (None, "is a `return` missing?"),
        ("four", "is a str"),
        (Opaque("numpy.ma.MaskedArray"), "numpy.ma.MaskedArray"),
        (WANT[0], "has shape (2,), but should have shape (2, 2)"),
        (WANT[None], "has shape (1, 2, 2)"),
        (WANT * np.nan, "holds nan"),
        (WANT * np.inf, "holds inf"),
        (WANT + 1e-3, "Every number is 0.001 too large"),
        (-5 * WANT, "Every number is 5 times too large, and has the wrong sign"),
        (WANT.T, "It is the transpose"),
        (WANT * [[2], [3]], "Each row is off by a different factor"),
        (WANT * 1.0001, "nearly right, off by at most 0.01 %"),
        (np.full((2, 2), 7.0), "All its numbers are equal"),
        (WANT + np.array([[1, -3], [2, 9]]), "The largest error is at [1, 1]"),
        (WANT + np.diag([0, 1]), "1 of its 4 values is wrong, the one at [1, 1]"),
        (WANT * [[1], [2]], "2 of its 4 values are wrong, all in row 1. Each of these is 2 times too large"),
        ([[1], [2, 3]], "is a list of 2 values"),
        (Tuple([{}, WANT]), "is a tuple of 2 values (a dict, an array of shape (2, 2)"),
        (3.0, "has shape ()"),
    ],
)
def test_close_refuses(got, says):
    with pytest.raises(Wrong) as wrong:
        expect.close(got, WANT, "it")
    assert says in wrong.value.what


def test_dimensions_of_length_one_may_be_left_to_another_check():
    row = np.array([[1.0, 2.0, 3.0]])
    with pytest.raises(Wrong) as wrong:
        expect.close(row[0], row, "db")
    assert "A dimension of length one has disappeared" in wrong.value.hint
    expect.close(row[0], row, "db", any_ones=True)
    expect.numbers(np.array([2.0]), (), "the loss", any_ones=True)
    with pytest.raises(Wrong):
        expect.close(row.T @ row, row, "db", any_ones=True)


def test_all_that_is_wrong_in_a_dict_is_named_once():
    want = {"dW2": WANT, "db2": WANT[:1], "dW1": WANT}
    with pytest.raises(Wrong, match=r'grads\["dW2"\].* Also wrong: dW1'):
        expect.entries({"dW2": -WANT, "db2": WANT[:1], "dW1": -WANT}, want, "grads")
    with pytest.raises(Wrong, match="All other entries are right"):
        expect.entries({**want, "db2": 2 * WANT[:1]}, want, "grads")


def test_half_precision_is_judged_as_such_and_told():
    judge = Expect(config.load())
    judge.close(WANT.astype(np.float16) * np.float16(1.002), WANT, "it")
    assert judge.half_precision
    with pytest.raises(Wrong):
        judge.close((WANT * 1.05).astype(np.float16), WANT, "it")


def test_float32_is_judged_more_loosely_than_float64():
    off = WANT * (1 + 1e-4)
    expect.close(off.astype(np.float32), WANT, "it")
    with pytest.raises(Wrong):
        expect.close(off, WANT, "it")


def test_gradients_are_judged_more_loosely_than_values():
    off = WANT * (1 + 5e-6)
    expect.close(off, WANT, "it", gradient=True)
    with pytest.raises(Wrong):
        expect.close(off, WANT, "it")


def test_entries_ignore_what_is_not_asked_for():
    expect.entries({"A": WANT, "more": None}, {"A": WANT}, "cache")


@table(
    ("got", "says"),
    [
        ([1], "should be a dict, but is a list"),
        (Tuple([1, {"A": WANT}]), "should be a dict, but is a tuple of 2 values (an int, a dict)"),
        ({}, "lacks A; it holds nothing"),
        ({"B": 1}, "lacks A; it holds B"),
        (
            {"A": -WANT},
            'cache["A"] has the right shape (2, 2), but wrong values. Every sign is wrong.',
        ),
    ],
)
def test_entries_refuse(got, says):
    with pytest.raises(Wrong) as wrong:
        expect.entries(got, {"A": WANT}, "cache")
    assert says in wrong.value.what


def test_numbers_take_scalars_and_nothing_like_scalars():
    for scalar in (2.0, 2, True, np.array(2.0)):
        expect.numbers(scalar, (), "loss")
    for other in (np.array([2.0]), np.array([[2.0]]), [2.0], None, np.array(2j), float("nan")):
        with pytest.raises(Wrong):
            expect.numbers(other, (), "loss")


def test_true_and_unchanged():
    class Network:
        changed = ()

    expect.true(True, "fine")
    expect.unchanged(Network, "relu")
    with pytest.raises(Wrong, match="not fine"):
        expect.true(False, "not fine")
    Network.changed = ("cache['Z1']",)
    with pytest.raises(Wrong, match="Z1"):
        expect.unchanged(Network, "backward")


@table(
    ("name", "begins"),
    [("the loss", "The loss has"), ("what train returns", "What train returns has"), ("cache", "cache has")],
)
def test_a_sentence_begins_with_a_capital_letter_unless_with_code(name, begins):
    with pytest.raises(Wrong) as wrong:
        expect.close(WANT, 1.0, name)
    assert wrong.value.what.startswith(begins)


def test_weights_may_be_judged_by_halves():
    weights = {"W1": np.ones((2, 3)), "b1": np.ones(3)}
    weights_of(expect, weights, (2, 3), only="W")
    with pytest.raises(Wrong, match="b1"):
        weights_of(expect, weights, (2, 3))


def test_no_message_shows_a_value_that_was_expected():
    with pytest.raises(Wrong) as wrong:
        expect.close(np.zeros(3), np.array([0.12345, 0.6789, 0.4242]), "it")
    assert not any(digits in str(wrong.value) for digits in ("12345", "6789", "4242"))


def test_what_nobody_reads_is_not_put_into_words(monkeypatch):
    """Known mistakes hear thousands of wrong answers, and nobody is told what is wrong with those."""
    asked = []
    monkeypatch.setattr(discrepancy, "describe", lambda *given, **how: asked.append(given) or "Found.")
    with pytest.raises(Wrong) as caught:
        expect.entries({"W1": np.zeros(2)}, {"W1": np.ones(2)}, "grads")
    assert not asked
    assert "Found." in str(caught.value)
    assert caught.value.what == str(caught.value)
    assert len(asked) == 1
