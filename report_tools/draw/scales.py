"""Choose vertical axes on which nothing looks like more, or less, than it is."""

import math
from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

from report_tools.draw.words import Quantity

LEAST_RATIO = 2.0  # of the upper to the lower end of a logarithmic axis
MARGIN = 0.05  # of the span, on either side
ROOM = 1.0  # for runs that diverged, above and below what the others span, in their spans


def limits(
    shown: Iterable[float], diverged: Iterable[float], known: Quantity, log: bool
) -> tuple[float, float]:
    """Return the ends of an axis that holds all of `shown`, and of `diverged` what does not dwarf it.

    The axis spans at least `known.span`: a loss that changes in its fourth digit must look flat.
    """
    usable, others = (_usable(values, log) for values in (shown, diverged))
    usable = usable or others or [1.0]
    least = math.log(LEAST_RATIO) if log else known.span or 0.2 * abs(usable[0]) or 1.0
    span = max(max(usable) - min(usable), least)
    reach = min(usable) - ROOM * span, max(usable) + ROOM * span
    usable += [value for value in others if reach[0] <= value <= reach[1]]
    low, high = min(usable), max(usable)
    missing = max(0.0, least - (high - low)) / 2
    margin = MARGIN * max(high - low, least)
    low, high = low - missing - margin, high + missing + margin
    if log:
        return math.exp(low), math.exp(high)
    return _within_percent(low, high, margin) if known.unit == "%" else (low, high)


def _usable(values: Iterable[float], log: bool) -> list[float]:
    finite = [value for value in values if math.isfinite(value)]
    return [math.log(value) for value in finite if value > 0] if log else finite


def _within_percent(low: float, high: float, margin: float) -> tuple[float, float]:
    """Move an axis that would reach beyond 0 or 100 %."""
    down, up = max(0.0, high - (100 + margin)), max(0.0, -margin - low)
    return max(low - down, -margin), min(high + up, 100 + margin)


def give(axes: Axes, low: float, high: float, log: bool) -> None:
    """Give the vertical axis its ends; beside a logarithmic one stand plain numbers."""
    if log:
        axes.set_yscale("log")
        # 1, 2, 5 where decades are few.
        axes.yaxis.set_major_locator(LogLocator(subs=(1,) if high > 50 * low else (1, 2, 5), numticks=9))
        axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(low, high)
