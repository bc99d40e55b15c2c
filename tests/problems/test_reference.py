"""The reference against numbers known from elsewhere, and against itself."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from reference.solution import NN, load_data, one_hot
from tests.table import table


class ZeroNN(NN):
    def initialize_weights(self, dims):
        super().initialize_weights(dims)
        self.weights = {name: np.zeros_like(value) for name, value in self.weights.items()}


def digits():
    """Real data that is always there: 1,797 images of 8 x 8, split in file order."""
    x, y = load_digits(return_X_y=True)
    x, y = x / 16, one_hot(y, 10)
    return (x[:1200], y[:1200]), (x[1200:1500], y[1200:1500]), (x[1500:], y[1500:])


@table(
    ("dims", "parameters"),
    [
        ((784, 784, 256, 10), 818_970),
        ((784, 512, 384, 10), 602_762),
        ((784, 666, 333, 10), 748_261),
        ((784, 666, 666, 10), 973_702),
        ((3072, 784, 256, 10), 2_612_762),
        ((3072, 1024, 512, 64, 64, 10), 3_709_194),
    ],
)
def test_parameter_counts(dims, parameters):
    nn = NN(hidden_dims=dims[1:-1], data=((), (), ()))
    nn.initialize_weights([dims[0], dims[-1]])
    assert sum(array.size for array in nn.weights.values()) == parameters


def test_uniform_prediction_costs_ln_10():
    nn = NN(data=((), (), ()))
    assert nn.loss(np.full((5, 10), 0.1), np.eye(10)[:5]) == pytest.approx(2.302585, abs=1e-6)


def test_one_row_never_costs_more_than_the_clip_allows():
    nn = NN(data=((), (), ()), epsilon=1e-6)
    assert nn.loss(np.array([[0.0, 1.0]]), np.array([[1, 0]])) == pytest.approx(13.8155, abs=1e-4)


def test_zero_initialisation_depends_on_the_labels_alone():
    """With zero weights only the last bias trains: its losses follow from the label counts of each batch."""
    generator = np.random.default_rng(3)
    labels = one_hot(generator.integers(10, size=1000), 10)
    data = ((generator.random((1000, 20)), labels),) * 3
    nn = ZeroNN(hidden_dims=(7, 5), lr=7e-4, batch_size=64, activation="relu", seed=1, data=data)
    logs = nn.train_loop(3)

    bias, losses = np.zeros(10), []
    for _ in range(3):
        for start in range(0, 1000, 64):
            counts = labels[start : start + 64].sum(axis=0)
            p = np.exp(bias) / np.exp(bias).sum()
            bias -= 7e-4 * (p - counts / counts.sum())
        p = np.exp(bias) / np.exp(bias).sum()
        losses.append(-labels.mean(axis=0) @ np.log(p))
    assert logs["train_loss"] == pytest.approx(losses, abs=1e-12)


def test_learns_real_digits():
    nn = NN(hidden_dims=(32, 16), lr=0.5, batch_size=32, seed=0, data=digits())
    logs = nn.train_loop(20)
    assert logs["train_loss"][-1] < logs["train_loss"][0] / 4
    assert nn.evaluate()[1] > 0.85


def test_load_data_splits_in_file_order(tmp_path):
    x = np.arange(7 * 4, dtype=np.uint8).reshape(7, 2, 2)
    y = np.array([0, 1, 2, 0, 1, 2, 0], dtype=np.uint8)
    np.savez(tmp_path / "data.npz", x_train=x, y_train=y, x_test=x[:2], y_test=y[:2])
    train, valid, test = load_data(tmp_path / "data.npz", n_valid=2, n_classes=3)
    assert np.array_equal(train[0] * 255, x[:5].reshape(5, 4))
    assert np.array_equal(valid[1], np.eye(3)[[2, 0]])
    assert test[0].shape == (2, 4)


def test_default_data_can_be_evaluated():
    nn = NN(seed=1)
    nn.initialize_weights([784, 10])
    loss, accuracy = nn.evaluate()
    assert np.isfinite(loss)
    assert 0 <= accuracy <= 1
