"""Fill a table with the last number of every combination of settings: the heat map in figures."""

from typing import Any

from report_tools.draw import combinations, published, recipe_results
from report_tools.draw.recipe_results import RecipeResults
from report_tools.draw.table import Grid
from report_tools.draw.words import form, word
from report_tools.plan.recipe import TableSpec


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """The last varied setting across, the others down; the published number to the right of each."""
    runs, metric = results.only(table.only), table.metrics[0]
    *down, across = combinations.keys(results)
    columns = combinations.values(runs, [across])
    theirs = {e.label: published.final(results, e, metric) for e in runs}
    are_published = any(number is not None for number in theirs.values())
    header = [word(key) for key in down]
    for (value,) in columns:
        header += [combinations.short(value), "published"] if are_published else [combinations.short(value)]
    rows = []
    for values in combinations.values(runs, down):
        row: list[Any] = [combinations.short(value) for value in values]
        for column in columns:
            found = next(
                (e for e in runs if [e.settings[k] for k in (*down, across)] == [*values, *column]), None
            )
            row.append(recipe_results.final(found.run, metric) if found else None)
            row += [theirs[found.label] if found else None] if are_published else []
        rows.append(row)
    return Grid(header, rows, ["s"] * len(down) + [form(metric)] * (len(header) - len(down)))
