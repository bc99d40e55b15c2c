"""The perceptron's fixed points and its worked example, recomputed without the reference."""

import re

import numpy as np
import pytest

from autograder.assignment import contract
from handout import example
from reference.perceptron import BinaryPerceptron

PROBLEM = contract.problem("perceptron")
W, B = np.array([1.0, -0.5]), 0.25

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
LABELS = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}


def errors(name, n_epochs):
    """Teach a function of two inputs from weights of zero; return the errors of each epoch."""
    unit = BinaryPerceptron(n_features=2)
    unit.w, unit.b = np.zeros(2), 0.0
    return [
        sum(unit.train(x, y, 1) for x, y in zip(INPUTS, LABELS[name], strict=True)) for _ in range(n_epochs)
    ]


@pytest.mark.parametrize("name", ["AND", "OR"])
def test_what_a_line_separates_is_learnt(name):
    assert errors(name, 10)[-1] == 0


def test_xor_never_is():
    assert 0 not in errors("XOR", 50)


def blobs():
    """Make the two clouds of the handout of 2023: the same draws around (-5, 5) and (5, 5)."""
    clouds = [np.random.RandomState(42).normal(centre, 1, (100, 2)) for centre in ((-5, 5), (5, 5))]
    return np.concatenate(clouds), np.repeat([0, 1], 100)


def test_a_seed_gives_the_same_weights():
    one, again, other = (BinaryPerceptron(n_features=2, seed=seed) for seed in (2, 2, 3))
    np.testing.assert_allclose(one.w, (-0.41675785, -0.05626683), atol=1e-8)  # the published start
    assert np.array_equal(one.w, again.w) and not np.array_equal(one.w, other.w)
    assert (one.b, np.shape(one.w)) == (0, (2,))


def test_separate_clouds_are_learnt():
    x, y = blobs()
    unit = BinaryPerceptron(n_features=2, seed=2)
    errors = [sum(unit.train(*pair, 0.001) for pair in zip(x, y, strict=True)) for _ in range(6)]
    assert errors[0] > 0 == errors[-1]


NUMBER = r"(-?[\d.]+)"


def test_the_worked_example_is_right():
    printed = example.sections(PROBLEM)
    fires = re.findall(
        rf"x = \[{NUMBER}, {NUMBER}\]  w @ x \+ b = {NUMBER}  relu = {NUMBER}  fire\(x\) = {NUMBER}",
        printed["fire"],
    )
    steps = re.findall(
        rf"x = \[{NUMBER}, {NUMBER}\]  y = {NUMBER}  returns = {NUMBER}  "
        rf"w = \[{NUMBER}, {NUMBER}\]  b = {NUMBER}",
        printed["train"],
    )
    assert len(fires) == len(steps) == 3
    for fire, step in zip(np.array(fires, float), np.array(steps, float), strict=True):
        x, z = fire[:2], W @ fire[:2] + B
        answer = float(z > 0)
        assert fire[2:].tolist() == [z, max(z, 0), answer]
        error = step[2] - answer
        assert step[3:].tolist() == [abs(error), *(W + 0.5 * error * x), B + 0.5 * error]
    assert {row[-1] for row in fires} == {"0.0", "1.0"}, "examples on both sides"
