"""Draw figures from stored runs alone; nothing here trains."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, MaxNLocator, NullFormatter

from report_tools.draw import gradient_figures, heatmap, outcomes, published
from report_tools.draw.captions import QUICK
from report_tools.draw.outcomes import Entry, Outcome
from report_tools.draw.tables import word
from report_tools.plan import recipe

STYLE = Path(__file__).resolve().parent / "report.mplstyle"
DIRECT_LABELS = 4  # more lines than these need a legend
LOG_SPAN = 5  # below this ratio of the largest to the smallest value a linear axis shows more
LABEL_GAP = 0.085  # of the height of the axes


def save(outcome: Outcome, wanted: recipe.Figure, stem: Path) -> None:
    """Draw one figure of the recipe as STEM.png and STEM.pdf."""
    # No dates in the files: the same numbers give the same bytes.
    metadata: dict[str, dict[str, Any]] = {".png": {"Software": None}, ".pdf": {"CreationDate": None}}
    with matplotlib.style.context([str(STYLE)]):
        figure = draw(outcome, wanted)
        for suffix, known in metadata.items():
            figure.savefig(stem.with_suffix(suffix), metadata=known)


def draw(outcome: Outcome, wanted: recipe.Figure) -> Figure:
    """Make the picture that the recipe asks for."""
    kinds: dict[str, Callable[[Outcome, recipe.Figure], Figure]] = {
        "curves": _curves,
        "heatmap": heatmap.draw,
        "gradient-check": gradient_figures.difference,
        "gradient-traps": gradient_figures.traps,
    }
    figure = kinds[wanted.kind](outcome, wanted)
    title = wanted.title + (f"\n{QUICK}" if outcome.manifest.quick else "")
    figure.suptitle(
        title, fontsize=8, fontweight="bold", color="#B00000" if outcome.manifest.quick else "black"
    )
    return figure


def _curves(outcome: Outcome, wanted: recipe.Figure) -> Figure:
    """Draw metrics over epochs: a panel per metric, or one panel of all metrics for a single run."""
    entries = outcome.only(wanted.only)
    log = wanted.log and any(_spans_much(entries, metric) for metric in wanted.metrics)
    if len(entries) == 1:
        figure, axes = _panels(1)
        _panel(axes[0], [(word(m), entries[0], m) for m in wanted.metrics], outcome, log)
        axes[0].set_ylabel(_quantity(wanted.metrics[0]))
        return figure
    figure, axes = _panels(len(wanted.metrics))
    for panel, metric in zip(axes, wanted.metrics, strict=True):
        _panel(panel, [(entry.label, entry, metric) for entry in entries], outcome, log)
        panel.set_ylabel(f"{word(metric)}{_unit(metric)}")
    if len(entries) > DIRECT_LABELS:
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    width, height = mpl.rcParams["figure.figsize"]
    figure = Figure(figsize=(width, height * (1 if count == 1 else 0.85 * count)))
    axes = figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]
    axes[-1].set_xlabel("epoch")
    return figure, list(axes)


def _unit(metric: str) -> str:
    return " (nats)" if metric.endswith("loss") else " (%)"


def _quantity(metric: str) -> str:
    return f"{metric.rpartition('_')[2]}{_unit(metric)}"


def _scaled(metric: str, values: list[float]) -> list[float]:
    return values if metric.endswith("loss") else [100 * value for value in values]


def _panel(axes: Axes, lines: list[tuple[str, Entry, str]], outcome: Outcome, log: bool) -> None:
    labels = []
    for label, entry, metric in lines:
        values = _scaled(metric, outcomes.series(entry.run, metric))
        epochs = range(1, len(values) + 1)
        (line,) = axes.plot(epochs, values, label=label + _ending(entry))
        colour = line.get_color()
        if entry.run.status != "complete" and values:
            axes.plot(epochs[-1], values[-1], "X", color=colour, markersize=8)
        _mark_best(axes, entry, values, colour)
        _mark_published(axes, outcome, entry, metric, colour)
        labels.append((values[-1] if values else None, label + _ending(entry), colour))
    epochs_asked = max(entry.settings["epochs"] for _, entry, _ in lines)
    axes.set_xlim(0.7, max(epochs_asked, 2) + 0.3)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if log:
        _make_logarithmic(axes)
    if len(lines) <= DIRECT_LABELS:
        _label_directly(axes, labels)


def _spans_much(entries: list[Entry], metric: str) -> bool:
    values = [value for entry in entries for value in outcomes.series(entry.run, metric) if value > 0]
    return bool(values) and max(values) > LOG_SPAN * min(values)


def _make_logarithmic(axes: Axes) -> None:
    """Make the vertical axis logarithmic, with plain numbers beside it."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _ending(entry: Entry) -> str:
    """Add to a label that a run did not end well."""
    return "" if entry.run.status == "complete" else f" ({entry.run.status})"


def _mark_best(axes: Axes, entry: Entry, values: list[float], colour: Any) -> None:
    """Circle the epoch that early stopping went back to."""
    best = entry.run.facts.get("best_epoch")
    if best and best <= len(values):
        axes.plot(best, values[best - 1], "o", mfc="none", mec=colour, markersize=8)


def _mark_published(axes: Axes, outcome: Outcome, entry: Entry, metric: str, colour: Any) -> None:
    """Put crosses where the published numbers are, in a dark shade of the line that they belong to."""
    values = _scaled(metric, published.series(outcome, entry, metric))
    if values and not published.obstacle(outcome):
        known = any(text == "published" for text in axes.get_legend_handles_labels()[1])
        shade = tuple(0.6 * part for part in to_rgb(colour))
        axes.plot(
            range(1, len(values) + 1), values, "+", color=shade, markersize=6, zorder=4,
            label=None if known else "published",
        )  # fmt: skip


def _label_directly(axes: Axes, labels: list[tuple[float | None, str, Any]]) -> None:
    """Write the names at the right end of the lines, moved apart where they would touch."""
    to_axes = axes.transData + axes.transAxes.inverted()
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
