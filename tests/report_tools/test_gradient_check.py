import numpy as np
import pytest

from reference.solution import NN
from report_tools.draw import captions, table
from report_tools.train import data
from report_tools.train.data import Split
from report_tools.train.student import gradient_check

from .conftest import TINY

CHECK = (*TINY, "lr=0.1")


class Cubic:
    """A "network" whose loss is the sum of w^3: central differences are off by exactly eps^2."""

    activation_str = "tanh"
    n_hidden = 1
    epsilon = 1e-6

    def __init__(self, weights):
        self.weights = {"W1": np.array([weights], dtype=float)}

    def forward(self, x):
        return {"A1": self.weights["W1"], "Z2": self.weights["W1"]}

    def loss(self, prediction, labels):
        return np.sum(prediction**3)

    def backward(self, cache, labels):
        return {"dW1": 3 * self.weights["W1"] ** 2}


class OneUnit(Cubic):
    """A loss of max(w, 0), with its kink at zero."""

    activation_str = "relu"

    def forward(self, x):
        return {"A1": self.weights["W1"], "Z2": np.maximum(self.weights["W1"], 0)}

    def loss(self, prediction, labels):
        return np.sum(prediction)

    def backward(self, cache, labels):
        return {"dW1": (self.weights["W1"] > 0).astype(float)}


ROW = Split(np.zeros((1, 1)), np.ones((1, 1)))


def check(network, *, n_values):
    elements = np.arange(network.weights["W1"].size)
    return gradient_check.compare(network, ROW, "W1", elements, 1 / np.array(n_values, dtype=float))


def test_the_truncation_error_of_a_cube_is_the_square_of_the_step():
    network = Cubic([0.5, -2.0])
    n_values = np.array([2.0, 10.0, 100.0])
    comparison = check(network, n_values=n_values)
    signed = comparison.numeric(n_values) - comparison.gradient
    assert np.allclose(signed, (1 / n_values**2)[:, None], rtol=1e-8)
    assert np.array_equal(comparison.gradient, [0.75, 12.0])


def test_the_weights_are_put_back_exactly():
    network = Cubic([0.1, 0.2])
    before = network.weights["W1"].copy()
    check(network, n_values=[3.0, 7.0])
    assert np.array_equal(network.weights["W1"], before)


def test_a_kink_within_the_interval_is_seen_for_the_steps_that_reach_it():
    comparison = check(OneUnit([0.1, 1.5]), n_values=[1.0, 5.0, 100.0])
    assert comparison.crosses_kink.tolist() == [[True, False], [True, False], [False, False]]
    signed = comparison.numeric(np.array([1.0, 5.0, 100.0])) - comparison.gradient
    assert abs(signed[0, 0]) > 0.1
    assert np.allclose(signed[2], 0, atol=1e-12)


def test_the_check_of_a_trained_network(run_recipe):
    results = run_recipe("gradient-check", *CHECK, "activation=tanh")
    run = results.runs[0].run
    largest = dict(zip(results.runs[0].settings["n_values"], run.series["max_difference"], strict=True))
    assert run.status == "complete"
    assert len(run.facts["epochs"]["train_loss"]) == 2
    assert len(run.facts["gradient"]) == 10
    assert np.isclose(largest[10] / largest[100], 100, rtol=0.05)  # slope -2
    truncation = largest[100] * (100 / 5e5) ** 2
    assert largest[5e5] > 10 * truncation  # round-off; how much depends on the BLAS of the machine
    assert run.series["max_difference"] == run.facts["max_difference_smooth"]  # tanh has no kink
    assert max(run.facts["single_precision"]) > 1e6 * min(largest.values())


def test_the_elements_are_the_first_ones_in_row_major_order(run_recipe, digits):
    results = run_recipe("gradient-check", *CHECK, "at_init=true", "sample=3", "n_elements=7")
    network = NN(hidden_dims=(6, 5), activation="relu", seed=500, data=None)
    network.initialize_weights([784, 10])
    x, y = data.scaled(digits, 255, 120, 40).train
    grads = network.backward(network.forward(x[3:4]), y[3:4])
    facts = results.runs[0].run.facts
    assert np.allclose(facts["gradient"], [*grads["dW2"][0], *grads["dW2"][1, :2]], rtol=1e-9)
    assert facts["sample"] == 3


def test_every_trap_is_said_aloud(run_recipe, write_solution):
    solution = write_solution(
        "    def initialize_weights(self, dims):\n"
        "        super().initialize_weights(dims)\n"
        "        self.weights = {k: v.astype(np.float32) for k, v in self.weights.items()}\n"
        "        self.weights['W1'][:] = -1\n"  # every unit of the first layer is dead
    )
    results = run_recipe(
        "gradient-check", *CHECK, "at_init=true", "initialization=glorot", "sample=0", solution=solution
    )
    said = " ".join(captions.remarks(results))
    assert "all 10 elements of W2 is zero" in said
    assert "before the first update" in said
    assert "float32" in said


def test_a_kink_is_said_aloud(run_recipe):
    results = run_recipe("gradient-check", *CHECK)
    crosses = np.array(results.runs[0].run.facts["crosses_kink"])
    assert crosses[0].any()  # with N = 1 the step is larger than the weights
    said = " ".join(captions.remarks(results))
    assert "a kink of the ReLU lies within the interval" in said
    named = [f"W2[{i // 5}, {i % 5}]" for i in np.flatnonzero(crosses.any(axis=0))]
    assert f"within the interval of {', '.join(named)}, so" in said


def test_elements_beyond_the_first_row_are_named_as_python_does(run_recipe):
    results = run_recipe("gradient-check", *CHECK, "hidden_dims=[4, 3]", "n_elements=5")
    header = table.build(results, results.recipe.tables[0]).header
    assert header[1:6] == ["W2[0, 0]", "W2[0, 1]", "W2[0, 2]", "W2[1, 0]", "W2[1, 1]"]


def test_a_clipped_loss_is_said_aloud(run_recipe):
    results = run_recipe("gradient-check", *CHECK, "epsilon=0.49", "sample=0")
    assert "is clipped" in " ".join(captions.remarks(results))


def test_auto_takes_the_sample_with_the_most_derivatives(run_recipe):
    found = run_recipe(
        "gradient-check", *CHECK, "at_init=true", "n_train=20", "sample=[0, 1, 2, 3, 4, 5, 6, 7]"
    )
    counts = [np.count_nonzero(labelled.run.facts["gradient"]) for labelled in found.runs]
    auto = run_recipe("gradient-check", *CHECK, "at_init=true", "n_train=8")
    assert np.count_nonzero(auto.runs[0].run.facts["gradient"]) == max(counts)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("weight=W9", "the network has W1, b1"),
        ("sample=120", "the training split has 120 rows, counted from 0"),
    ],
)
def test_what_is_not_there_is_one_sentence(run_recipe, change, words):
    results = run_recipe("gradient-check", *CHECK, change)
    assert results.runs[0].run.status == "failed"
    assert words in results.runs[0].run.message
