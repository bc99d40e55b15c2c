"""Draw a gradient check: the largest difference against N."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from report_tools.draw import finite_differences, marks, published
from report_tools.draw.finite_differences import Array
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan.recipe import FigureSpec


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw max |difference| over N, log-log, with the two slopes that theory predicts."""
    width, height = mpl.rcParams["figure.figsize"]
    figure = Figure(figsize=(width, height * 1.3))
    axes = figure.subplots()
    labelled = results.runs[0]
    _name_axes(axes)
    if "gradient" not in labelled.run.facts:
        axes.text(
            0.5, 0.5, labelled.run.message or labelled.run.status, ha="center", transform=axes.transAxes
        )
        return figure
    n, signed, facts = finite_differences.signed(labelled)
    largest = np.maximum(np.abs(signed).max(axis=1), finite_differences.FLOOR)
    crosses = np.any(np.array(facts["crosses_kink"]), axis=1)
    # An element whose interval holds a kink has no derivative there; the others must show the slope.
    smooth = np.array(
        [np.nan if v is None else max(v, finite_differences.FLOOR) for v in facts["max_difference_smooth"]]
    )
    axes.loglog(n, largest, "-", color="C0", zorder=3)
    axes.loglog(n[~crosses], largest[~crosses], "o", color="C0", zorder=4, label="all elements")
    if crosses.any():
        hollow = {"mfc": "white", "mec": "C0", "zorder": 4, "label": "with a kink of ReLU within"}
        axes.loglog(n[crosses], largest[crosses], "o", **hollow)
        axes.loglog(n, smooth, "s--", color="C1", label="elements without a kink")
    theirs = published.series(results, labelled, "max_difference")
    if theirs:
        axes.loglog(
            n[: len(theirs)], theirs, "+", color="0.35", markersize=7, zorder=5, label=marks.PUBLISHED
        )
    _theory(axes, n, smooth, facts["loss"])
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def _name_axes(axes: Axes) -> None:
    axes.set_xlabel("N  (step ε = 1/N)")
    axes.set_ylabel("max |finite difference − gradient|")


def _theory(axes: Axes, n: Array, smooth: Array, loss: float) -> None:
    """Draw the slope of truncation, N^-2, through an early smooth point, and that of round-off, N.

    A probability is rounded to a relative u = 2^-53, so its logarithm is off by u or, where the loss L
    is large, by u L; the difference of two losses is divided by 2 / N: the error is of the order of
    u max(1, L) N.
    """
    rounding = np.finfo(float).eps / 2 * max(1, abs(loss)) * n
    known = np.flatnonzero(np.isfinite(smooth))
    if not len(known):
        return
    low = smooth[known].min() / 30
    start = known[min(1, len(known) - 1)]  # at the very first step higher powers may still matter
    truncation = smooth[start] * (n / n[start]) ** -2.0
    for line, style, label in (
        (truncation, ":", "truncation, slope −2"),
        (rounding, "-.", "round-off, slope +1"),
    ):
        seen = line > low
        axes.loglog(n[seen], line[seen], style, marker="", color="0.3", lw=1, label=label)
