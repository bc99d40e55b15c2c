"""Draw figures from stored runs alone; nothing here trains."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from report_tools import gradient_figures, published, recipe, results
from report_tools.captions import QUICK
from report_tools.results import Entry, Outcome
from report_tools.tables import word

STYLE = Path(__file__).resolve().parent / "report.mplstyle"
DIRECT_LABELS = 4  # more lines than these need a legend
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
        "heatmap": _heatmap,
        "gradient-check": gradient_figures.difference,
        "gradient-traps": gradient_figures.traps,
    }
    figure = kinds[wanted.kind](outcome, wanted)
    title = wanted.title + (f"\n{QUICK}" if outcome.manifest.quick else "")
    figure.suptitle(title, fontsize=8, fontweight="bold", color="#B00000" if outcome.manifest.quick else "black")
    return figure


def _curves(outcome: Outcome, wanted: recipe.Figure) -> Figure:
    """Draw metrics over epochs: a panel per metric, or one panel of all metrics for a single run."""
    entries = outcome.only(wanted.only)
    if len(entries) == 1:
        figure, axes = _panels(1)
        _panel(axes[0], [(word(m), entries[0], m) for m in wanted.metrics], outcome, wanted.log)
        axes[0].set_ylabel(_quantity(wanted.metrics[0]))
        return figure
    figure, axes = _panels(len(wanted.metrics))
    for panel, metric in zip(axes, wanted.metrics, strict=True):
        _panel(panel, [(entry.label, entry, metric) for entry in entries], outcome, wanted.log)
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
        values = _scaled(metric, results.series(entry.run, metric))
        epochs = range(1, len(values) + 1)
        (line,) = axes.plot(epochs, values, label=label + _ending(entry))
        colour = line.get_color()
        if entry.run.status != "complete" and values:
            axes.plot(epochs[-1], values[-1], "X", color=colour, markersize=8)
        _mark_best(axes, entry, values, colour)
        _mark_published(axes, outcome, entry, metric)
        labels.append((values[-1] if values else None, label + _ending(entry), colour))
    epochs_asked = max(entry.settings["epochs"] for _, entry, _ in lines)
    axes.set_xlim(0.7, max(epochs_asked, 2) + 0.3)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if log:
        axes.set_yscale("log")
    if len(lines) <= DIRECT_LABELS:
        _label_directly(axes, labels)


def _ending(entry: Entry) -> str:
    """Add to a label that a run did not end well."""
    return "" if entry.run.status == "complete" else f" ({entry.run.status})"


def _mark_best(axes: Axes, entry: Entry, values: list[float], colour: Any) -> None:
    """Circle the epoch that early stopping went back to."""
    best = entry.run.facts.get("best_epoch")
    if best and best <= len(values):
        axes.plot(best, values[best - 1], "o", mfc="none", mec=colour, markersize=8)


def _mark_published(axes: Axes, outcome: Outcome, entry: Entry, metric: str) -> None:
    values = _scaled(metric, published.series(outcome, entry, metric))
    if values and not published.obstacle(outcome):
        known = any(text == "published" for text in axes.get_legend_handles_labels()[1])
        axes.plot(
            range(1, len(values) + 1), values, "+", color="0.35", markersize=6, zorder=4,
            label=None if known else "published",
        )  # fmt: skip


def _label_directly(axes: Axes, labels: list[tuple[float | None, str, Any]]) -> None:
    """Write the names at the right end of the lines, moved apart where they would touch."""
    to_axes = axes.transData + axes.transAxes.inverted()
    placed = sorted((to_axes.transform((1, y))[1], text, colour) for y, text, colour in labels if y is not None)
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


def _heatmap(outcome: Outcome, wanted: recipe.Figure) -> Figure:
    """Draw the final number of each run in a cell: first varied setting down, last one across, others as panels."""
    keys = [key for key in outcome.recipe.vary if key in outcome.varying] or outcome.varying or ["seed"]
    keys += [key for key in outcome.varying if key not in keys]
    row_key, column_key, panel_keys = keys[0], keys[-1], keys[1:-1]
    rows, columns = _distinct(outcome, [row_key]), _distinct(outcome, [column_key])
    panels = _distinct(outcome, panel_keys)
    height = 0.9 + 0.3 * len(rows)
    width = mpl.rcParams["figure.figsize"][0]
    figure = Figure(figsize=(max(width, 0.75 + 0.3 * len(columns) * len(panels)), height))
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    values = [100 * v for e in outcome.entries if (v := results.final(e.run, wanted.metrics[0])) is not None]
    span = (min(values), max(values)) if values else (0, 1)
    for panel, panel_values in zip(axes, panels, strict=True):
        cells = _cells(outcome, wanted, dict(zip(panel_keys, panel_values, strict=True)), keys, rows, columns)
        _draw_cells(panel, cells, span)
        panel.set_title(", ".join(map(str, panel_values)))
        panel.set_xticks(range(len(columns)), [f"{_short(value[0])}" for value in columns])
        panel.set_yticks(range(len(rows)), [_short(value[0]) for value in rows])
    figure.supxlabel(f"{word(column_key)}  (cells: {word(wanted.metrics[0])} in %; box: best)", fontsize=7)
    axes[0].set_ylabel(word(row_key))
    return figure


def _short(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list) else f"{value}".replace("0.", ".", 1)


def _distinct(outcome: Outcome, keys: list[str]) -> list[list[Any]]:
    found: list[list[Any]] = []
    for entry in outcome.entries:
        values = [entry.settings[key] for key in keys]
        if values not in found:
            found.append(values)
    return found


def _cells(
    outcome: Outcome, wanted: recipe.Figure, panel: dict[str, Any], keys: list[str], rows: Any, columns: Any
) -> list[list[Entry | float | None]]:
    """Arrange final numbers (in %) as rows of cells; an Entry where a run has no good end, None where no run."""
    grid: list[list[Entry | float | None]] = [[None] * len(columns) for _ in rows]
    for entry in outcome.entries:
        if all(entry.settings[key] == value for key, value in panel.items()):
            row = rows.index([entry.settings[keys[0]]])
            column = columns.index([entry.settings[keys[-1]]])
            value = results.final(entry.run, wanted.metrics[0])
            good = entry.run.status == "complete" and value is not None
            grid[row][column] = 100 * value if good and value is not None else entry
    return grid


def _draw_cells(axes: Axes, grid: list[list[Entry | float | None]], span: tuple[float, float]) -> None:
    numbers = np.array([[v if isinstance(v, float) else np.nan for v in row] for row in grid])
    axes.imshow(numbers, cmap="cividis", vmin=span[0], vmax=span[1], aspect="auto")
    axes.grid(False)
    axes.tick_params(length=0)
    middle = sum(span) / 2
    for y, row in enumerate(grid):
        for x, value in enumerate(row):
            if isinstance(value, Entry):
                axes.text(x, y, value.run.status[:4] + ".", ha="center", va="center", fontsize=6, style="italic")
            elif value is not None:
                colour = "black" if value > middle else "white"
                axes.text(x, y, f"{value:.1f}", ha="center", va="center", fontsize=6, color=colour)
            if value == span[1]:
                axes.add_patch(Rectangle((x - 0.45, y - 0.45), 0.9, 0.9, fill=False, lw=1.2))
