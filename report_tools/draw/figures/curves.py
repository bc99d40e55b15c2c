"""Draw metrics over epochs."""

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FormatStrFormatter, LogLocator, MaxNLocator, NullFormatter

from report_tools.draw import published, recipe_results
from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.draw.words import quantity, scaled, unit, word
from report_tools.plan.recipe import FigureSpec

DIRECT_LABELS = 4  # more lines than these need a legend
LOG_SPAN = 5  # below this ratio of the largest to the smallest value a linear axis shows more
LABEL_GAP = 0.085  # of the height of the axes
LEGEND_INCHES = 0.15  # of one row of the legend
MARKERS = 20  # at most so many on a line
DASHES: tuple[Any, ...] = ("-", "--", ":", "-.")
PUBLISHED, LOWEST = MARKS = ("published", "lowest validation loss")

# The words beside a line, its run and metric, and how it is drawn if not by the style sheet.
Line = tuple[str, LabelledRun, str, dict[str, Any]]


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw a panel per metric; one panel of all metrics for a single run, or where they go `together`."""
    runs = results.only(wanted.only)
    # One answer for all: two panels of one figure must not have different kinds of axes.
    log = wanted.log and any(_spans_much(runs, metric) for metric in wanted.metrics)
    if wanted.together:
        return _together(results, runs, wanted, log)
    if len(runs) == 1:
        figure, axes = _panels(1)
        _panel(axes[0], [(word(m), runs[0], m, {}) for m in wanted.metrics], results, wanted, log)
        axes[0].set_ylabel(_quantity(wanted.metrics[0]))
        return figure
    figure, axes = _panels(len(wanted.metrics))
    for panel, metric in zip(axes, wanted.metrics, strict=True):
        _panel(panel, [(labelled.label, labelled, metric, {}) for labelled in runs], results, wanted, log)
        panel.set_ylabel(f"{word(metric)}{unit(metric)}")
    if len(runs) > DIRECT_LABELS:
        handles, _ = axes[0].get_legend_handles_labels()
        _legend_below(figure, handles)
    return figure


def _together(results: RecipeResults, runs: list[LabelledRun], wanted: FigureSpec, log: bool) -> Figure:
    """Draw all metrics of all runs in one panel: a colour and a marker per run, a dash per metric."""
    cycle = list(mpl.rcParams["axes.prop_cycle"])
    lines: list[Line] = []
    for k, labelled in enumerate(runs):
        own = {key: value for key, value in cycle[k % len(cycle)].items() if key != "linestyle"}
        lines += [
            ("", labelled, metric, {**own, "linestyle": DASHES[m % len(DASHES)]})
            for m, metric in enumerate(wanted.metrics)
        ]
    figure, (axes,) = _panels(1)
    _panel(axes, lines, results, wanted, log)
    axes.set_ylabel(_quantity(wanted.metrics[0]))
    each_run = [
        Line2D([], [], color=style["color"], marker=style["marker"], label=labelled.label + _ending(labelled))
        for labelled, (_, _, _, style) in zip(runs, lines[:: len(wanted.metrics)], strict=True)
    ]
    each_metric = [
        Line2D([], [], color="0.3", marker="", linestyle=DASHES[m % len(DASHES)], label=word(metric))
        for m, metric in enumerate(wanted.metrics)
    ]
    others = [h for h, text in zip(*axes.get_legend_handles_labels(), strict=True) if text in MARKS]
    # A column of runs and a column of what the dashes mean: a legend fills one column after the other.
    right: list[Any] = [*each_metric, *others]
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


def _panel(axes: Axes, lines: list[Line], results: RecipeResults, wanted: FigureSpec, log: bool) -> None:
    labels = []
    most = max((labelled.settings["epochs"] for _, labelled, _, _ in lines), default=0)
    for label, labelled, metric, style in lines:
        epochs, values = results.curve(labelled, metric)
        values = scaled(metric, values)
        # Markers tell lines apart in grey; one on each of many epochs would hide the line instead.
        every = max(1, most // MARKERS)
        (line,) = axes.plot(epochs, values, label=label + _ending(labelled), markevery=every, **style)
        colour = line.get_color()
        if labelled.run.status != "complete" and values:
            axes.plot(epochs[-1], values[-1], "X", color=colour, markersize=8)
        _mark_best(axes, labelled, epochs, values, colour)
        if wanted.mark_lowest and metric == "valid_loss":
            _mark_lowest(axes, epochs, values, colour)
        _mark_published(axes, results, labelled, metric, colour)
        labels.append((values[-1] if values else None, label + _ending(labelled), colour))
    # As far as was asked for: a run that ended early shows how much is missing.
    axes.set_xlim(results.first_epoch - 0.3, max(most, 2) + 0.3)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if log:
        _make_logarithmic(axes)
    if len(lines) <= DIRECT_LABELS and not wanted.together:
        _label_directly(axes, labels)


def _spans_much(runs: list[LabelledRun], metric: str) -> bool:
    values = [
        value for labelled in runs for value in recipe_results.series(labelled.run, metric) if value > 0
    ]
    return bool(values) and max(values) > LOG_SPAN * min(values)


def _make_logarithmic(axes: Axes) -> None:
    """Make the vertical axis logarithmic, with plain numbers beside it."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _ending(labelled: LabelledRun) -> str:
    """Add to a label that a run did not end well."""
    return "" if labelled.run.status == "complete" else f" ({labelled.run.status})"


