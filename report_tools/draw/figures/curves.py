"""Draw metrics over epochs."""

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, MaxNLocator, NullFormatter

from report_tools.draw import published, recipe_results
from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.draw.words import scaled, unit, word
from report_tools.plan.recipe import FigureSpec

DIRECT_LABELS = 4  # more lines than these need a legend
LOG_SPAN = 5  # below this ratio of the largest to the smallest value a linear axis shows more
LABEL_GAP = 0.085  # of the height of the axes


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw metrics over epochs: a panel per metric, or one panel of all metrics for a single run."""
    runs = results.only(wanted.only)
    # Together: two panels of one figure must not have different kinds of axes.
    log = wanted.log and any(_spans_much(runs, metric) for metric in wanted.metrics)
    if len(runs) == 1:
        figure, axes = _panels(1)
        _panel(axes[0], [(word(m), runs[0], m) for m in wanted.metrics], results, log)
        axes[0].set_ylabel(_quantity(wanted.metrics[0]))
        return figure
    figure, axes = _panels(len(wanted.metrics))
    for panel, metric in zip(axes, wanted.metrics, strict=True):
        _panel(panel, [(labelled.label, labelled, metric) for labelled in runs], results, log)
        panel.set_ylabel(f"{word(metric)}{unit(metric)}")
    if len(runs) > DIRECT_LABELS:
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    width, height = mpl.rcParams["figure.figsize"]
    figure = Figure(figsize=(width, height * (1 if count == 1 else 0.85 * count)))
    axes = figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]
    axes[-1].set_xlabel("epoch")
    return figure, list(axes)


def _quantity(metric: str) -> str:
    return f"{metric.rpartition('_')[2]}{unit(metric)}"


def _panel(axes: Axes, lines: list[tuple[str, LabelledRun, str]], results: RecipeResults, log: bool) -> None:
    labels = []
    for label, labelled, metric in lines:
        values = scaled(metric, recipe_results.series(labelled.run, metric))
        epochs = range(1, len(values) + 1)
        (line,) = axes.plot(epochs, values, label=label + _ending(labelled))
        colour = line.get_color()
        if labelled.run.status != "complete" and values:
            axes.plot(epochs[-1], values[-1], "X", color=colour, markersize=8)
        _mark_best(axes, labelled, values, colour)
        _mark_published(axes, results, labelled, metric, colour)
        labels.append((values[-1] if values else None, label + _ending(labelled), colour))
    epochs_asked = max(labelled.settings["epochs"] for _, labelled, _ in lines)
    # As far as was asked for: a run that ended early shows how much is missing.
    axes.set_xlim(0.7, max(epochs_asked, 2) + 0.3)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if log:
        _make_logarithmic(axes)
    if len(lines) <= DIRECT_LABELS:
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


def _mark_best(axes: Axes, labelled: LabelledRun, values: list[float], colour: Any) -> None:
    """Circle the epoch that early stopping went back to."""
    best = labelled.run.facts.get("best_epoch")
    if best and best <= len(values):
        axes.plot(best, values[best - 1], "o", mfc="none", mec=colour, markersize=8)


def _mark_published(
    axes: Axes, results: RecipeResults, labelled: LabelledRun, metric: str, colour: Any
) -> None:
    """Put crosses where the published numbers are, in a dark shade of the line that they belong to."""
    values = scaled(metric, published.series(results, labelled, metric))
    if values and not published.obstacle(results):
        known = any(text == "published" for text in axes.get_legend_handles_labels()[1])
        shade = tuple(0.6 * part for part in to_rgb(colour))
        axes.plot(
            range(1, len(values) + 1), values, "+", color=shade, markersize=6, zorder=4,
            label=None if known else "published",
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
    if any(text == "published" for text in axes.get_legend_handles_labels()[1]):
        handles = [h for h, t in zip(*axes.get_legend_handles_labels(), strict=True) if t == "published"]
        axes.legend(handles=handles, loc="best")
