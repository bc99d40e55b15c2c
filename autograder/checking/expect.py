"""Judge an answer, and say what is wrong with it in words that help.

Judged in this order, so that each sentence can rely on the ones before: what kind of
thing it is, its shape, its dtype, whether it is finite, and only then its values.
Nothing here shows a value that the answer should have had.
"""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.assignment import config
from autograder.common import sanitize
from autograder.grading import diagnosis
from autograder.sandbox.protocol.codec import Opaque

NUMERIC_KINDS = "fiub"
MAX_SHOWN = 6  # values of an answer that are worth showing to whoever gave it


class Wrong(AssertionError):
    """Say that an answer is not what the handout asks for.

    `what` is one or two sentences on what is wrong; `hint` is what to try, given only
    where a specific mistake is recognised.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


def numbers(got: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Require finite numbers of the given shape, and return them as an array.

    float32 and float64, integers and booleans are all numbers; () is a single number.
    """
    if isinstance(got, (bool, int, float)):
        got = np.asarray(got)
    if isinstance(got, list) and shape != ():
        got = _from_list(got)
    if not isinstance(got, np.ndarray):
        raise Wrong(f"{name} should be {_shape_in_words(shape)}, but is {kind_of(got)}.")
    if got.shape != shape:
        raise Wrong(f"{name} has shape {got.shape}, but should have shape {shape}.")
    if got.dtype.kind not in NUMERIC_KINDS:
        raise Wrong(f"{name} holds {got.dtype}, but should hold real numbers.")
    if not np.all(np.isfinite(got)):
        unwanted = "nan" if np.any(np.isnan(got)) else "inf"
        raise Wrong(f"{name} holds {unwanted}.")
    return np.asarray(got)


def matrix(got: Any, name: str) -> np.ndarray:
    """Require finite numbers in rows and columns, however many, and return them."""
    shape = got.shape if isinstance(got, np.ndarray) and got.ndim == 2 else (0, 0)
    return numbers(got, shape, name)


def close(got: Any, want: np.ndarray, name: str, *, gradient: bool = False) -> None:
    """Require finite numbers that agree with `want` within the assignment's tolerance."""
    got = numbers(got, np.shape(want), name)
    off = ~is_close(got, want, gradient=gradient)
    if not np.any(off):
        return
    yours = f" Yours: `{_short(got)}`." if got.size <= MAX_SHOWN else ""
    if np.ndim(want) == 0:
        raise Wrong(f"{name} has the wrong value.{yours}")
    raise Wrong(f"{name} has the right shape {got.shape}, but {_count(off)}.{yours}")


def is_close(got: np.ndarray, want: Any, *, gradient: bool = False) -> np.ndarray:
    """Compare element by element: |got - want| <= atol + rtol |want|, looser for float32."""
    tolerance = config.load().tolerance
    if got.dtype.kind == "f" and got.dtype.itemsize < 8:
        rtol, atol = tolerance.float32_rtol, tolerance.float32_atol
    else:
        rtol = tolerance.gradient_rtol if gradient else tolerance.value_rtol
        atol = tolerance.value_atol
    want = np.asarray(want, dtype=np.float64)
    return np.asarray(np.isfinite(want) & (np.abs(got - want) <= atol + rtol * np.abs(want)))


def entries(got: Any, want: dict[str, np.ndarray], name: str, *, gradient: bool = False) -> None:
    """Require a dict whose entries named in `want` agree with it; others are ignored."""
    dictionary(got, want, name)
    for key, value in want.items():
        close(got[key], value, f'{name}["{key}"]', gradient=gradient)


def dictionary(got: Any, keys: Iterable[str], name: str) -> None:
    """Require a dict that has all these keys; others are ignored."""
    if not isinstance(got, dict):
        raise Wrong(f"{name} should be a dict, but is {kind_of(got)}.")
    missing = [key for key in keys if key not in got]
    if missing:
        there = sanitize.words(", ".join(sorted(got)), 200) or "nothing"
        raise Wrong(f"{name} lacks {', '.join(missing)}; it holds {there if got else 'nothing'}.")


