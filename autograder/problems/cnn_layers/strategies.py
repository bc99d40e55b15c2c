"""Say what inputs look like.

A case is a layer and one batch of images to feed it.  It is drawn as a few small numbers (sizes
and a seed), which is quick, prints well and shrinks well.  Ordinary cases have several images,
square and larger than a filter; each special case has its own strategy.
"""

import dataclasses
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np

from autograder.checking.later import st
from reference.cnn_layers import Convolution2dLayer, MaxPooling2dLayer

# Sums of quarters are exact, in single precision too: no order of summing costs anything.
UNIT = 0.25


@dataclasses.dataclass(frozen=True, kw_only=True)
class ConvolutionCase:
    """A convolution with known weights, and one batch of images.

    Its arrays meet many submissions, and the known mistakes of the zoo: nobody can write to them.
    """

    n_images: int = 2
    n_channels: int = 1
    n_filters: int = 3
    filter_size: int = 2
    stride: int = 1
    height: int = 5
    width: int = 5
    seed: int = 0

    @property
    def output_shape(self) -> tuple[int, int, int, int]:
        """Return (N, F, h, w)."""
        h = (self.height - self.filter_size) // self.stride + 1
        w = (self.width - self.filter_size) // self.stride + 1
        return self.n_images, self.n_filters, h, w

    @cached_property
    def weights(self) -> np.ndarray:
        """Draw the weights, (F, C, k, k)."""
        k = self.filter_size
        return _quarters([1, self.seed], (self.n_filters, self.n_channels, k, k))

    @cached_property
    def x(self) -> np.ndarray:
        """Draw the images, (N, C, H, W)."""
        return _quarters([2, self.seed], (self.n_images, self.n_channels, self.height, self.width))

    @cached_property
    def grad_output(self) -> np.ndarray:
        """Draw the derivative of the loss by the output, (N, F, h, w)."""
        return _quarters([3, self.seed], self.output_shape)

    @property
    def keywords(self) -> dict[str, Any]:
        """Collect what the constructor is called with."""
        names = ("filter_size", "stride", "n_channels", "n_filters")
        return {**{name: getattr(self, name) for name in names}, "seed": 1}

    def cache(self) -> dict[str, np.ndarray]:
        """Return what the reference's `forward` makes of the images."""
        return dict(_forward(self))

    def student(self, student: Any) -> Any:
        """Make the student's layer with these weights."""
        return student.prepared(
            "Convolution2dLayer", self.keywords, after=[], state={"weights": self.weights}, known_as=self
        )

    def reference(self) -> Convolution2dLayer:
        """Make the reference's layer with these weights."""
        layer = Convolution2dLayer(**self.keywords)
        layer.weights = self.weights.copy()  # a mistake may write to them
        return layer


@dataclasses.dataclass(frozen=True, kw_only=True)
class PoolingCase:
    """A max-pooling layer and one batch of images, in no window of which two pixels are the same.

    darkest: the smallest pixel, in units of UNIT; where it is above zero, all are.
    whole: whether pixels are whole numbers, of an integer type.
    repeating: whether what is left over repeats the largest pixel of the window beside it, as margins do.
    """

    n_images: int = 2
    n_channels: int = 3
    filter_size: int = 2
    height: int = 4
    width: int = 4
    darkest: int = 1
    whole: bool = False
    repeating: bool = False
    seed: int = 0

    @property
    def output_shape(self) -> tuple[int, int, int, int]:
        """Return (N, C, h, w)."""
        k = self.filter_size
        return self.n_images, self.n_channels, self.height // k, self.width // k

    @cached_property
    def x(self) -> np.ndarray:
        """Draw the images, (N, C, H, W)."""
        shape = (self.n_images, self.n_channels, self.height, self.width)
        order = np.random.default_rng([self.seed, *shape]).permutation(int(np.prod(shape)))
        pixels = order.reshape(shape) + self.darkest
        if self.repeating:
            k, (h, w) = self.filter_size, self.output_shape[2:]
            windows = pixels[:, :, : h * k, : w * k].reshape(*shape[:2], h, k, w, k)
            largest = windows.max(axis=(3, 5)).repeat(k, axis=2).repeat(k, axis=3)  # (N, C, h k, w k)
            pixels[:, :, h * k :, : w * k] = largest[:, :, -1:]
            pixels[:, :, : h * k, w * k :] = largest[:, :, :, -1:]
        return _read_only(pixels if self.whole else UNIT * pixels)

    @cached_property
    def grad_output(self) -> np.ndarray:
        """Draw the derivative of the loss by the output, (N, C, h, w)."""
        return _quarters([3, self.seed], self.output_shape)

    def cache(self) -> dict[str, np.ndarray]:
        """Return what the reference's `forward` makes of the images."""
        return dict(_forward(self))

    def student(self, student: Any) -> Any:
        """Make the student's layer."""
        return student.MaxPooling2dLayer(filter_size=self.filter_size)

    def reference(self) -> MaxPooling2dLayer:
        """Make the reference's layer."""
        return MaxPooling2dLayer(filter_size=self.filter_size)


