"""Compare what a student's function returns with what it should be, in words that help."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.common import discrepancy

Numbers = Any  # an array, a number, or lists of numbers


def assert_close(
    got: Numbers,
    want: Numbers,
    what: str,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    sizes: Mapping[str, float] = {},
) -> None:
    """Compare numbers; the message says first in what simple way they are off, if it is one.

    sizes: names of numbers by which it may be too large or too small: {"N": 3, "batch_size": 4}.
    """
    __tracebackhide__ = True
    assert got is not None, f"{what} is None: is a `return` missing?"
    got, want = _numbers(got, what), np.asarray(want)
    if is_single(got) or is_single(want):  # float32 is fine, and has seven digits
        rtol, atol = 1e-3, max(atol, 5e-3 if atol else 1e-5)

    def close(got: np.ndarray, want: np.ndarray) -> np.ndarray:
        return np.asarray(np.isclose(got, want, rtol=rtol, atol=atol))

    if got.shape != want.shape:
        how = discrepancy.describe(got, want, close, sizes)
        raise AssertionError(_wrong_shape(got, want.shape, what) + (f".\n{how}" if how else ""))
    assert np.all(np.isfinite(got)), f"{what} holds {'nan' if np.any(np.isnan(got)) else 'inf'}:\n{got}"
    if not np.all(close(got, want)):
        how = discrepancy.describe(got, want, close, sizes)
        raise AssertionError(f"{what} is wrong. {how}".strip() + f"\nIt is\n{got}\nbut should be\n{want}")


def assert_shape(got: Numbers, shape: tuple[int, ...], what: str) -> None:
    """Require an array, or a number, of this shape."""
    __tracebackhide__ = True
    assert got is not None, f"{what} is None: is a `return` missing?"
    assert np.shape(got) == shape, _wrong_shape(got, shape, what)


def entry(mapping: Any, key: str, what: str) -> Any:
    """Return what a dictionary holds under a key; if it has no such key, say which ones it has."""
    __tracebackhide__ = True
    assert mapping is not None, f"{what} is None: is a `return` missing?"
    assert isinstance(mapping, dict), f"{what} should be a dictionary, but is {_kind(mapping)}"
    there = ", ".join(str(each) for each in mapping) or "nothing"
    assert key in mapping, f'{what} has no "{key}"; it has {there}'
    return mapping[key]


def assert_unchanged(function: Callable[..., Any], *arguments: Any) -> None:
    """Call a function and require that its arguments are what they were (R23)."""
    __tracebackhide__ = True
    before = copy.deepcopy(arguments)
    function(*arguments)
    for old, new in zip(before, arguments, strict=True):
        changed = list(_changed(old, new))
        name = f" ({', '.join(changed)})" if any(changed) else ""
        assert not changed, f"{function.__name__} changes its argument{name}; make a new array instead (R23)"


def slope(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """Measure the derivative of an elementwise function by central differences."""
    step = step_for(function(x.copy()))
    return np.asarray((function(x + step) - function(x - step)) / (2 * step))


def step_for(array: Numbers) -> float:
    """Choose the step of a finite difference: what it divides must not be round-off."""
    return 1e-3 if is_single(np.asarray(array)) else 1e-5


def is_single(array: np.ndarray) -> bool:
    """Tell whether an array has less than double precision."""
    return array.dtype.kind == "f" and array.dtype.itemsize < 8


def _changed(old: Any, new: Any) -> list[str]:
    """Name what is different: the entries of a dictionary, else nothing but that something is."""
    if isinstance(old, dict):
        return [
            str(key)
            for key in {**old, **new}
            if key not in old or key not in new or _changed(old[key], new[key])
        ]
    return [] if np.array_equal(old, new) else [""]


def _numbers(got: Any, what: str) -> np.ndarray:
    __tracebackhide__ = True
    try:
        array = np.asarray(got)
    except ValueError:  # rows of different lengths
        array = np.asarray(None)
    assert array.dtype.kind in "fiub", f"{what} should hold real numbers, but is {_kind(got)}"
    return array


def _wrong_shape(got: Any, shape: Sequence[int], what: str) -> str:
    return f"{what} has shape {np.shape(got)}, but should have shape {shape}"


def _kind(got: Any) -> str:
    if isinstance(got, np.ndarray):
        return f"an array of {got.dtype}"
    return f"{'an' if type(got).__name__[0] in 'aeiou' else 'a'} {type(got).__name__}"
