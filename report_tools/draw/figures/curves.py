"""Draw metrics over epochs."""

from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from report_tools.draw import marks, scales
from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.draw.words import Quantity, quantity, scaled, unit, word
from report_tools.plan.recipe import FigureSpec

DIRECT_LABELS = 4  # more lines than these need a legend
LOG_SPAN = 5  # below this ratio of the largest to the smallest value a linear axis shows more
HUGE_SPAN = 100  # from this ratio on a linear axis shows one line alone, whatever the recipe says
LABEL_GAP = 0.085  # of the height of the axes
LEGEND_INCHES = 0.15  # of one row of the legend
MARKERS = 20  # at most so many on a line
DASHES: tuple[Any, ...] = ("-", "--", ":", "-.")


class Line(NamedTuple):
    """A line of a panel: the words beside it, its run and metric, and its look if not the style sheet's."""

    label: str
    labelled: LabelledRun
    metric: str
    look: dict[str, Any]


class Drawn(NamedTuple):
    """A line as it was drawn: its words and run, what it measures, its numbers and its colour.

    theirs: the published numbers beside it.
    """

    label: str
    labelled: LabelledRun
    known: Quantity
    epochs: list[int]
    values: list[float]
    theirs: list[float]
    colour: Any


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw a panel per metric; one panel of all metrics for a single run, or where they go `together`."""
    runs = results.only(wanted.only)
    if wanted.together:
        return _together(results, runs, wanted)
    if len(runs) == 1:
        figure, axes = _panels(1)
        panels = [[Line(word(metric), runs[0], metric, {}) for metric in wanted.metrics]]
        names = [_quantity(wanted.metrics[0])]
    else:
        figure, axes = _panels(len(wanted.metrics))
        panels = [[Line(e.label, e, metric, {}) for e in runs] for metric in wanted.metrics]
        names = [f"{word(metric)}{unit(metric)}" for metric in wanted.metrics]
    drawn = _plot(axes, panels, names, results, wanted)
    if len(panels[0]) > DIRECT_LABELS:
        handles, texts = axes[0].get_legend_handles_labels()
        own = [handle for handle, text in zip(handles, texts, strict=True) if text not in marks.TEXTS]
        _legend_below(figure, [*own, *marks.handles(axes)])
    else:
        for panel, lines in zip(axes, drawn, strict=True):
            _label_directly(panel, lines)
        marks.explain(figure, axes)
    return figure


def _together(results: RecipeResults, runs: list[LabelledRun], wanted: FigureSpec) -> Figure:
    """Draw all metrics of all runs in one panel: a colour and a marker per run, a dash per metric."""
    cycle = list(mpl.rcParams["axes.prop_cycle"])
    lines: list[Line] = []
    for k, labelled in enumerate(runs):
        own = {key: value for key, value in cycle[k % len(cycle)].items() if key != "linestyle"}
        lines += [
            Line("", labelled, metric, {**own, "linestyle": DASHES[m % len(DASHES)]})
            for m, metric in enumerate(wanted.metrics)
        ]
    figure, axes = _panels(1)
    _plot(axes, [lines], [_quantity(wanted.metrics[0])], results, wanted)
    each_run = [
        Line2D([], [], color=line.look["color"], marker=line.look["marker"], label=e.label + _ending(e))
        for e, line in zip(runs, lines[:: len(wanted.metrics)], strict=True)
    ]
    each_metric = [
        Line2D([], [], color="0.3", marker="", linestyle=DASHES[m % len(DASHES)], label=word(metric))
        for m, metric in enumerate(wanted.metrics)
    ]
    # A column of runs and a column of what the dashes mean: a legend fills one column after the other.
    right: list[Any] = [*each_metric, *marks.handles(axes)]
    blanks: list[Any] = [Line2D([], [], linestyle="", marker="", label=" ")] * abs(len(each_run) - len(right))
    shorter_left = len(each_run) < len(right)
    columns = [*each_run, *blanks, *right] if shorter_left else [*each_run, *right, *blanks]
    _legend_below(figure, columns)
    return figure


def _legend_below(figure: Figure, handles: list[Any]) -> None:
    """Put the legend below the axes, which keep their height."""
    rows = -(-len(handles) // 2)
    figure.set_figheight(figure.get_figheight() + LEGEND_INCHES * (rows + 1))
    figure.legend(handles=handles, loc="outside lower center", ncols=2)


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    width, height = mpl.rcParams["figure.figsize"]
    figure = Figure(figsize=(width, height * (1 if count == 1 else 0.85 * count)))
    axes = figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]
    axes[-1].set_xlabel("epoch")
    return figure, list(axes)


def _quantity(metric: str) -> str:
    return f"{quantity(metric).name or metric.rpartition('_')[2]}{unit(metric)}"


def _plot(
    axes: list[Axes], panels: list[list[Line]], names: list[str], results: RecipeResults, wanted: FigureSpec
) -> list[list[Drawn]]:
    """Draw the lines of every panel, on the same axis where they show the same quantity."""
    drawn = [
        [_draw_line(panel, line, results, wanted) for line in lines]
        for panel, lines in zip(axes, panels, strict=True)
    ]
    every = [line for lines in drawn for line in lines]
    # One answer for all: two panels of one figure must not have different kinds of axes.
    least = LOG_SPAN if wanted.log else HUGE_SPAN
    log = any(_ratio([d for d in every if d.known == known]) > least for known in {d.known for d in every})
    most = max((line.labelled.settings["epochs"] for line in panels[0]), default=0)
    for panel, lines, name in zip(axes, drawn, names, strict=True):
        panel.set_ylabel(name)
        # As far as was asked for: a run that ended early shows how much is missing.
        panel.set_xlim(results.first_epoch - 0.3, max(most, 2) + 0.3)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        known = {line.known for line in lines}
        _scale(panel, [line for line in every if line.known in known], log)
        for line in lines:
            marks.mark_bad_end(panel, line.labelled, line.epochs, line.values, line.colour)
    return drawn


def _draw_line(axes: Axes, line: Line, results: RecipeResults, wanted: FigureSpec) -> Drawn:
    label, labelled, metric, look = line
    epochs, values = results.curve(labelled, metric)
    values = scaled(metric, values)
    # Markers tell lines apart in grey; one on each of many epochs would hide the line instead.
    every = max(1, labelled.settings["epochs"] // MARKERS)
    (drawn,) = axes.plot(epochs, values, label=label + _ending(labelled), markevery=every, **look)
    colour = drawn.get_color()
    marks.mark_best(axes, labelled, epochs, values, colour)
    if wanted.mark_lowest and metric == "valid_loss":
        marks.mark_lowest(axes, epochs, values, colour)
    theirs = marks.mark_published(axes, results, labelled, metric, colour)
    return Drawn(label + _ending(labelled), labelled, quantity(metric), epochs, values, theirs, colour)


def _scale(axes: Axes, alike: list[Drawn], log: bool) -> None:
    """Give an axis the limits that fit all lines of the same quantity, in this panel or another."""
    shown = [n for d in alike for n in (d.values if not _diverged(d) else []) + d.theirs]
    beyond = [n for d in alike if _diverged(d) for n in d.values]
    if not (shown or beyond):  # every run failed at once: an axis has nothing to measure
        axes.set_yticks([])
        return
    low, high = scales.limits(shown, beyond, alike[0].known, log)
    scales.give(axes, low, high, log)


def _diverged(line: Drawn) -> bool:
    return line.labelled.run.status == "diverged"


def _ratio(lines: list[Drawn]) -> float:
    """Divide the largest number of the lines by the smallest."""
    values = [value for line in lines if not _diverged(line) for value in line.values if value > 0]
    return max(values) / min(values) if values else 1


def _ending(labelled: LabelledRun) -> str:
    """Add to a label that a run did not end well."""
    return "" if labelled.run.status == "complete" else f" ({labelled.run.status})"


def _label_directly(axes: Axes, lines: list[Drawn]) -> None:
    """Write the names at the right end of the lines, moved apart where they would touch."""
    to_axes = axes.transData + axes.transAxes.inverted()
    # Upwards from the lowest, each at least a line of text above the one before, and none above the axes.
    placed = [(0.0, f"{d.label}, no epoch", "0.4") for d in lines if not d.values]
    ends = [(to_axes.transform((1, d.values[-1]))[1], d.label, d.colour) for d in lines if d.values]
    placed += sorted((min(max(height, 0), 1), label, colour) for height, label, colour in ends)
    heights = [height for height, _, _ in placed]
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + LABEL_GAP)
    for k in range(len(heights)):
        heights[k] = min(heights[k], 1 - LABEL_GAP * (len(heights) - 1 - k))
    for height, (_, text, colour) in zip(heights, placed, strict=True):
        axes.annotate(
            text, (1, height), xycoords="axes fraction", xytext=(4, 0), textcoords="offset points",
            va="center", color=colour, annotation_clip=False,
        )  # fmt: skip