def _quarters(seed: list[int], shape: tuple[int, ...]) -> np.ndarray:
    """Draw whole numbers from -8 to 8, none of them 0, in units of UNIT."""
    generator = np.random.default_rng([*seed, *shape])
    sizes, signs = generator.integers(1, 9, shape), generator.choice([-1, 1], shape)
    return _read_only(UNIT * signs * sizes)


@lru_cache(maxsize=500)
def _forward(case: ConvolutionCase | PoolingCase) -> dict[str, np.ndarray]:
    layer: Any = case.reference()
    return {name: _read_only(value) for name, value in layer.forward(case.x).items()}


def _read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


# The widest batches that checks meet.  Seven nested loops over one of them take a tenth of a second.
FULL_SIZE = ConvolutionCase(n_filters=8, filter_size=3, height=28, width=28)
FULL_SIZE_POOLING = PoolingCase(n_channels=8, height=26, width=26)

Sides = st.SearchStrategy[tuple[int, int]]
Sizes = st.SearchStrategy[Any]
SQUARE = st.sampled_from([(4, 4), (5, 5), (6, 6), (7, 7)])
NOT_SQUARE = st.sampled_from([(4, 6), (7, 4), (5, 7), (6, 5)])
# Windows of two move from edge to edge, or leave a row and a column over.
EVEN_SQUARE = st.sampled_from([(4, 4), (6, 6)])
EVEN_NOT_SQUARE = st.sampled_from([(4, 6), (8, 4), (6, 8)])
ODD_SQUARE = st.sampled_from([(5, 5), (7, 7)])
SEVERAL = st.integers(2, 3)
SEEDS = st.integers(0, 1000)


def _convolution(*, sides: tuple[int, int], **sizes: Any) -> ConvolutionCase:
    return ConvolutionCase(height=sides[0], width=sides[1], **sizes)


def _pooling(*, sides: tuple[int, int], **sizes: Any) -> PoolingCase:
    return PoolingCase(height=sides[0], width=sides[1], **sizes)


@cache
def convolutions(sides: Sides = SQUARE, **sizes: Sizes) -> st.SearchStrategy[ConvolutionCase]:
    """Draw ordinary convolutions: several images of one channel, square, larger than a filter, stride 1.

    sides: heights and widths; sizes: strategies for what else is to be otherwise.
    Cached, as `poolings`: checks that use the same one share a pool of inputs (inputs.py).
    """
    ordinary = {"n_images": SEVERAL, "n_filters": st.integers(2, 4), "filter_size": SEVERAL, "seed": SEEDS}
    return st.builds(_convolution, sides=sides, **{**ordinary, **sizes})


@cache
def poolings(sides: Sides = EVEN_SQUARE, **sizes: Sizes) -> st.SearchStrategy[PoolingCase]:
    """Draw ordinary poolings: several images and channels, square, with no pixel below zero or left over."""
    ordinary = {"n_images": SEVERAL, "n_channels": SEVERAL, "seed": SEEDS}
    return st.builds(_pooling, sides=sides, **{**ordinary, **sizes})
