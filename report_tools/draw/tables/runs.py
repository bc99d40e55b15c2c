"""Fill a table with the settings and the last numbers of each run."""

from typing import Any

from report_tools.draw import published, recipe_results
from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.draw.table import Grid
from report_tools.draw.words import form, setting, word
from report_tools.plan.recipe import TableSpec

# Left out where no run has them: nothing published compares with other data, a CPU has no memory of a GPU.
OPTIONAL = ("published ", "peak_memory")


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per run, the columns as the recipe lists them, and how the run ended if not well."""
    runs = results.only(table.only)
    for metric, least in table.at_least.items():
        runs = [e for e in runs if (recipe_results.final(e.run, metric) or 0) >= least]
        runs = sorted(runs, key=lambda e: -(recipe_results.final(e.run, metric) or 0))
    columns = list(table.columns)
    # Two rows must never look the same: what --set made vary gets a column, too.
    columns += [key for key in results.varying if "run" not in columns and key not in columns]
    columns = [c for c in columns if not c.startswith(OPTIONAL) or _is_known(results, runs, c)]
    rows = [[_cell(results, labelled, column) for column in columns] for labelled in runs]
    header, formats = [word(column) for column in columns], [form(column) for column in columns]
    if any(labelled.run.status != "complete" for labelled in runs):
        header, formats = [*header, "status"], [*formats, "s"]
        rows = [[*row, labelled.run.status] for row, labelled in zip(rows, runs, strict=True)]
    return Grid(header, rows, formats)


def _is_known(results: RecipeResults, runs: list[LabelledRun], column: str) -> bool:
    return any(_cell(results, labelled, column) is not None for labelled in runs)


def _cell(results: RecipeResults, labelled: LabelledRun, column: str) -> Any:
    run = labelled.run
    known = {"run": labelled.label, "parameters": run.parameters or None, "seconds": sum(run.seconds)}
    if column in known:
        return known[column]
    if column.startswith("published "):
        return published.final(results, labelled, column.removeprefix("published "))
    which, _, metric = column.partition(" ")
    if which in ("lowest", "highest"):
        return recipe_results.extreme(run, metric, which)
    if column.startswith("gap "):
        name = column.removeprefix("gap ")
        train, valid = recipe_results.final(run, f"train_{name}"), recipe_results.final(run, f"valid_{name}")
        return None if train is None or valid is None else abs(train - valid)
    if column in run.facts:
        return run.facts[column]
    if column in labelled.settings:
        value = labelled.settings[column]
        return setting(labelled.settings["kind"], column, value) if isinstance(value, list) else value
    return recipe_results.final(run, column)
