"""Say which questions to the reference would take too much time or memory to answer.

A stand-in may be asked anything: what arrives was written by the submission.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

ELEMENTWISE = ("relu", "sigmoid", "tanh", "activation", "softmax")  # of one array, of any shape

# What no honest network needs.  A product or broadcast of two arrays has at most MAX_WIDTH ** 2
# elements, 128 MB; the multiplications of one answer take a second or two, integers included.
MAX_LAYERS = 20
MAX_WIDTH = 4000
MAX_ELEMENTS = 4_000_000  # of all weights together
MAX_WORK = 2e9


def refuse(method: str, nn: Any, arguments: list[Any], keywords: dict[str, Any]) -> None:
    """Raise ValueError, before anything is computed, for what would take too much of it."""
    if np.ndim(nn.epsilon) or np.ndim(nn.lr):
        raise ValueError("not a number")
    if method == "initialize_weights":
        dims = _widths(arguments[0] if arguments else keywords["dims"])
        nn.hidden_dims = _widths(nn.hidden_dims)
        layers = (dims[0], *nn.hidden_dims, dims[1])
        if sum(fan_in * fan_out for fan_in, fan_out in itertools.pairwise(layers)) > MAX_ELEMENTS:
            raise ValueError("too many weights")
        return
    if method in ELEMENTWISE:
        return
    given = list(_arrays([*arguments, *keywords.values()]))
    arrays = given + list(_arrays([nn.weights]))
    if any(array.ndim > 2 or max(array.shape, default=0) > MAX_WIDTH for array in arrays):
        raise ValueError("too wide")
    rows = max((len(array) for array in given if array.ndim), default=1)
    if rows * sum(array.size for array in arrays) > MAX_WORK:
        raise ValueError("too much work")


def _widths(dims: Any) -> tuple[int, ...]:
    """Require the widths of a few layers."""
    dims = np.asarray(dims)
    if dims.ndim != 1 or len(dims) > MAX_LAYERS or dims.dtype.kind not in "iu":
        raise ValueError("not the widths of layers")
    return tuple(int(width) for width in dims)


def _arrays(values: list[Any]) -> Iterator[np.ndarray]:
    """Yield every array among some values and in their dicts."""
    for value in values:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, dict):
            yield from _arrays(list(value.values()))
