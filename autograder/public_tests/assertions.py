"""Compare what a student's function returns with what it should be, in words that help."""

import contextlib
import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.common import discrepancy

Numbers = Any  # an array, a number, or lists of numbers


class Explained(AssertionError):
    """A failure with a known cause, such as a shape, a changed argument or a factor; shown first."""


def assert_close(
    got: Numbers,
    want: Numbers,
    what: str,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    sizes: Mapping[str, float] = {},
    instead: Mapping[str, Numbers] = {},
) -> None:
    """Compare numbers; where they are off in a simple way, the message says so first.

    sizes: names of numbers that `got` may be too large or too small by: {"N": 3, "batch_size": 4}.
    instead: the results of known mistakes, by the sentence that names each mistake.
    """
    __tracebackhide__ = True
    assert_shape(got, np.shape(want), what)
    got, want = _numbers(got, what), _numbers(want, what)
    if is_half(got) or is_half(want):  # float16 is fine, and has three digits
        rtol, atol = 2e-2, max(atol, 3e-2)
    elif is_single(got) or is_single(want):  # float32 is fine, and has seven digits
        rtol, atol = 1e-3, max(atol, 5e-3 if atol else 1e-5)

    def close(got: np.ndarray, want: np.ndarray) -> np.ndarray:
        return np.asarray(np.isclose(got, want, rtol=rtol, atol=atol))

    assert np.all(np.isfinite(got)), f"{what} holds {'nan' if np.any(np.isnan(got)) else 'inf'}:\n{got}"
    if np.all(close(got, want)):
        return
    known = (said for said, value in instead.items() if np.all(close(got, np.asarray(value))))
    how = next(known, "") or discrepancy.describe(got, want, close, sizes)
    where = how or discrepancy.place(got, want, close)
    message = f"{what} is wrong. {where}".strip() + f"\nIt is\n{got}\nbut should be\n{want}"
    raise (Explained if how else AssertionError)(message)


def assert_shape(got: Numbers, shape: tuple[int, ...], what: str) -> None:
    """Require an array, or a number, of this shape."""
    __tracebackhide__ = True
    assert got is not None, f"{what} is None: is a `return` missing?"
    try:
        has = np.shape(got)
    except ValueError:
        raise AssertionError(f"{what} holds rows of different lengths") from None
    if has != shape:
        how = discrepancy.of_shapes(has, shape)
        message = f"{what} has shape {has}, but should have shape {shape}"
        raise Explained(f"{message}.\n{how}" if how else message)


def entry(mapping: Any, key: str, what: str) -> Any:
    """Return the entry of a dictionary; if there is none under this key, say which keys there are."""
    __tracebackhide__ = True
    assert mapping is not None, f"{what} is None: is a `return` missing?"
    assert isinstance(mapping, dict), f"{what} should be a dictionary, but is {_kind(mapping)}"
    there = ", ".join(str(each) for each in mapping) or "nothing"
    assert key in mapping, f'{what} has no "{key}"; it has {there}'
    value = mapping[key]
    return np.asarray(value) if isinstance(value, np.ndarray) else value  # np.matrix multiplies otherwise


def assert_unchanged(function: Callable[..., Any], *arguments: Any) -> None:
    """Call a function and require that its arguments are what they were (R23)."""
    __tracebackhide__ = True
    before = copy.deepcopy(arguments)
    function(*arguments)
    for old, new in zip(before, arguments, strict=True):
        changed = list(_changed(old, new))
        name = f" ({', '.join(changed)})" if any(changed) else ""
        if changed:
            raise Explained(f"{function.__name__} changes its argument{name}; make a new array instead (R23)")


def slope(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """Measure the derivative of an elementwise function by central differences."""
    step = step_for(function(x.copy()))
    above, below = np.asarray(function(x + step)), np.asarray(function(x - step))
    return np.asarray((above - below) / (2 * step))


def step_for(array: Numbers) -> float:
    """Choose the step of a finite difference, large enough that it does not divide mere round-off."""
    array = np.asarray(array)
    return 6e-2 if is_half(array) else 1e-3 if is_single(array) else 1e-5


def is_half(array: np.ndarray) -> bool:
    """Tell whether an array has less than single precision."""
    return array.dtype.kind == "f" and array.dtype.itemsize < 4


def is_single(array: np.ndarray) -> bool:
    """Tell whether an array has less than double precision."""
    return array.dtype.kind == "f" and array.dtype.itemsize < 8


def _changed(old: Any, new: Any) -> list[str]:
    """Name the entries of a dictionary that differ; for anything else that differs, return one empty name."""
    if isinstance(old, dict):
        return [
            str(key)
            for key in {**old, **new}
            if key not in old or key not in new or _changed(old[key], new[key])
        ]
    return [] if np.array_equal(old, new) else [""]


def _numbers(got: Any, what: str) -> np.ndarray:
    __tracebackhide__ = True
    array = np.asarray(got)
    if array.dtype == object:  # numbers in Python's own objects are numbers
        with contextlib.suppress(TypeError, ValueError):
            array = array.astype(float)
    assert array.dtype.kind in "fiub", f"{what} should hold real numbers, but is {_kind(got)}"
    return array


def _kind(got: Any) -> str:
    if isinstance(got, np.ndarray):
        return f"an array of {got.dtype}"
    return f"{'an' if type(got).__name__[0] in 'aeiou' else 'a'} {type(got).__name__}"
