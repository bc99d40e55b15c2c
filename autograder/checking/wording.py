"""Words for an answer: what kind of thing it is, its shape, and which of its values are wrong."""

from typing import Any

import numpy as np

from autograder.common import sanitize
from autograder.sandbox.protocol.codec import Opaque, Tuple

NUMERIC_KINDS = "fiub"


def kind_of(value: Any) -> str:
    """Name what something is, for a sentence."""
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, Opaque):
        return f"a {sanitize.words(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, list):
        what, held = "tuple" if isinstance(value, Tuple) else "list", ", ".join(map(_briefly, value[:3]))
        return (
            f"a {what} of {len(value)} values ({held}{', ...' if len(value) > 3 else ''})"
            if held
            else f"an empty {what}"
        )
    names = {bool: "a bool", int: "an int", float: "a float", str: "a str", dict: "a dict"}
    return names.get(type(value), type(value).__name__)


def _briefly(value: Any) -> str:
    """Name what something in a list is."""
    if isinstance(value, list):
        return "a tuple" if isinstance(value, Tuple) else "a list"
    return "None" if value is None else kind_of(value)


def sentence(words: str) -> str:
    """Return words as a sentence begins: with a capital letter, unless they begin with code."""
    return words[0].upper() + words[1:] if words.startswith(("the ", "what ")) else words


def without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without its dimensions of length one."""
    return tuple(length for length in shape if length != 1)


def about_shape(got: tuple[int, ...], want: tuple[int, ...]) -> str:
    """Say what may be wrong with a shape."""
    if without_ones(got) == without_ones(want):
        if len(got) < len(want):
            return (
                "A dimension of length one has disappeared: sum with `keepdims=True`, and do not `squeeze`."
            )
        if len(got) > len(want):
            return "It has one dimension of length one too many."
    if len(got) == 2 and got == want[::-1]:
        return "It is transposed."
    return ""


def of_shape(shape: tuple[int, ...]) -> str:
    """Describe in a sentence something that has this shape."""
    return "a number" if shape == () else f"an array of shape {shape}"


def wrong_values(wrong: np.ndarray) -> str:
    """Say how many values are wrong, and where they stand."""
    count, total = int(np.sum(wrong)), wrong.size
    if count == total:
        return "wrong values"
    first = ", ".join(str(index) for index in np.argwhere(wrong)[0])
    where = f"the one at [{first}]" if count == 1 else f"the first at [{first}]"
    if count > 1 and wrong.ndim == 2:
        for what, axis in (("row", 1), ("column", 0)):
            lines = np.flatnonzero(np.any(wrong, axis=axis))
            if len(lines) == 1 < wrong.shape[1 - axis]:
                where = f"all in {what} {lines[0]}"
    return f"{count} of its {total} values {'is' if count == 1 else 'are'} wrong, {where}"


def short(got: np.ndarray) -> str:
    """Write a few numbers on one line."""
    return " ".join(np.array2string(got, precision=4, separator=", ").split())
