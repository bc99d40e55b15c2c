"""Write down, as Python to paste, the calls that led to a failure."""

import functools
import re
from typing import Any

import numpy as np

from autograder.sandbox.remote import Transcript

MAX_LENGTH = 1500


class TooLong(Exception):
    """The end of writing down what nobody would read."""


def snippet(transcript: Transcript) -> str:
    """Turn what a check did with one object into lines of Python.

    Returns "" when there is nothing to show or it would be too long to read.
    """
    if not transcript:
        return ""
    _, (owner, keywords) = transcript[0]
    name = _variable(owner)
    try:
        lines = [f"{name} = {owner}({_keywords(keywords)})"] if owner else []
        lines += [_line(name, *event) for event in transcript[1:]]
    except TooLong:
        return ""
    imported = [owner] if owner else sorted({event[0] for kind, event in transcript if kind == "call"})
    text = "\n".join(["import numpy as np", f"from solution import {', '.join(imported)}", "", *lines])
    return text if lines and len(text) <= MAX_LENGTH else ""


def _variable(owner: str) -> str:
    """Name an object after the last word of its class: `layer` for Convolution2dLayer, `nn` for NN."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", owner)
    return words[-1].lower() if words else ""


def _line(variable: str, kind: str, event: Any) -> str:
    of = f"{variable}." if variable else ""
    if kind == "set":
        name, value = event
        return f"{of}{name} = {literal(value)}"
    method, arguments, keywords = event
    words = [literal(argument) for argument in arguments]
    words += [f"{name}={literal(value)}" for name, value in keywords.items()]
    return f"{of}{method}({', '.join(words)})"


def _keywords(keywords: dict[str, Any]) -> str:
    return ", ".join(
        f"{name}={_data(value) if name == 'data' else literal(value)}" for name, value in keywords.items()
    )


def _data(splits: Any) -> str:
    if all(split is splits[0] for split in splits):
        return f"({literal(splits[0])},) * {len(splits)}"
    return literal(splits)


@functools.lru_cache(maxsize=1000)  # NumPy takes long to write an array, and many checks meet the same
def _known_array(content: bytes, shape: tuple[int, ...], dtype: str) -> str:
    return _array(np.frombuffer(content, dtype).reshape(shape))


def _array(array: np.ndarray) -> str:
    body = np.array2string(array, separator=", ", threshold=10_000, max_line_width=10_000)
    return f"np.array({' '.join(body.split())})"


def literal(value: Any) -> str:
    """Write a value as Python that makes it again; raises TooLong for large arrays."""
    if isinstance(value, np.ndarray):
        if value.size > 200:
            raise TooLong
        known = not value.dtype.hasobject
        return _known_array(value.tobytes(), value.shape, value.dtype.str) if known else _array(value)
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(literal(item) for item in value) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, list):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    return repr(value)
