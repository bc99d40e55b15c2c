import io
import pickle
import sys
import types

import msgspec
import numpy as np
import pytest

from autograder.common.errors import UserError
from report_tools.plan import data_source
from report_tools.train import data, data_check

MNIST, CIFAR10 = (data_source.data_set(name, "test") for name in ("mnist", "cifar10"))


@pytest.fixture
def images_file(tmp_path):
    x = np.arange(14 * 4, dtype=np.uint8).reshape(14, 2, 2)
    path = tmp_path / "small.npz"
    np.savez(path, x_train=x[:12], y_train=np.arange(12) % 3, x_test=x[12:], y_test=np.array([0, 1]))
    return path


def test_the_digits_are_split_in_file_order_and_scaled(digits):
    splits = data.scaled(digits, 255, 0, 0)
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
    splits = data.scaled(data.find(str(images_file), MNIST, 6), 256, 0, 0)
    assert np.array_equal(splits.train.x[0], np.array([0, 1, 2, 3]) / 256)
    assert np.array_equal(splits.valid.x[0], np.array([40, 41, 42, 43]) / 256)
    assert [len(part.x) for part in splits[:3]] == [10, 2, 2]
    assert splits.image_shape == (2, 2)


def test_fewer_rows_are_the_first_ones(digits):
    some, every = data.split(digits, 20, 10), data.split(digits, 0, 0)
    assert np.array_equal(some.train.x, every.train.x[:20])
    assert np.array_equal(some.valid.x, every.valid.x[:10])


def test_where_the_text_says_so_the_test_images_validate(images_file):
    splits = data.split(data.find(str(images_file), MNIST, 0), 0, 1)
    assert [len(part.x) for part in splits[:3]] == [12, 1, 2]
    assert np.array_equal(splits.valid.x[0], splits.test.x[0])


def test_pixels_cannot_be_changed_by_a_solution(digits):
    for splits in (data.scaled(digits, 255, 20, 10), data.split(digits, 20, 10)):
        with pytest.raises(ValueError, match="read-only"):
            splits.train.x[0] = 1


@pytest.mark.parametrize(("stored", "kept"), [("u1", "u1"), ("f8", "f4"), ("i8", "f4")])
def test_pixels_take_no_more_memory_than_they_are_worth(tmp_path, stored, kept):
    x = np.arange(6 * 3072, dtype=stored).reshape(6, 32, 32, 3) % 200
    np.savez(tmp_path / "x.npz", x_train=x, y_train=np.arange(6), x_test=x, y_test=np.arange(6))
    source = data.find(str(tmp_path / "x.npz"), CIFAR10, 5)
    assert data.split(source, 0, 0).train.x.dtype == kept
    scaled = data.scaled(source, 4, 0, 0)
    assert scaled.train.x.dtype == np.float32
    assert scaled.image_shape == (32, 32, 3)
    assert np.array_equal(scaled.train.x, x[:5].reshape(5, 3072) / 4)


def test_the_digits_are_as_large_as_the_images_that_they_stand_for():
    source = data.find("digits", CIFAR10, 5)
    images = data.split(source, 0, 0).train.x.reshape(-1, 32, 32, 3)
    assert images.shape[0] == 1200
    assert np.array_equal(images[..., 0], images[..., 2])
    assert source.sha256 != data.find("digits", MNIST, 5).sha256


def test_a_data_set_without_known_labels_is_known_by_its_size(tmp_path):
    small = msgspec.structs.replace(CIFAR10, n_train=6, n_test=6)
    x = np.zeros((6, 32, 32, 3), dtype=np.uint8)
    np.savez(tmp_path / "x.npz", x_train=x, y_train=np.arange(6), x_test=x, y_test=np.arange(6))
    found = [data.find(str(tmp_path / "x.npz"), wanted, 5) for wanted in (small, CIFAR10, MNIST)]
    assert [source.comparable for source in found] == [True, False, False]
    assert [source.name for source in found] == ["CIFAR-10", "x", "x"]


def test_a_data_set_is_known_by_its_labels_not_its_name(images_file, digits):
    assert not digits.comparable
    assert data.find(str(images_file), MNIST, 6).name == "small"


