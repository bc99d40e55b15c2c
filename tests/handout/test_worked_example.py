"""Every number of the worked example is recomputed here, without the code that printed it."""

import ast
import re

import numpy as np
import pytest

from autograder.assignment import contract
from handout import example
from reference.solution import NN

X = np.array([[1.0, 2.0], [-1.0, 0.5]])
Y = np.array([[1, 0], [0, 1]])
WEIGHTS = {
    "W1": np.array([[0.5, -1.0, 1.0], [0.5, 0.5, -1.0]]),
    "b1": np.array([[0.0, 0.5, 0.5]]),
    "W2": np.array([[1.0, -0.5], [0.5, 1.0], [-1.0, 0.5]]),
    "b2": np.array([[0.0, 0.5]]),
}
MLP = contract.problem("mlp")
PRINTED = 5e-5  # half a unit of the fourth decimal


def read(block):
    """Turn printed text back into arrays, by name."""
    entries = re.split(r"^ *(\w+) = ", block, flags=re.MULTILINE)[1:]
    return {
        name: np.array(ast.literal_eval(text)) for name, text in zip(entries[::2], entries[1::2], strict=True)
    }


@pytest.fixture(scope="module")
def printed():
    return {title: read(block) for title, block in example.sections(MLP).items()}


def network(activation="relu", weights=WEIGHTS):
    nn = NN(hidden_dims=(3,), lr=0.5, activation=activation, data=((X, Y),) * 3)
    nn.weights = {name: value.copy() for name, value in weights.items()}
    return nn


def loss_at(weights, activation):
    """Compute the loss from nothing but NumPy and the formulas of the handout."""
    bend = {"relu": lambda a: np.maximum(a, 0), "tanh": np.tanh}[activation]
    logits = bend(X @ weights["W1"] + weights["b1"]) @ weights["W2"] + weights["b2"]
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -(Y * log_p).sum() / len(X)


def finite_difference(name, activation, step=1e-5):
    """Differentiate the loss by one of the weights, entry by entry."""
    gradient = np.zeros_like(WEIGHTS[name])
    for index in np.ndindex(gradient.shape):
        up, down = ({k: v.copy() for k, v in WEIGHTS.items()} for _ in range(2))
        up[name][index] += step
        down[name][index] -= step
        gradient[index] = (loss_at(up, activation) - loss_at(down, activation)) / (2 * step)
    return gradient


def test_forward_agrees_with_the_reference(printed):
    cache = network().forward(X)
    assert list(printed["forward"]) == ["Z0", "A1", "Z1", "A2", "Z2"] == list(cache)
    for name, value in printed["forward"].items():
        np.testing.assert_allclose(value, cache[name], atol=PRINTED)


def test_backward_agrees_with_the_reference(printed):
    nn = network()
    grads = nn.backward(nn.forward(X), Y)
    assert set(printed["backward"]) == set(grads)
    for name, value in printed["backward"].items():
        np.testing.assert_allclose(value, grads[name], atol=PRINTED)


@pytest.mark.parametrize("name", WEIGHTS)
def test_gradients_agree_with_finite_differences(printed, name):
    np.testing.assert_allclose(printed["backward"][f"d{name}"], finite_difference(name, "relu"), atol=PRINTED)


@pytest.mark.parametrize("name", ["W1", "b1"])
def test_gradients_with_tanh_agree_with_finite_differences(printed, name):
    np.testing.assert_allclose(printed["the"][f"d{name}"], finite_difference(name, "tanh"), atol=PRINTED)


def test_loss_and_update(printed):
    assert printed["loss"]["loss"] == pytest.approx(loss_at(WEIGHTS, "relu"), abs=PRINTED)
    after = {k: v - 0.5 * finite_difference(k, "relu") for k, v in WEIGHTS.items()}
    for name, value in after.items():
        np.testing.assert_allclose(printed["after"][name], value, atol=PRINTED)
    assert printed["after"]["loss"] == pytest.approx(loss_at(after, "relu"), abs=PRINTED)


def test_no_preactivation_is_near_the_kink_of_relu(printed):
    assert np.abs(printed["forward"]["A1"]).min() > 0.2


def test_numbers_in_the_sentences_are_those_of_the_example(printed, markdown):
    right = (printed["forward"]["Z2"] * Y).sum(axis=1)
    sentence = re.search(r"gives probability ([\d.]+); .* with probability ([\d.]+)\.", markdown)
    np.testing.assert_allclose([float(number) for number in sentence.groups()], right, atol=1e-9)
    assert printed["forward"]["A1"][0, 0] == 1 * 0.5 + 2 * 0.5 + 0 == 1.5


def test_all_of_it_stands_in_the_handout(markdown):
    assert example.listing(MLP) in markdown
    for block in example.sections(MLP).values():
        assert block in markdown
