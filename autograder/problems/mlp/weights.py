"""Judge the weights of a network: which there are, and their shapes."""

import itertools
from typing import Any

import numpy as np

from autograder.checking.expect import Expect


def weights_of(expect: Expect, got: Any, dims: tuple[int, ...], *, only: str = "") -> dict[str, np.ndarray]:
    """Require W{l}: (h_{l-1}, h_l) and b{l}: (1, h_l) for every layer, and return them.

    With `only` "W" or "b", the others may be as they like.
    """
    shapes = {}
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(dims), start=1):
        shapes[f"W{layer}"], shapes[f"b{layer}"] = (fan_in, fan_out), (1, fan_out)
    shapes = {name: shape for name, shape in shapes.items() if name.startswith(only)}
    expect.dictionary(got, shapes, "weights")
    return {name: expect.numbers(got[name], shape, f'weights["{name}"]') for name, shape in shapes.items()}
