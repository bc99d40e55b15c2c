"""Put marks on curves, and say what each kind of mark means."""

from typing import Any

from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from report_tools.draw import published
from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.draw.words import scaled

LOWEST, BEST = "lowest validation loss", "epoch restored"
PUBLISHED, EXPECTED = "published, not from this run", "expected of a correct solution"
MEANINGS = {"published": PUBLISHED, "expected": EXPECTED}
TEXTS = (LOWEST, BEST, PUBLISHED, EXPECTED)
GREY = "0.3"  # of a mark in a legend, where it belongs to no line


def mark_lowest(axes: Axes, epochs: list[int], values: list[float], colour: Any) -> None:
    """Put a star where the loss was lowest: what comes after it is overfitting."""
    if values:
        at = min(range(len(values)), key=values.__getitem__)
        axes.plot(
            epochs[at], values[at], "*", color=colour, mfc="white", markersize=9, zorder=5, label=LOWEST
        )


def mark_best(axes: Axes, labelled: LabelledRun, epochs: list[int], values: list[float], colour: Any) -> None:
    """Circle the epoch that early stopping went back to."""
    best = labelled.run.facts.get("best_epoch")
    if best in epochs:
        at = epochs.index(best)
        axes.plot(best, values[at], "o", color=colour, mfc="none", markersize=8, label=BEST)


def mark_published(
    axes: Axes, results: RecipeResults, labelled: LabelledRun, metric: str, colour: Any
) -> list[float]:
    """Put crosses where the published numbers are, and return these; no line has a marker like them."""
    values = scaled(metric, published.series(results, labelled, metric))
    first = 1
    if not values and (last := published.final(results, labelled, metric)) is not None:
        values, first = scaled(metric, [last]), labelled.settings["epochs"]
    if values:
        # A dark shade of the line that they belong to, with a white rim, as they may lie upon it.
        shade = tuple(0.15 + 0.5 * part for part in to_rgb(colour))
        axes.plot(
            range(first, first + len(values)), values, "+", color=shade,
            markersize=7, markeredgewidth=1, zorder=6, label=MEANINGS[published.called(results)],
            path_effects=[patheffects.withStroke(linewidth=2.5, foreground="white")],
        )  # fmt: skip
    return values


def mark_bad_end(
    axes: Axes, labelled: LabelledRun, epochs: list[int], values: list[float], colour: Any
) -> None:
    """Put a thick cross where a run ended that did not end well, at the edge if its line left the axes."""
    if labelled.run.status != "complete" and values:
        low, high = axes.get_ylim()
        end = min(max(values[-1], low), high)
        axes.plot(epochs[-1], end, "X", color=colour, markersize=8, clip_on=False, zorder=7)


def handles(panels: list[Axes]) -> list[Line2D]:
    """Make an entry of a legend for each kind of mark that is in any of the panels."""
    found: dict[str, Line2D] = {}
    for axes in panels:
        for mark in axes.get_lines():
            text = str(mark.get_label())
            if text in TEXTS and text not in found:
                found[text] = Line2D(
                    [], [], color=GREY, linestyle="", marker=mark.get_marker(), mfc="white", label=text,
                    markersize=mark.get_markersize() - 1,
                )  # fmt: skip
    return list(found.values())


def explain(figure: Figure, panels: list[Axes]) -> None:
    """Say below the panels what the marks in them mean."""
    if known := handles(panels):
        figure.set_figheight(figure.get_figheight() + 0.17 * len(known))
        figure.legend(handles=known, loc="outside lower center", ncols=1)
