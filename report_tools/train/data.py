"""Find a data set and split it in file order: training rows, then validation rows, then test rows."""

import hashlib
import os
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.common.errors import UserError
from report_tools.plan.data_source import DataSource
from report_tools.plan.recipe import Edition

Array = NDArray[Any]
DIGITS_TEST_ROWS = 297  # of 1,797; 1,500 remain to train and validate on
DOWNLOADS = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "report_tools"


class Dataset(NamedTuple):
    """A data set as its file has it: images (N, height, width[, channels]), labels (N,)."""

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array


class Split(NamedTuple):
    """One split: x (N, D) scaled pixels in float64, y (N, C) one-hot in float64."""

    x: Array
    y: Array


class Splits(NamedTuple):
    """The three splits, and the shape that a row of pixels had as an image."""

    train: Split
    valid: Split
    test: Split
    image_shape: tuple[int, ...]


def find(data: str, edition: Edition) -> DataSource:
    """Locate a data set: "digits", "mnist" (downloaded once) or the path of an .npz file.

    Raises UserError if there is no such file, if it does not hold x_train, y_train, x_test and
    y_test in matching sizes, or if the download fails.
    """
    path = "" if data == "digits" else str(_mnist() if data == "mnist" else Path(data).resolve())
    images = read(path)
    digest = hashlib.sha256()
    for array in images:
        digest.update(np.ascontiguousarray(array).tobytes())
    # By the labels alone: the same images may be stored as integers or floats, with or without a border.
    labels = hashlib.sha256(images.y_train.astype("u1").tobytes() + images.y_test.astype("u1").tobytes())
    comparable = labels.hexdigest() == edition.labels_sha256
    name = edition.data_name if comparable else (Path(data).stem if path else "digits (scikit-learn)")
    return DataSource(name, path, digest.hexdigest(), comparable, edition.valid_one_in)


@cache
def read(path: str) -> Dataset:
    """Read the images and labels of an .npz file, or of the bundled digits for an empty path."""
    if not path:
        return _digits()
    try:
        with np.load(path) as file:
            images = Dataset(*(file[name] for name in Dataset._fields))
    except (OSError, ValueError, KeyError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(
            f"--data {path}: not an .npz file with x_train, y_train, x_test, y_test ({reason})."
        ) from None
    for x, y in ((images.x_train, images.y_train), (images.x_test, images.y_test)):
        if x.ndim < 3 or y.ndim != 1 or len(x) != len(y) or not np.issubdtype(y.dtype, np.integer):
            raise UserError(
                f"--data {path}: images of shape {x.shape} need one class number each, "
                f"but the labels have shape {y.shape} and dtype {y.dtype}."
            )
    return images


@lru_cache(maxsize=2)  # a sweep uses one, a second one while a setting of the data varies
def split(source: DataSource, pixel_scale: float, n_train: int, n_valid: int) -> Splits:
    """Split in file order and scale: rows (N, D) of pixels / pixel_scale, labels one-hot (N, C).

    n_train, n_valid: use at most so many rows of the split, the first ones; 0 means all.
    """
    images = read(source.path)
    n_classes = int(max(images.y_train.max(), images.y_test.max())) + 1
    boundary = len(images.x_train) - len(images.x_train) // source.valid_one_in
    train, valid = slice(0, boundary), slice(boundary, None)

    def rows(x: Array, y: Array, limit: int) -> Split:
        x, y = x[: limit or None], y[: limit or None]
        flat = x.reshape(len(x), -1).astype(np.float64)  # (N, D)
        flat /= pixel_scale
        flat.setflags(write=False)  # a solution that changes its batch must fail, not spoil later epochs
        return Split(flat, np.eye(n_classes)[y])

    return Splits(
        rows(images.x_train[train], images.y_train[train], n_train),
        rows(images.x_train[valid], images.y_train[valid], n_valid),
        rows(images.x_test, images.y_test, 0),
        images.x_train.shape[1:],
    )


def _digits() -> Dataset:
    from sklearn.datasets import load_digits

    digits = load_digits()
    enlarge = _interpolation(8, 28)  # (28, 8)
    images = enlarge @ digits.images @ enlarge.T  # (28, 8) @ (N, 8, 8) @ (8, 28) -> (N, 28, 28)
    images = np.rint(images * (255 / 16)).astype(np.uint8)  # the digits have 17 grey levels, 0 to 16
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


def _mnist() -> Path:
    """Download MNIST once through torchvision, which checks what came, and keep it as one .npz."""
    path = DOWNLOADS / "mnist.npz"
    if path.exists():
        return path
    try:
        from torchvision.datasets import MNIST
    except ImportError:
        raise UserError("--data mnist needs torchvision; run bash setup.sh --report first.") from None
    try:
        train, test = (MNIST(DOWNLOADS, train=part, download=True) for part in (True, False))
    except (OSError, RuntimeError) as error:
        reason = str(error).partition("\n")[0].rstrip(".:")
        raise UserError(
            f"MNIST could not be downloaded ({reason}); connect to a network once, "
            "or give a file with --data PATH.npz, or use --data digits."
        ) from None
    images = Dataset(
        train.data.numpy(),
        train.targets.numpy().astype(np.uint8),
        test.data.numpy(),
        test.targets.numpy().astype(np.uint8),
    )
    # Under another name until it is whole: an interrupted download must not look like a data set.
    unfinished = path.with_suffix(".part.npz")
    np.savez_compressed(unfinished, **images._asdict())
    unfinished.replace(path)
    return path
