"""Fill a table that compares runs by three summaries of each metric."""

import statistics
from typing import Any

from report_tools.draw import published, recipe_results
from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.draw.table import Grid
from report_tools.draw.words import quantity, word
from report_tools.plan.recipe import TableSpec


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per metric and run: mean ± standard deviation over the epochs, last epoch, best epoch."""
    runs = results.only(table.only)
    rows = [
        [word(metric), labelled.label, labelled.run.parameters or None, *_numbers(results, labelled, metric)]
        for metric in table.metrics
        for labelled in runs
    ]
    header = ["metric", "run", "parameters", "mean ± sd", "epochs", "last", "best", "in epoch"]
    formats = ["s", "s", ",d", "s", "d", ".4f", ".4f", "d"]
    if any(row[-1] for row in rows):
        header, formats = [*header, f"{published.called(results)} mean ± sd"], [*formats, "s"]
    else:
        rows = [row[:-1] for row in rows]
    note = "A mean over epochs mixes how fast a network learns with where it ends; it does not rank networks."
    return Grid(header, rows, formats, notes=(note,))


def _numbers(results: RecipeResults, labelled: LabelledRun, metric: str) -> list[Any]:
    theirs = [published.final(results, labelled, f"{what}_{metric}") for what in ("mean", "sd")]
    their_words = _plus_minus(*theirs) if None not in theirs else None
    values = recipe_results.series(labelled.run, metric)
    if not values:
        return [None] * 5 + [their_words]
    best = max(values) if quantity(metric).rises else min(values)
    mean_and_sd = _plus_minus(statistics.fmean(values), statistics.pstdev(values))
    return [mean_and_sd, len(values), values[-1], best, values.index(best) + 1, their_words]


def _plus_minus(mean: float | None, deviation: float | None) -> str:
    return f"{mean:.4f} ± {deviation:.4f}"
