"""Fill a table with metrics after each epoch."""

from report_tools.draw import published
from report_tools.draw.recipe_results import RecipeResults
from report_tools.draw.table import Grid
from report_tools.draw.words import quantity, word
from report_tools.plan.recipe import TableSpec


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per epoch; one column per run and metric, the published number to the right of it."""
    runs = results.only(table.only)
    header, columns, formats = ["epoch"], [], ["d"]
    for metric in table.metrics:
        for labelled in runs:
            of = f"{labelled.label}" if len(table.metrics) == 1 else f"{labelled.label} {word(metric)}"
            header.append(of)
            columns.append(dict(zip(*results.curve(labelled, metric), strict=True)))
            if theirs := published.series(results, labelled, metric):
                header.append(f"{of} ({published.called(results)})")
                columns.append(dict(enumerate(theirs, start=1)))
            formats += [quantity(metric).fine] * (len(columns) + 1 - len(formats))
    # As many rows as epochs were asked for: of a run that ended early the rest are dashes.
    length = max((labelled.settings["epochs"] for labelled in runs), default=0)
    rows = [[k, *(column.get(k) for column in columns)] for k in range(results.first_epoch, length + 1)]
    return Grid(header, rows, formats)
