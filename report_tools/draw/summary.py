"""Put all runs of all recipes of a report into one table."""

from pathlib import Path
from typing import Any

from report_tools.draw import table
from report_tools.draw.captions import QUICK
from report_tools.draw.recipe_results import RecipeResults, extreme, final
from report_tools.draw.table import Grid
from report_tools.draw.words import form, word

NAME = "summary"
COLUMNS = (
    "parameters", "epochs", "train_loss", "valid_loss", "lowest valid_loss",
    "train_accuracy", "valid_accuracy", "highest valid_accuracy", "seconds",
)  # fmt: skip


def build(recipes: list[RecipeResults]) -> Grid:
    """One row for each run that was trained, in the order of the recipes, and its best numbers."""
    header = ["recipe", "run", *map(word, COLUMNS), "status"]
    formats = ["s", "s", *("d" if column == "epochs" else form(column) for column in COLUMNS), "s"]
    return Grid(header, [row for results in recipes for row in _rows(results)], formats)


def _rows(results: RecipeResults) -> list[list[Any]]:
    rows = []
    for labelled in results.runs:
        run = labelled.run
        if not run.series.get("train_loss"):
            continue
        known = {"parameters": run.parameters, "epochs": len(run.seconds), "seconds": sum(run.seconds)}
        numbers = [known[column] if column in known else _number(run, column) for column in COLUMNS]
        rows.append([results.manifest.name, labelled.label, *numbers, run.status])
    return rows


def _number(run: Any, column: str) -> float | None:
    which, _, metric = column.rpartition(" ")
    return extreme(run, metric, which) if which else final(run, metric)


def caption(recipes: list[RecipeResults]) -> str:
    """Say what the table shows."""
    sources = ", ".join(dict.fromkeys(results.manifest.source.name for results in recipes))
    quick = f"{QUICK} " if any(results.manifest.quick for results in recipes) else ""
    return f"{quick}Every run of this report, after its last epoch. Data: {sources}."


def write(recipes: list[RecipeResults], out: Path) -> bool:
    """Write OUT/summary.csv, .md, .tex and .typ; return whether there is anything to sum up."""
    grid = build(recipes)
    if grid.rows:
        table.write(grid, out / NAME)
    return bool(grid.rows)