def answer(
    got: Any,
    nn: Any,
    question: Callable[[Any], Any],
    name: str,
    *,
    gradient: bool = False,
) -> None:
    """Require what the reference's network `nn` answers to the same question."""

    def judge(got: Any, want: Any) -> None:
        if isinstance(want, dict):
            entries(got, want, name, gradient=gradient)
        else:
            close(got, want, name, gradient=gradient)

    suspects = diagnosis.suspects()
    if suspects is not None:
        suspects.hear(got, nn, question, lambda got, want: _passes(judge, got, want))
    else:
        judge(got, question(diagnosis.fresh(nn)))


def law(weights: dict[str, np.ndarray], nn: Any, question: Callable[[Any], Any]) -> None:
    """Put freshly drawn weights to the known mistakes; the laws themselves are for the check to judge."""
    suspects = diagnosis.suspects()
    if suspects is not None:
        suspects.hear(weights, nn, question, _same_law)


def weights(got: Any, dims: tuple[int, ...], *, only: str = "") -> dict[str, np.ndarray]:
    """Require W{l}: (h_{l-1}, h_l) and b{l}: (1, h_l) for every layer, and return them.

    With `only` "W" or "b", the others may be as they like.
    """
    shapes = {}
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(dims), start=1):
        shapes[f"W{layer}"], shapes[f"b{layer}"] = (fan_in, fan_out), (1, fan_out)
    shapes = {name: shape for name, shape in shapes.items() if name.startswith(only)}
    dictionary(got, shapes, "weights")
    return {name: numbers(got[name], shape, f'weights["{name}"]') for name, shape in shapes.items()}


def _passes(judge: Callable[[Any, Any], None], got: Any, want: Any) -> bool:
    try:
        judge(got, want)
    except Wrong:
        return False
    return True


def _same_law(weights: dict[str, np.ndarray], others: dict[str, np.ndarray]) -> bool:
    """Tell whether two draws of every W can come from one law (two-sample Kolmogorov-Smirnov)."""
    for name, W in weights.items():
        if name.startswith("W"):
            one, other = np.sort(W, axis=None), np.sort(others[name], axis=None)
            both = np.concatenate([one, other])
            ranks = np.searchsorted(one, both, "right") - np.searchsorted(other, both, "right")
            if np.max(np.abs(ranks)) / W.size > 3.3 * np.sqrt(2 / W.size):
                return False
    return True


def same(one: Any, other: Any) -> bool:
    """Tell whether two lists of numbers are equal; never raises."""
    try:
        return bool(np.array_equal(np.asarray(one, float), np.asarray(other, float)))
    except (TypeError, ValueError):
        return False


def true(condition: bool, what: str, hint: str = "") -> None:
    """Require a property that `what` says is missing."""
    if not condition:
        raise Wrong(what, hint)


def unchanged(nn: Any, function: str) -> None:
    """Require that the last call changed none of its arguments (R23)."""
    if nn.changed:
        what = ", ".join(f"`{name}`" for name in nn.changed)
        raise Wrong(
            f"`{function}` changes its argument {what} (R23).",
            "Compute a new array instead: `x = x - 1` makes one, `x -= 1` changes the caller's.",
        )


def kind_of(value: Any) -> str:
    """Name what something is, for a sentence."""
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, Opaque):
        return f"a {sanitize.words(value)}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    names = {bool: "a bool", int: "an int", float: "a float", str: "a str", list: "a list", dict: "a dict"}
    return names.get(type(value), type(value).__name__)


def _from_list(got: list[Any]) -> Any:
    """Read nested lists of numbers as the array they stand for, if they stand for one."""
    try:
        array = np.array(got)
    except ValueError:
        return got
    return array if array.dtype.kind in NUMERIC_KINDS else got


def _shape_in_words(shape: tuple[int, ...]) -> str:
    return "a number" if shape == () else f"an array of shape {shape}"


def _short(got: np.ndarray) -> str:
    return " ".join(np.array2string(got, precision=4, separator=", ").split())


def _count(off: np.ndarray) -> str:
    wrong, total = int(np.sum(off)), off.size
    if wrong == total:
        return "every value is wrong" if total > 1 else "its value is wrong"
    first = ", ".join(str(index) for index in np.argwhere(off)[0])
    return f"{wrong} of its {total} values {'is' if wrong == 1 else 'are'} wrong, the first at [{first}]"
