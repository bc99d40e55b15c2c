"""Find a data set and split it in file order: training rows, then validation rows, then test rows."""

import hashlib
import math
import os
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.common import whole_file
from autograder.common.errors import UserError
from report_tools.plan.data_source import DataSet, DataSource, data_sets
from report_tools.plan.recipe import suggest
from report_tools.train import data_check

Array = NDArray[Any]
DIGITS_TEST_ROWS = 297  # of 1,797; 1,500 remain to train and validate on


class Dataset(NamedTuple):
    """A data set as its file has it: images (N, height, width[, channels]), labels (N,)."""

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array


class Split(NamedTuple):
    """One split: x (N, D), a row of pixels for each image; y (N, C) one-hot in float64."""

    x: Array
    y: Array


class Splits(NamedTuple):
    """The three splits, and the shape that a row of pixels had as an image."""

    train: Split
    valid: Split
    test: Split
    image_shape: tuple[int, ...]


def find(data: str, wanted: DataSet, valid_one_in: int) -> DataSource:
    """Locate a data set.

    data: "digits", which need no download and are enlarged to the images of the wanted data set;
    "full", which is the wanted one; another one by its name; or the path of an .npz file.
    valid_one_in: as in `DataSource`.
    Raises UserError if there is no such file, if it does not hold x_train, y_train, x_test and
    y_test in matching sizes, or if the download fails.
    """
    known = data_sets()
    if data not in (*known, "digits", "full") and not Path(data).suffix and not Path(data).exists():
        raise UserError(
            f"--data {data}: there is no such file or data set; {suggest(data, [*known, 'full'])}"
        )
    name = next(key for key, one in known.items() if one == wanted) if data == "full" else data
    path = "" if data == "digits" else str(_download(name) if name in known else Path(data).resolve())
    images = read(path, wanted.image_shape)
    data_check.require_enough(path, images.x_train, valid_one_in)
    digest = hashlib.sha256()
    for array in images:
        digest.update(np.ascontiguousarray(array).tobytes())
    comparable = _is(wanted, images)
    title = known[name].title if name in known else Path(path).stem or "digits (scikit-learn)"
    return DataSource(
        name=wanted.title if comparable else title,
        path=path,
        image_shape=images.x_train.shape[1:],
        sha256=digest.hexdigest(),
        comparable=comparable,
        valid_one_in=valid_one_in,
    )


def _is(wanted: DataSet, images: Dataset) -> bool:
    """Say whether these are the images of the data set, whatever the file is called."""
    if not wanted.labels_sha256:
        sizes = images.x_train.shape, images.x_test.shape
        return sizes == ((wanted.n_train, *wanted.image_shape), (wanted.n_test, *wanted.image_shape))
    # By the labels alone: the same images may be stored as integers or floats, with or without a border.
    labels = hashlib.sha256(images.y_train.astype("u1").tobytes() + images.y_test.astype("u1").tobytes())
    return labels.hexdigest() == wanted.labels_sha256


@lru_cache(maxsize=2)
def read(path: str, image_shape: tuple[int, ...]) -> Dataset:
    """Read the images and labels of an .npz file, or for an empty path the digits, enlarged to a shape."""
    if not path:
        return _digits(image_shape)
    images = _load(path)
    data_check.require_images(path, *images)
    return Dataset(_small(images.x_train), images.y_train, _small(images.x_test), images.y_test)