def test_a_missing_file_and_missing_arrays_are_one_sentence(tmp_path):
    np.savez(tmp_path / "x.npz", x_train=np.zeros((2, 2, 2)))
    for name, says in (
        ("x.npz", r"holds x_train, but must hold x_.*; it lacks y_train, x_test, y_test\.$"),
        ("y.npz", "No such file"),
    ):
        with pytest.raises(UserError, match=says):
            data.find(str(tmp_path / name), MNIST, 6)


def test_labels_that_do_not_match_are_one_sentence(tmp_path):
    x = np.zeros((3, 2, 2), dtype=np.uint8)
    np.savez(tmp_path / "x.npz", x_train=x, y_train=np.zeros(2, int), x_test=x, y_test=np.zeros(3, int))
    with pytest.raises(UserError, match="need one class number each"):
        data.find(str(tmp_path / "x.npz"), MNIST, 6)


def damaged(whole):
    """Return an .npz in every state that a download, or somebody in a hurry, leaves it in."""
    flipped = bytearray(whole)
    flipped[200] ^= 255
    pickled = io.BytesIO()
    np.savez(pickled, **{name: np.array([{}]) for name in data.Dataset._fields})
    array = io.BytesIO()
    np.save(array, np.zeros((3, 2, 2)))
    return {
        "half of it": whole[: len(whole) // 2],
        "a byte changed": bytes(flipped),
        "an .npy": array.getvalue(),
        "a web page": b"<!DOCTYPE html><html>",
        "a pickle": pickle.dumps([1]),
        "objects": pickled.getvalue(),
        "empty": b"",
    }


def test_a_damaged_file_is_one_sentence_without_unsafe_advice(tmp_path, images_file):
    for content in damaged(images_file.read_bytes()).values():
        (tmp_path / "x.npz").write_bytes(content)
        with pytest.raises(UserError, match=r"damaged, or not an .npz file .*; download it again"):
            data.find(str(tmp_path / "x.npz"), MNIST, 6)
        data.read.cache_clear()


def test_flat_images_are_not_blamed_on_the_labels(tmp_path):
    x = np.zeros((3, 4), dtype=np.uint8)
    np.savez(tmp_path / "x.npz", x_train=x, y_train=np.zeros(3, int), x_test=x, y_test=np.zeros(3, int))
    with pytest.raises(UserError, match=r"are flat; give them as \(N, height, width\)"):
        data.find(str(tmp_path / "x.npz"), MNIST, 6)


GOOD = {
    "x_train": np.arange(12 * 4, dtype=np.uint8).reshape(12, 2, 2), "y_train": np.arange(12) % 3,
    "x_test": np.zeros((2, 2, 2), np.uint8), "y_test": np.array([0, 1]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            {"y_train": np.arange(12) - 1},
            r"the labels of y_train go from -1 to 10, but the classes are 0 to 9",
        ),
        ({"y_test": np.array([0, 255])}, r"the labels of y_test go from 0 to 255, but the classes"),
        (
            {"x_train": np.full((12, 2, 2), 256.0)},
            r"pixels of x_train are between 256 and 256; give",
        ),
        ({"x_train": np.full((12, 2, 2), -0.4)}, r"are between -0\.4 and -0\.4; give them as 0 to 255\.$"),
        ({"x_train": np.full((12, 2, 2), np.nan)}, r"between nan and nan; give them as 0 to 255"),
        ({"x_train": np.full((12, 2, 2), "a")}, r"x_train should hold pixels, but holds <U1"),
        (
            {"x_train": np.zeros((12, 3, 32, 32))},
            r"shape \(12, 3, 32, 32\); images are \(N, height,",
        ),
        ({"x_train": np.zeros(12)}, r"shape \(12,\); images are"),
        ({"x_test": np.zeros((0, 2, 2)), "y_test": np.zeros(0, int)}, r"x_test holds no images"),
        ({"x_test": np.zeros((2, 3, 3))}, r"have different sizes, 2 × 2 and 3 × 3"),
        (
            {"x_train": np.zeros((3, 2, 2)), "y_train": np.zeros(3, int)},
            r"3 images; at least 6 are needed",
        ),
    ],
)
def test_what_cannot_be_images_with_classes_is_one_sentence(tmp_path, changed, says):
    np.savez(tmp_path / "x.npz", **(GOOD | changed))
    with pytest.raises(UserError, match=says):
        data.find(str(tmp_path / "x.npz"), MNIST, 6)


