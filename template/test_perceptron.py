"""The public tests of the perceptron: fewer than those that grade, under the same titles.

Run them with    bash setup.sh python -m pytest template

The only answers they know are those of the handout's worked example and of examples simple enough to
do by hand.  Read them: each shows how a function is called and what must come out.
"""

import numpy as np
import pytest
from solution import BinaryPerceptron

from autograder.public_tests.assertions import assert_close, assert_shape, assert_unchanged

# Whose answers the tests of a function rely on: fix what is on the right first.
RESTS_ON = {"fire": ("relu",), "train": ("relu", "fire")}

# The worked example of the handout: two weights, a bias, and examples on both sides of the line.
# Every test makes its own arrays, so that no function is blamed for what another did to them.
B = 0.25


def w():
    """Make the two weights."""
    return np.array([1.0, -0.5])


def fires():
    """Make an example that fires: 0.5 - 0.5 + 0.25 = 0.25."""
    return np.array([0.5, 1.0])


def silent():
    """Make an example that does not: -1 - 1 + 0.25 = -1.75."""
    return np.array([-1.0, 2.0])


def between():
    """Make an example on the line: 0.25 - 0.5 + 0.25 = 0."""
    return np.array([0.25, 1.0])


def inputs():
    """Make the four inputs of a logical function."""
    return [np.array(x) for x in ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))]


def perceptron(weights=(1.0, -0.5), b=B):
    """Make a perceptron with these weights and this bias."""
    unit = BinaryPerceptron(n_features=len(weights), seed=1)
    unit.w = np.array(weights, dtype=float)
    unit.b = np.full(1, b) if np.shape(unit.b) == (1,) else b
    return unit


def assert_learnt(unit, weights, b, when):
    """Require these weights and this bias."""
    assert_close(unit.w, weights, f"w {when}", rtol=1e-5, atol=1e-7)
    assert_close(
        np.reshape(unit.b, ()) if np.size(unit.b) == 1 else unit.b, b, f"b {when}", rtol=1e-5, atol=1e-7
    )


def errors(unit, labels, n_epochs):
    """Show the four inputs to a perceptron, epoch after epoch; return the errors of the last epoch."""
    for _ in range(n_epochs):
        losses = [unit.train(x, y, 1.0) for x, y in zip(inputs(), labels, strict=True)]
    return int(np.sum(losses))


def test_relu_changes_nothing():
    """relu: x is unchanged (R26, R23)"""
    assert_unchanged(perceptron().relu, silent())


def test_relu_arrays():
    """relu: max(x, 0), for arrays of any shape (R26)"""
    x = np.array([[-2.0, 0.5, 1.0], [0.75, -1.25, 0.0]])
    want = np.array([[0.0, 0.5, 1.0], [0.75, 0.0, 0.0]])
    for array, answer in ((x, want), (x[0], want[0]), (x.reshape(2, 1, 3), want.reshape(2, 1, 3))):
        assert_close(perceptron().relu(array.copy()), answer, f"relu for an array of shape {array.shape}")


@pytest.mark.parametrize("number", (-1.5, 0.25))
def test_relu_numbers(number):
    """relu: max(x, 0), for a number (R26)"""
    assert_close(perceptron().relu(number), max(number, 0.0), f"relu({number})")


def test_fire_changes_nothing():
    """fire: x, w and b are unchanged (R27, R23)"""
    unit = perceptron()
    assert_unchanged(unit.fire, fires())
    assert_learnt(unit, w(), B, "after fire(x)")


def test_fire_both_sides():
    """fire: 1 where relu(w @ x + b) is above 0, else 0 (R27)"""
    for x, answer in ((fires(), 1), (silent(), 0)):
        assert np.all(perceptron().fire(x) == answer), (
            f"fire({x}) is {perceptron().fire(x)}, but should be {answer}: w @ x + b is {w() @ x + B}"
        )


def test_fire_bias():
    """fire: the bias counts, both with weights and on its own (R27)"""
    for b, answer in ((0.5, 1), (-0.5, 0)):
        got = perceptron(b=b).fire(np.zeros(2))
        assert np.all(got == answer), f"with w @ x = 0 and b = {b}, fire(x) is {got}, but should be {answer}"


def test_fire_exactly_zero():
    """fire: an activation of exactly 0 does not fire (R27)"""
    got = perceptron().fire(between())
    assert np.all(got == 0), f"w @ x + b is exactly 0, so fire(x) should be 0, but is {got}"


def test_fire_one_number():
    """fire: the answer for one example is one number, 0 or 1 (R27)"""
    for x, answer in ((fires(), 1), (silent(), 0)):
        assert_close(perceptron().fire(x), answer, f"fire({x})")


def test_train_changes_nothing():
    """train: x is unchanged (R28, R23)"""
    assert_unchanged(perceptron().train, fires(), 0, 0.5)


def test_train_missed():
    """train: where it should fire and does not, w moves by lr x and b by lr (R28)"""
    unit, x = perceptron(b=-1.0), np.array([0.5, 1.0])
    unit.train(x.copy(), 1, 0.5)
    assert_learnt(unit, w() + 0.5 * x, -1.0 + 0.5, "after train(x, 1, 0.5)")


def test_train_false_alarm():
    """train: where it fires and should not, w moves by -lr x and b by -lr (R28)"""
    unit = perceptron()
    unit.train(fires(), 0, 0.5)
    assert_learnt(unit, w() - 0.5 * fires(), B - 0.5, "after train(x, 0, 0.5)")


def test_train_right_already():
    """train: where the answer is right, nothing moves (R28)"""
    for x, y in ((fires(), 1), (silent(), 0)):
        unit = perceptron()
        unit.train(x, y, 0.5)
        assert_learnt(unit, w(), B, f"after train(x, {y}, 0.5)")


def test_train_negative_features():
    """train: negative features move their weights too (R28)"""
    unit = perceptron()
    unit.train(silent(), 1, 0.5)
    assert_learnt(unit, w() + 0.5 * silent(), B + 0.5, "after train(x, 1, 0.5)")


def test_train_loss():
    """train: returns |y - answer|, where answer is the one before the step (R29)"""
    for x, y, loss in ((fires(), 1, 0), (fires(), 0, 1), (silent(), 1, 1), (silent(), 0, 0)):
        got = perceptron().train(x, y, 2.0)
        assert got is not None, "train returns None: is a `return` missing?"
        assert np.all(got == loss), f"train({x}, {y}, 2.0) returns {got}, but should return {loss}"


def test_train_learning_rate():
    """train: the step is proportional to lr, for any lr, and y may be a float (R28)"""
    for lr in (0.25, 1.0):
        unit = perceptron()
        unit.train(fires(), 0.0, lr)
        assert_learnt(unit, w() - lr * fires(), B - lr, f"after train(x, 0.0, {lr})")


def test_train_shapes():
    """train: w keeps its shape, and b stays one number (R30)"""
    unit = perceptron()
    unit.train(fires(), 0, 0.5)
    assert_shape(unit.w, (2,), "w after train")
    assert np.size(unit.b) == 1, f"b is {unit.b} after train, but should be one number"


def test_train_learns_and():
    """train: a few epochs teach it the logical AND of two inputs (R28)"""
    for name, labels in (("AND", (0, 0, 0, 1)), ("OR", (0, 1, 1, 1))):
        wrong = errors(perceptron([0.0, 0.0], 0.0), labels, n_epochs=10)
        assert wrong == 0, f"after ten epochs on {name}, {wrong} of the four answers are wrong"
