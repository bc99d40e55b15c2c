"""Refuse data that cannot be what they are meant to be, in one sentence that says what to do."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.common.errors import UserError
from report_tools.plan.data_source import N_CLASSES

Array = NDArray[Any]
WHITE = 255


def require_images(path: str, x_train: Array, y_train: Array, x_test: Array, y_test: Array) -> None:
    """Raise UserError if one of the two parts is no set of images with a class number each."""
    for name, x, y in (("train", x_train, y_train), ("test", x_test, y_test)):
        if problem := _problem_of_images(x) or _problem_of_labels(x, y):
            raise UserError(f"--data {path}: {problem.format(x=f'x_{name}', y=f'y_{name}')}.")
    if x_train.shape[1:] != x_test.shape[1:]:
        sizes = " and ".join(" × ".join(map(str, x.shape[1:])) for x in (x_train, x_test))
        raise UserError(f"--data {path}: training and test images have different sizes, {sizes}.")


def require_enough(path: str, x_train: Array, valid_one_in: int) -> None:
    """Raise UserError if nothing would be left to validate on."""
    if len(x_train) < valid_one_in:
        raise UserError(
            f"--data {path}: x_train has {len(x_train)} images; at least {valid_one_in} are needed, "
            "the last of which is for validation."
        )


def require_scale(path: str, x_train: Array, pixel_scales: set[float]) -> None:
    """Raise UserError if pixels that are between 0 and 1 already would be divided once more."""
    if 0 < x_train.max() <= 1 and max(pixel_scales) > 1:
        raise UserError(
            f"--data {path}: the pixels are between 0 and 1 already; add --pixel-scale 1, so that they are "
            f"not divided by {max(pixel_scales):g} once more, or give them as 0 to {WHITE}."
        )


def _problem_of_images(x: Array) -> str:
    if x.dtype.kind not in "buif":
        return f"{{x}} should hold pixels, but holds {x.dtype}"
    if x.ndim == 2:
        return f"the images of {{x}}, of shape {x.shape}, are flat; give them as (N, height, width)"
    if x.ndim not in (3, 4) or (x.ndim == 4 and x.shape[3] not in (1, 3)):
        return f"{{x}} has shape {x.shape}; images are (N, height, width) or (N, height, width, 3)"
    if not x.size:
        return "{x} holds no images"
    low, high = float(x.min()), float(x.max())
    if not 0 <= low <= high <= WHITE:  # nan is nowhere
        return f"the pixels of {{x}} are between {low:g} and {high:g}; give them as 0 to {WHITE}"
    return ""


def _problem_of_labels(x: Array, y: Array) -> str:
    if y.ndim != 1 or len(x) != len(y) or not np.issubdtype(y.dtype, np.integer):
        return (
            f"images of shape {x.shape} need one class number each, but the labels have shape {y.shape} and "
            f"dtype {y.dtype}"
        )
    low, high = int(y.min()), int(y.max())
    if low < 0 or high >= N_CLASSES:
        return f"the labels of {{y}} go from {low} to {high}, but the classes are 0 to {N_CLASSES - 1}"
    return ""