def _load(path: str) -> Dataset:
    """Read the four arrays of an .npz file; raises UserError that tells damage from a wrong file."""
    damaged = (
        f"--data {path}: damaged, or not an .npz file (its download may have stopped); download it again."
    )
    try:
        with open(path, "rb") as file:  # noqa: PTH123 (np.load takes an .npy, or a pickle, for one as well)
            if file.read(4) != b"PK\x03\x04":
                raise UserError(damaged)
        with np.load(path, allow_pickle=False) as arrays:
            if lacking := [name for name in Dataset._fields if name not in arrays.files]:
                raise UserError(
                    f"--data {path}: it holds {', '.join(arrays.files) or 'nothing'}, but must hold "
                    f"{', '.join(Dataset._fields)}; it lacks {', '.join(lacking)}."
                )
            return Dataset(*(arrays[name] for name in Dataset._fields))
    except OSError as error:
        raise UserError(f"--data {path}: {error.strerror or error}.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError):
        raise UserError(damaged) from None


def _small(pixels: Array) -> Array:
    """Return pixels of one byte as they are, all others in float32: float64 is twice as large for nothing."""
    return pixels if pixels.dtype == np.uint8 else pixels.astype(np.float32)


@lru_cache(maxsize=2)
def split(source: DataSource, n_train: int, n_valid: int) -> Splits:
    """Split in file order; the pixels (N, D) are as they are stored, and no copies; labels one-hot (N, C).

    n_train, n_valid: use at most so many rows of the split, the first ones; 0 means all.
    """
    images = read(source.path, source.image_shape)
    n_classes = int(max(images.y_train.max(), images.y_test.max())) + 1

    def rows(x: Array, y: Array, limit: int) -> Split:
        flat = x[: limit or None].reshape(-1, math.prod(x.shape[1:]))  # (N, D)
        return Split(_frozen(flat), np.eye(n_classes)[y[: limit or None]])

    x, y = images.x_train, images.y_train
    test = rows(images.x_test, images.y_test, 0)
    if not source.valid_one_in:
        return Splits(rows(x, y, n_train), rows(images.x_test, images.y_test, n_valid), test, x.shape[1:])
    boundary = len(x) - len(x) // source.valid_one_in
    train, valid = slice(0, boundary), slice(boundary, None)
    return Splits(rows(x[train], y[train], n_train), rows(x[valid], y[valid], n_valid), test, x.shape[1:])


@lru_cache(maxsize=2)  # a sweep uses one, a second one while a setting of the data varies
def scaled(source: DataSource, pixel_scale: float, n_train: int, n_valid: int) -> Splits:
    """Split as above, with pixels / pixel_scale in float32.

    A product with weights in float64 is done in float64, a batch at a time: the whole data set in
    float64 would be twice as large (1.5 GB a process for CIFAR-10), and no more exact than its bytes.
    """
    splits = split(source, n_train, n_valid)
    scale = np.float32(pixel_scale)
    train, valid, test = (Split(_frozen(np.divide(x, scale, dtype=np.float32)), y) for x, y in splits[:3])
    return Splits(train, valid, test, splits.image_shape)


def _frozen(pixels: Array) -> Array:
    """Make an array read-only: a solution that changes its batch must fail, not spoil later epochs."""
    view: Array = pixels.view()
    view.setflags(write=False)
    return view


def _digits(image_shape: tuple[int, ...]) -> Dataset:
    """Enlarge scikit-learn's digits to images of this shape, grey in every channel."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    height, width = image_shape[:2]
    images = _interpolation(8, height) @ digits.images @ _interpolation(8, width).T  # (N, height, width)
    images = np.rint(images * (255 / 16)).astype(np.uint8)  # the digits have 17 grey levels, 0 to 16
    if len(image_shape) > 2:
        images = np.repeat(images[..., None], image_shape[2], axis=3)
    labels = digits.target.astype(np.uint8)
    return Dataset(
        images[:-DIGITS_TEST_ROWS],
        labels[:-DIGITS_TEST_ROWS],
        images[-DIGITS_TEST_ROWS:],
        labels[-DIGITS_TEST_ROWS:],
    )


def _interpolation(small: int, large: int) -> Array:
    """Build the matrix (large, small) that resizes a column of pixels linearly, centre to centre."""
    centres = (np.arange(large) + 0.5) * small / large - 0.5
    centres = np.clip(centres, 0, small - 1)
    weights: Array = np.maximum(0, 1 - np.abs(centres[:, None] - np.arange(small)))
    return weights


def downloads() -> Path:
    """Return the folder in which downloads are kept; raises UserError where this user has none."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "report_tools"
    except RuntimeError:  # a container may run as a user without a name or a home
        raise UserError(
            "this user has no home folder to keep the download in; set XDG_CACHE_HOME to a folder, "
            "or give a file with --data PATH.npz."
        ) from None


def _download(name: str) -> Path:
    """Download a data set once through torchvision, which checks what came, and keep it as one .npz."""
    path = downloads() / f"{name}.npz"
    if path.exists():
        return path
    wanted = data_sets()[name]
    try:
        from torchvision import datasets
    except ImportError:
        raise UserError(f"--data {name} needs torchvision; run bash setup.sh --report first.") from None
    load = getattr(datasets, wanted.torchvision)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        train, test = (load(path.parent, train=part, download=True) for part in (True, False))
    except (OSError, RuntimeError) as error:
        reason = str(error).partition("\n")[0].rstrip(".:")
        raise UserError(
            f"{wanted.title} could not be downloaded ({reason}); connect to a network once, "
            "or give a file with --data PATH.npz, or use --data digits."
        ) from None
    # Tensors for some data sets, arrays or lists for others.
    pixels, labels = (
        [np.asarray(getattr(part, key), dtype=np.uint8) for part in (train, test)]
        for key in ("data", "targets")
    )
    images = Dataset(pixels[0], labels[0], pixels[1], labels[1])
    # An interrupted download must not look like a data set.
    with whole_file.replacing(path) as part:
        np.savez_compressed(part, **images._asdict())
    return path
