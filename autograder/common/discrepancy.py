"""Say in what simple way numbers differ from what they should be: a sign, a factor, a transposition, a shift.

It needs no knowledge of what the numbers mean, so students read the same sentence from the
public tests and from the grader.  A difference is named if it meets the tolerance of the comparison itself.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

import numpy as np

# Tells which numbers are as good as equal, element by element: (got, want) -> booleans.
Close = Callable[[np.ndarray, np.ndarray], np.ndarray]

LITTLE = 0.01  # a relative error up to which a number is nearly right
MAX_DENOMINATOR = 20  # of a factor that may come from two sizes, such as 3/4
TRANSPOSED = "It is the transpose of what it should be."


def describe(
    got: np.ndarray,
    want: np.ndarray,
    close: Close,
    sizes: Mapping[str, float] = {},
    *,
    scattered: bool = False,
) -> str:
    """Return one sentence on how `got` differs from `want`; an empty one if it is not simple.

    got, want: of any shape, finite; where the shapes differ, only that is judged.
    sizes: names of numbers that a factor may come from, such as {"N": 3, "batch_size": 4}.
    scattered: these are some of the numbers of an array: where they stand means nothing.
    """
    got, want = np.asarray(got, float), np.asarray(want, float)
    if got.shape != want.shape:
        if got.shape == want.shape[::-1] and np.all(close(got.T, want)):
            return TRANSPOSED
        return of_shapes(got.shape, want.shape)
    if got.size == 0 or not np.any(want):
        return ""

    def same(changed: np.ndarray) -> bool:
        with np.errstate(all="ignore"):
            return bool(np.all(close(changed, want)))

    if not np.any(got):
        return "Every number is 0." if got.size > 1 else "It is 0."
    every = "Every number is" if got.size > 1 else "It is"
    if same(-got):
        return "Every sign is wrong." if got.size > 1 else "Its sign is wrong."
    factor = float(np.sum(got * want) / np.sum(want * want))  # the best one there is
    fraction = _nearby(factor)
    if fraction not in (0, 1) and same(got / float(fraction)):
        words = _factor(fraction, sizes)
        return f"{every} {words}" if words else ""
    for base in (2, 10):
        if same(got * math.log(base)):
            return f"{every} that of a logarithm to base {base}; use np.log, the natural logarithm."
    if got.size > 1 and got.ndim == 2 and got.shape[0] == got.shape[1] and same(got.T):
        return TRANSPOSED
    if got.size > 1 and same(1 - got):
        return "Every number is 1 minus what it should be."
    return _shift(got, want, close) if got.size > 1 and not scattered else ""


def place(got: np.ndarray, want: np.ndarray, close: Close) -> str:
    """Say, where `describe` has nothing to say, in which rows, by how little, or where most of all.

    got, want: of one shape, finite.  Empty for a single number that is quite wrong.
    """
    got, want = np.asarray(got, float), np.asarray(want, float)
    wrong = ~close(got, want)
    with np.errstate(all="ignore"):
        relative = np.max((np.abs(got - want) / np.abs(want))[wrong])
    if relative < LITTLE:
        return f"It is nearly right, off by {'at most ' if got.size > 1 else ''}{100 * relative:.2g} %."
    if got.size == 1:
        return ""
    if np.all(got == got.flat[0]):
        return "All its numbers are equal."
    if got.ndim == 2 and min(got.shape) > 1:
        for axis, words in ((1, "row"), (0, "column")):
            with np.errstate(all="ignore"):
                squares = np.sum(want**2, axis=axis, keepdims=True)
                factors = np.sum(got * want, axis=axis, keepdims=True) / squares
            if np.all(np.isfinite(factors)) and np.all(close(got, factors * want)):
                if np.ptp(factors) < 1e-6 * np.max(np.abs(factors)):
                    return f"Every number is {factors.flat[0]:.4g} times what it should be."
                return f"Each {words} is off by a different factor."
    furthest = np.unravel_index(int(np.argmax(np.abs(got - want))), got.shape)
    return f"The largest error is at [{', '.join(str(index) for index in furthest)}]."


def _nearby(factor: float) -> Fraction:
    """Return the simple fraction next to a factor, large or small; 0 if there is none."""
    if not math.isfinite(factor) or factor == 0:
        return Fraction(0)
    if abs(factor) >= 1:
        return Fraction(factor).limit_denominator(MAX_DENOMINATOR)
    return 1 / Fraction(1 / factor).limit_denominator(MAX_DENOMINATOR)


def _factor(fraction: Fraction, sizes: Mapping[str, float]) -> str:
    """Say how many times too large or too small, and where the factor may come from.

    A fraction such as 3/4 is only worth saying if two sizes explain it.
    """
    sign = ", and has the wrong sign" if fraction < 0 else ""
    fraction = abs(fraction)
    origin = _origin(fraction, sizes)
    if fraction.denominator == 1:
        text = f"{fraction} times too large"
    elif fraction.numerator == 1:
        text = f"{fraction.denominator} times too small"
    else:
        text = f"{fraction} of what it should be" if origin else ""
    return f"{text}{sign}{origin}." if text else ""


def _origin(fraction: Fraction, sizes: Mapping[str, float]) -> str:
    """Name the sizes that make a factor: N, 1 / N, or N / batch_size."""
    for name, size in sizes.items():
        if size != 1 and fraction in (Fraction(size), 1 / Fraction(size)):
            return f" ({name} is {size:g})"
    for (above, a), (below, b) in itertools.permutations(sizes.items(), 2):
        if fraction == Fraction(a) / Fraction(b):
            return f": {above} / {below} ({above} is {a:g}, {below} is {b:g})"
    return ""


def _shift(got: np.ndarray, want: np.ndarray, close: Close) -> str:
    """Say whether the same is added to all numbers or all rows, or whether they stand in the wrong places."""
    off = got - want

    def same(changed: np.ndarray) -> bool:
        return bool(np.all(close(changed, want)))

    mostly_wrong = np.mean(close(got, want)) < 0.5
    if same(got - off.flat[0]):
        return f"Every number is {abs(off.flat[0]):.4g} too {'large' if off.flat[0] > 0 else 'small'}."
    for axis, words in _directions(got):
        n = got.shape[axis]
        if n > 1 and got.ndim > 1 and same(got - np.take(off, [0], axis)):
            return f"Every {words} is off by the same numbers, as if a bias were left out or added twice."
        for by in (1, -1):
            moved = np.roll(got, by, axis)
            kept = np.take(np.arange(n), range(1, n) if by == 1 else range(n - 1))
            if n > 2 and mostly_wrong and same(np.where(_at(got.shape, axis, kept), moved, want)):
                return (
                    f"The numbers are right, but each is one {words} too {'late' if by == -1 else 'early'}."
                )
        if n > 1 and same(np.flip(got, axis)):
            return f"The numbers are right, but the order of the {words}s is reversed."
    return ""


def _directions(array: np.ndarray) -> Iterator[tuple[int, str]]:
    """Yield each axis of a list or matrix with what it counts."""
    names = {1: ("place",), 2: ("row", "column")}.get(array.ndim, ())
    yield from enumerate(names)


def _at(shape: tuple[int, ...], axis: int, places: np.ndarray) -> np.ndarray:
    mask = np.zeros(shape, bool)
    np.moveaxis(mask, axis, 0)[places] = True
    return mask


def of_shapes(got: tuple[int, ...], want: tuple[int, ...]) -> str:
    """Return one sentence on what became of the axes, where the shapes alone tell; else an empty one."""
    if got and not want:
        return "It should be a single number."
    if len(got) == len(want) == 2 and got == want[::-1]:
        return "Rows and columns are swapped."
    if len(got) < len(want) and got == tuple(n for n in want if n != 1):
        return (
            f"An axis of length 1 is lost: the shape should be {want}, not {got}. A sum keeps it with "
            "keepdims=True."
        )
    if len(want) == 2 and want[0] == 1 and len(got) in (1, 2) and max(got, default=0) != want[1]:
        return (
            f"It has {max(got, default=0)} numbers: is that one for each row of the batch? "
            "Sum over axis 0, down the rows, to get one for each column."
        )
    return ""
