"""Describe a figure for those who cannot see it."""

from report_tools.draw import recipe_results
from report_tools.draw.recipe_results import RecipeResults
from report_tools.draw.words import quantity, scaled, word
from report_tools.plan.recipe import FigureSpec
from report_tools.train.store import Run

MOST = 12  # runs; more numbers than theirs are read in the table


def of(results: RecipeResults, figure: FigureSpec) -> str:
    """Return the title, and where each line of the figure ends."""
    runs = results.only(figure.only)
    said = [(labelled.label, _ends(labelled.run, figure.metrics)) for labelled in runs[:MOST]]
    ends = [f"{label}: {numbers}" for label, numbers in said if numbers]
    more = f"; and {len(runs) - MOST} more runs" if len(runs) > MOST else ""
    return f"{figure.title}. At the end: {'; '.join(ends)}{more}." if ends else f"{figure.title}."


def _ends(run: Run, metrics: tuple[str, ...]) -> str:
    found = [(metric, recipe_results.final(run, metric)) for metric in metrics]
    return ", ".join(_words(metric, last) for metric, last in found if last is not None)


def _words(metric: str, last: float) -> str:
    (value,), known = scaled(metric, [last]), quantity(metric).unit
    return f"{word(metric)} {value:.4g}{f' {known}' if known else ''}"