def _mark_best(
    axes: Axes, labelled: LabelledRun, epochs: list[int], values: list[float], colour: Any
) -> None:
    """Circle the epoch that early stopping went back to."""
    best = labelled.run.facts.get("best_epoch")
    if best in epochs:
        axes.plot(best, values[epochs.index(best)], "o", color=colour, mfc="none", markersize=8)


def _mark_lowest(axes: Axes, epochs: list[int], values: list[float], colour: Any) -> None:
    """Put a star where the loss was lowest: what comes after it is overfitting."""
    if values:
        at = min(range(len(values)), key=values.__getitem__)
        known = LOWEST in axes.get_legend_handles_labels()[1]
        axes.plot(
            epochs[at], values[at], "*", color=colour, mfc="white", markersize=9, zorder=5,
            label=None if known else LOWEST,
        )  # fmt: skip


def _mark_published(
    axes: Axes, results: RecipeResults, labelled: LabelledRun, metric: str, colour: Any
) -> None:
    """Put crosses where the published numbers are, in a dark shade of the line that they belong to."""
    values = scaled(metric, published.series(results, labelled, metric))
    first = 1
    if not values and (last := published.final(results, labelled, metric)) is not None:
        values, first = scaled(metric, [last]), labelled.settings["epochs"]
    if values and not published.obstacle(results):
        known = PUBLISHED in axes.get_legend_handles_labels()[1]
        shade = tuple(0.6 * part for part in to_rgb(colour))
        axes.plot(
            range(first, first + len(values)), values, "+", color=shade, markersize=6, zorder=4,
            label=None if known else PUBLISHED,
        )  # fmt: skip


def _label_directly(axes: Axes, labels: list[tuple[float | None, str, Any]]) -> None:
    """Write the names at the right end of the lines, moved apart where they would touch."""
    to_axes = axes.transData + axes.transAxes.inverted()
    # Upwards from the lowest, each at least a line of text above the one before.
    placed = sorted(
        (to_axes.transform((1, y))[1], text, colour) for y, text, colour in labels if y is not None
    )
    for text in (text for y, text, _ in labels if y is None):
        placed.append((0.0, f"{text}, no epoch", "0.4"))
    heights = [height for height, _, _ in placed]
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + LABEL_GAP)
    for height, (_, text, colour) in zip(heights, placed, strict=True):
        axes.annotate(
            text, (1, height), xycoords="axes fraction", xytext=(4, 0), textcoords="offset points",
            va="center", color=colour, annotation_clip=False,
        )  # fmt: skip
    marks = [h for h, text in zip(*axes.get_legend_handles_labels(), strict=True) if text in MARKS]
    if marks:
        axes.legend(handles=marks, loc="best")