def test_pixels_between_0_and_1_are_not_divided_once_more():
    x = GOOD["x_train"] / 255
    with pytest.raises(UserError, match="between 0 and 1 already; add --pixel-scale 1, "):
        data_check.require_scale("x.npz", x, {255.0})
    data_check.require_scale("x.npz", x, {1.0})
    data_check.require_scale("x.npz", GOOD["x_train"], {255.0})


def test_without_a_home_only_a_download_says_so(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(data.Path, "home", homeless)
    data.find("digits", MNIST, 6)
    with pytest.raises(UserError, match=r"no home folder .* set XDG_CACHE_HOME"):
        data.find("mnist", MNIST, 6)


@pytest.fixture
def torchvision(tmp_path, monkeypatch):
    """Pretend that torchvision is installed, with the data sets that a test gives it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "downloads"))

    def install(**classes):
        package, datasets = types.ModuleType("torchvision"), types.ModuleType("torchvision.datasets")
        package.datasets = datasets
        for name, one in classes.items():
            setattr(datasets, name, one)
        monkeypatch.setitem(sys.modules, "torchvision", package)
        monkeypatch.setitem(sys.modules, "torchvision.datasets", datasets)

    (tmp_path / "downloads").mkdir()
    return install


class Images:
    """What torchvision's data sets look like: pixels and labels, of the training part or the test part."""

    downloads = 0

    def __init__(self, root, *, train, download):
        assert download
        type(self).downloads += 1
        self.data = np.full((12 if train else 4, *self.shape), 7, dtype=np.uint8)
        self.targets = [k % 10 for k in range(12 if train else 4)]  # CIFAR10 has a list of them


class MnistImages(Images):
    shape = (28, 28)


class Cifar10Images(Images):
    shape = (32, 32, 3)


@pytest.mark.parametrize(
    ("name", "classes", "shape"),
    [("mnist", {"MNIST": MnistImages}, (28, 28)), ("cifar10", {"CIFAR10": Cifar10Images}, (32, 32, 3))],
)
def test_a_data_set_is_downloaded_once_and_kept(torchvision, name, classes, shape):
    torchvision(**classes)
    (images,) = classes.values()
    images.downloads = 0
    wanted = data_source.data_set(name, "test")
    first = data.find(name, wanted, 5)
    assert data.find("full", wanted, 5) == first
    assert images.downloads == 2  # the training part and the test part
    found = data.read(first.path, shape)
    assert found.x_train.shape == (12, *shape)
    assert found.y_test.tolist() == [0, 1, 2, 3]
    assert first.image_shape == shape


@pytest.mark.parametrize("error", [OSError("no route to host"), RuntimeError("File not found or corrupted.")])
@pytest.mark.parametrize(("name", "title"), [("mnist", "MNIST"), ("cifar10", "CIFAR-10")])
def test_a_download_that_fails_says_what_to_do(torchvision, error, name, title):
    def fail(*args, **kwargs):
        raise error

    torchvision(MNIST=fail, CIFAR10=fail)
    with pytest.raises(UserError, match=rf"{title} could not be downloaded \(.*\); .*--data PATH\.npz"):
        data.find(name, MNIST, 6)
    assert not list(data.downloads().iterdir())


def test_without_torchvision_a_download_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(UserError, match="--data cifar10 needs torchvision"):
        data.find("cifar10", CIFAR10, 5)


@pytest.mark.parametrize("name", data_source.data_sets())
def test_torchvision_has_every_data_set_that_is_named(name):
    datasets = pytest.importorskip("torchvision.datasets", reason="needs ./setup.sh --report")
    assert issubclass(
        getattr(datasets, data_source.data_set(name, "test").torchvision), datasets.VisionDataset
    )
