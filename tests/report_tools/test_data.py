import sys
import types

import numpy as np
import pytest

from autograder.common.errors import UserError
from report_tools.plan import recipe
from report_tools.train import data

EDITION = recipe.load_edition("mnist")


@pytest.fixture
def images_file(tmp_path):
    x = np.arange(14 * 4, dtype=np.uint8).reshape(14, 2, 2)
    path = tmp_path / "small.npz"
    np.savez(path, x_train=x[:12], y_train=np.arange(12) % 3, x_test=x[12:], y_test=np.array([0, 1]))
    return path


def test_the_digits_are_split_in_file_order_and_scaled(digits):
    splits = data.split(digits, 255, 0, 0)
    assert [len(part.x) for part in splits[:3]] == [1250, 250, 297]
    assert splits.train.x.shape[1] == 784
    assert splits.train.x.min() == 0
    assert splits.train.x.max() == 1
    assert np.array_equal(splits.train.y.argmax(1)[:10], np.arange(10))  # as in scikit-learn's file


def test_resizing_keeps_the_mean_and_every_value_between_its_neighbours():
    enlarge = data._interpolation(8, 28)
    assert np.allclose(enlarge.sum(axis=1), 1)
    ramp = enlarge @ np.arange(8.0)
    assert np.all(np.diff(ramp) >= 0)
    assert ramp[0] == 0
    assert ramp[-1] == 7
    assert np.isclose(ramp.mean(), 3.5)


def test_a_file_is_split_in_its_order(images_file):
    splits = data.split(data.find(str(images_file), EDITION), 256, 0, 0)
    assert np.array_equal(splits.train.x[0], np.array([0, 1, 2, 3]) / 256)
    assert np.array_equal(splits.valid.x[0], np.array([40, 41, 42, 43]) / 256)
    assert [len(part.x) for part in splits[:3]] == [10, 2, 2]
    assert splits.image_shape == (2, 2)


def test_fewer_rows_are_the_first_ones(digits):
    some, every = data.split(digits, 255, 20, 10), data.split(digits, 255, 0, 0)
    assert np.array_equal(some.train.x, every.train.x[:20])
    assert np.array_equal(some.valid.x, every.valid.x[:10])


def test_pixels_cannot_be_changed_by_a_solution(digits):
    with pytest.raises(ValueError, match="read-only"):
        data.split(digits, 255, 20, 10).train.x[0] = 1


def test_a_data_set_is_known_by_its_labels_not_its_name(images_file, digits):
    assert not digits.comparable
    assert data.find(str(images_file), EDITION).name == "small"


@pytest.mark.parametrize("content", [b"", b"not a zip"])
def test_a_file_that_is_no_npz_is_one_sentence(tmp_path, content):
    path = tmp_path / "x.npz"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"not an \.npz file with x_train"):
        data.find(str(path), EDITION)


def test_a_missing_file_and_missing_arrays_are_one_sentence(tmp_path):
    np.savez(tmp_path / "x.npz", x_train=np.zeros((2, 2, 2)))
    for name in ("x.npz", "y.npz"):
        with pytest.raises(UserError, match=r"x_train, y_train, x_test, y_test \(.+\)\.$"):
            data.find(str(tmp_path / name), EDITION)


def test_labels_that_do_not_match_are_one_sentence(tmp_path):
    x = np.zeros((3, 2, 2), dtype=np.uint8)
    np.savez(tmp_path / "x.npz", x_train=x, y_train=np.zeros(2, int), x_test=x, y_test=np.zeros(3, int))
    with pytest.raises(UserError, match="need one class number each"):
        data.find(str(tmp_path / "x.npz"), EDITION)


def test_mnist_without_a_network_says_what_to_do(tmp_path, monkeypatch):
    def no_network(*args, **kwargs):
        raise OSError("no route to host")

    monkeypatch.setattr(data, "DOWNLOADS", tmp_path)
    monkeypatch.setitem(sys.modules, "torchvision", types.ModuleType("torchvision"))
    fake = types.ModuleType("torchvision.datasets")
    fake.MNIST = no_network
    monkeypatch.setitem(sys.modules, "torchvision.datasets", fake)
    with pytest.raises(UserError, match=r"no route to host.*--data PATH\.npz"):
        data.find("mnist", EDITION)
    assert not list(tmp_path.iterdir())


def test_mnist_is_downloaded_once_and_kept(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch", reason="needs ./setup.sh --report")

    class FakeMnist:
        calls = 0

        def __init__(self, root, train, download):
            FakeMnist.calls += 1
            self.data = torch.zeros(12 if train else 4, 28, 28, dtype=torch.uint8)
            self.targets = torch.arange(12 if train else 4) % 10

    monkeypatch.setattr(data, "DOWNLOADS", tmp_path)
    monkeypatch.setattr("torchvision.datasets.MNIST", FakeMnist)
    first = data.find("mnist", EDITION)
    assert data.find("mnist", EDITION) == first
    assert FakeMnist.calls == 2  # the training part and the test part
    assert data.read(first.path).x_train.shape == (12, 28, 28)
