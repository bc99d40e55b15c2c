"""Every assertion of expect.py passes on what is right and fails on what is not."""

import numpy as np
import pytest

from autograder.assignment import config
from autograder.checking.expect import Expect, Wrong
from autograder.problems.mlp.weights import weights_of
from autograder.sandbox.protocol.codec import Opaque
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
        (WANT + 1e-3, "every value is wrong"),
        (WANT + np.diag([0, 1]), "1 of its 4 values is wrong, the first at [1, 1]"),
        ([[1], [2, 3]], "is a list"),
        (3.0, "has shape ()"),
    ],
)
def test_close_refuses(got, says):
    with pytest.raises(Wrong) as wrong:
        expect.close(got, WANT, "it")
    assert says in wrong.value.what


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
        ({}, "lacks A; it holds nothing"),
        ({"B": 1}, "lacks A; it holds B"),
        ({"A": -WANT}, 'cache["A"]'),
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


def test_weights_may_be_judged_by_halves():
    weights = {"W1": np.ones((2, 3)), "b1": np.ones(3)}
    weights_of(expect, weights, (2, 3), only="W")
    with pytest.raises(Wrong, match="b1"):
        weights_of(expect, weights, (2, 3))


def test_no_message_shows_a_value_that_was_expected():
    with pytest.raises(Wrong) as wrong:
        expect.close(np.zeros(3), np.array([0.12345, 0.6789, 0.4242]), "it")
    assert not any(digits in str(wrong.value) for digits in ("12345", "6789", "4242"))
