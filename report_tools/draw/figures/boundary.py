"""Draw the boundary of a perceptron at the start and after each epoch, over the points it learnt from."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.plan.recipe import FigureSpec

MARGIN = 0.6  # around the points, in their units
MARKERS = (("o", "C0"), ("s", "C1"))  # of the labels 0 and 1


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw a panel for each run: the points, and a line for every moment, the later the darker."""
    runs = results.only(wanted.only)
    width, height = mpl.rcParams["figure.figsize"]
    figure = Figure(figsize=(width, height * 1.35 * len(runs)))
    for axes, labelled in zip(figure.subplots(len(runs), 1, squeeze=False)[:, 0], runs, strict=True):
        _panel(axes, labelled)
        if len(runs) > 1:
            axes.set_title(labelled.label)
    return figure


def _panel(axes: Axes, labelled: LabelledRun) -> None:
    axes.set_xlabel("feature 1")
    axes.set_ylabel("feature 2")
    facts = labelled.run.facts
    if not facts.get("lines"):
        axes.text(
            0.5, 0.5, labelled.run.message or labelled.run.status, ha="center", transform=axes.transAxes
        )
        return
    points, labels = np.array(facts["points"]), np.array(facts["labels"])  # (N, 2), (N,)
    for label, (marker, colour) in enumerate(MARKERS):
        own = points[labels == label]
        axes.plot(*own.T, marker, color=colour, mfc="none", markersize=2.5, alpha=0.7, label=f"label {label}")
    low, high = points.min(axis=0) - MARGIN, points.max(axis=0) + MARGIN
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    errors = labelled.run.series.get("errors", [])
    for moment, line in enumerate(facts["lines"]):
        _boundary(axes, line, (low, high), _look(moment, len(facts["lines"])), _name(moment, errors))
    axes.grid(False)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))


def _name(moment: int, errors: list[float]) -> str:
    if not moment:
        return "start"
    n = int(errors[moment - 1])
    return f"epoch {moment}: {n} error{'s' * (n != 1)}"


def _look(moment: int, count: int) -> dict[str, Any]:
    """Choose light dashes for the start and darker, thinner lines for later, so that equal ones both show."""
    share = moment / max(count - 1, 1)
    style = (0, (4, 2)) if not moment else "-"
    return {"color": str(0.55 * (1 - share)), "linestyle": style, "linewidth": 3 - 2.2 * share}


def _boundary(
    axes: Axes, line: list[float], corners: tuple[Any, Any], look: dict[str, Any], name: str
) -> None:
    """Draw w_1 x_1 + w_2 x_2 + b = 0 across the picture, steep or flat."""
    (w1, w2, b), (low, high) = line, corners
    if w1 == w2 == 0:  # no boundary: the answer is the same everywhere
        axes.plot([], [], label=f"{name} (no boundary)", marker="", **look)
        return
    # Along the axis that it crosses least steeply, so that nothing is divided by a number near 0.
    if abs(w2) * (high[1] - low[1]) >= abs(w1) * (high[0] - low[0]):
        x = np.array([low[0], high[0]])
        axes.plot(x, -(w1 * x + b) / w2, label=name, marker="", **look)
    else:
        y = np.array([low[1], high[1]])
        axes.plot(-(w2 * y + b) / w1, y, label=name, marker="", **look)
