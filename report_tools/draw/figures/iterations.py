"""Draw loss and accuracy of every batch: a row of panels for each value of the setting that varies first."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from report_tools.draw import marks, scales
from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.draw.words import quantity
from report_tools.plan.recipe import FigureSpec

SMOOTH = 50  # iterations of the running mean
ROW_INCHES = 0.95
Values = NDArray[np.float64]


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw the loss on the left and the accuracy on the right, with the same vertical axes in all rows.

    Runs that differ in another setting share a row; each value of it has one colour in all rows.
    """
    runs = results.only(wanted.only)
    keys = [*results.recipe.vary, *(key for key in results.varying if key not in results.recipe.vary)]
    rows = list(dict.fromkeys(results.describe(labelled, keys[:1]) for labelled in runs))
    lines = list(dict.fromkeys(results.describe(labelled, keys[1:]) for labelled in runs))
    width = 1.9 * mpl.rcParams["figure.figsize"][0]
    figure = Figure(figsize=(width, 0.9 + ROW_INCHES * len(rows)))
    panels = figure.subplots(len(rows), 2, sharey="col", squeeze=False)
    drawn = []
    for labelled in runs:
        loss, accuracy = panels[rows.index(results.describe(labelled, keys[:1]))]
        look = _look(lines.index(results.describe(labelled, keys[1:])))
        facts = labelled.run.facts
        drawn.append((loss, labelled, np.array(facts.get("iteration_loss", [])), look))
        drawn.append((accuracy, labelled, 100 * np.array(facts.get("iteration_accuracy", [])), look))
    for axes, _, values, look in drawn:
        _line(axes, values, look)
    _name(panels, rows)
    _scale(panels[:, 0], runs, wanted.log)
    for axes, labelled, values, look in drawn:
        marks.mark_bad_end(axes, labelled, [*range(1, len(values) + 1)], [*values], look["color"])
    handles = [Line2D([], [], **_look(k)) for k in range(len(lines))]
    each = Line2D([], [], color="0.5", linestyle="-", marker="", linewidth=0.3)
    names = [f"{line}, mean over {SMOOTH} iterations".removeprefix(", ") for line in lines]
    figure.legend([*handles, each], [*names, "each batch"], loc="outside lower center", ncols=len(lines) + 1)
    return figure


def _look(k: int) -> dict[str, Any]:
    """Tell the lines of a row apart by colour and dashes, as one may lie on another."""
    return {"color": f"C{k}", "linestyle": ("-", "--", "-.", ":")[k % 4], "marker": "", "linewidth": 1.4}


def _line(axes: Axes, values: Values, look: dict[str, Any]) -> None:
    """Draw each batch thinly and the running mean over it."""
    x = np.arange(1, len(values) + 1)
    axes.plot(x, values, **{**look, "linestyle": "-", "linewidth": 0.3, "alpha": 0.8})
    axes.plot(x, running_mean(values), label="mean", **look)


def running_mean(values: Values) -> Values:
    """Return at each place the mean of the SMOOTH values around it, of fewer near the two ends."""
    window = np.ones(min(SMOOTH, len(values)))
    if not len(window):
        return values
    means: Values = np.convolve(values, window, "same") / np.convolve(np.ones(len(values)), window, "same")
    return means


def _name(panels: NDArray[np.object_], rows: list[str]) -> None:
    for (loss, accuracy), title in zip(panels, rows, strict=True):
        # Each row has its own number of iterations, and the same images from left to right.
        longest = max((len(line.get_xdata()) for line in loss.lines), default=0)
        loss.set_title(f"{title}: {longest:,} iterations", loc="left")
        loss.set_ylabel("loss (nats)")
        accuracy.set_ylabel("accuracy (%)")
        for axes in (loss, accuracy):
            axes.set_xlim(0, max(longest, 1))
    for axes in panels[-1]:
        axes.set_xlabel("iteration")
    panels[0, 1].set_ylim(0, 100)


def _scale(panels: NDArray[np.object_], runs: list[LabelledRun], log: bool) -> None:
    """Give the losses one axis for all rows, on which a run that diverged does not dwarf the others.

    A logarithmic one begins at half of the lowest mean: a single batch may lie far below.
    """
    shown: list[float] = []
    beyond: list[float] = []
    for labelled in runs:
        values = np.array(labelled.run.facts.get("iteration_loss", []))
        if log and len(values):
            values = values[values >= running_mean(values).min() / 2]
        (beyond if labelled.run.status == "diverged" else shown).extend(values)
    low, high = scales.limits(shown, beyond, quantity("loss"), log)
    for axes in panels:
        scales.give(axes, low, high, log)
