"""Say what inputs look like: small whole numbers, and networks that people use."""

from functools import cache
from typing import Any

import numpy as np

from autograder.checking.cases import PlainFunctions
from autograder.checking.later import st
from reference import sizes

FUNCTIONS = PlainFunctions(sizes)

# As pairs (kernel, stride), from the first layer to the last.
PRACTICAL = [(5, 1), (2, 2)] * 3  # three convolutions of 5 x 5, each followed by pooling
VGG16 = [layer for n_convolutions in (2, 2, 3, 3, 3) for layer in [(3, 1)] * n_convolutions + [(2, 2)]]


@cache
def geometries(*, padded: bool, strided: bool) -> st.SearchStrategy[dict[str, int]]:
    """Draw a side, a kernel, a stride and a padding that leave at least one output (R46).

    padded, strided: whether there are padding and a stride that is not 1; without, they are left out.
    """

    @st.composite
    def draw_geometry(draw: st.DrawFn) -> dict[str, int]:
        kernel = draw(st.sampled_from((1, 3, 5, 7)))  # even ones have a check of their own (R46)
        found = {"size": draw(st.integers(kernel, kernel + 30)), "kernel": kernel}
        if strided:
            found["stride"] = draw(st.integers(2, 4))
        if padded:
            found["padding"] = draw(st.integers(1, 3))
        return found

    return draw_geometry()


@cache
def shapes() -> st.SearchStrategy[tuple[int, ...]]:
    """Draw shapes of one to three dimensions, each side of another length."""
    sides = st.lists(st.integers(2, 12), min_size=1, max_size=3, unique=True)
    return sides.map(tuple)


@cache
def layers(*, strides: bool) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Draw one to five layers; without `strides`, the window of each moves by one pixel."""
    pair = st.tuples(st.integers(1, 5), st.integers(1, 3) if strides else st.just(1))
    return st.lists(pair, min_size=1, max_size=5)


@cache
def dense_layers() -> st.SearchStrategy[dict[str, Any]]:
    """Draw the weights of a fully connected layer and the shape of its image; no two sides are equal."""

    @st.composite
    def draw_layer(draw: st.DrawFn) -> dict[str, Any]:
        shape = draw(st.permutations((2, 3, 4)).map(tuple))
        n_out = draw(st.sampled_from((2, 5)))
        return dense_layer(n_out, shape)

    return draw_layer()


def dense_layer(n_out: int, shape: tuple[int, ...]) -> dict[str, Any]:
    """Make a fully connected layer whose weights all differ."""
    weights = np.arange(1.0, 1 + n_out * np.prod(shape)).reshape(n_out, -1) / 4
    weights.flags.writeable = False
    return {"weights": weights, "shape": shape}
