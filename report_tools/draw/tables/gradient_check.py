"""Fill a table with finite differences minus the gradient, a row per step."""

from typing import Any

import numpy as np

from report_tools.draw import finite_differences, published
from report_tools.draw.recipe_results import RecipeResults
from report_tools.draw.table import Grid
from report_tools.plan.recipe import TableSpec


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per N: the signed difference of the first elements, then the largest absolute one of all."""
    labelled = results.only(table.only)[0]
    if "gradient" not in labelled.run.facts:
        return Grid(["N", "largest absolute difference"], [], ["g", ".2e"])
    n_values, signed, facts = finite_differences.signed(labelled)
    theirs = published.series(results, labelled, "max_difference")
    rows: list[list[Any]] = [["gradient", *facts["gradient"][: table.first], None]]
    for n, differences in zip(n_values, signed, strict=True):
        # Here the sign is shown: a wrong gradient is off to one side, round-off to both.
        rows.append([f"{n:g}", *map(float, differences[: table.first]), float(np.abs(differences).max())])
    n_elements = len(facts["elements"])
    shown = facts["elements"][: table.first]
    largest = "largest absolute" + (f", of {n_elements} elements" if len(shown) < n_elements else "")
    header = ["N", *shown, largest]
    if theirs:
        header.append("published")
        rows = [[*row, theirs[k - 1] if 0 < k <= len(theirs) else None] for k, row in enumerate(rows)]
    return Grid(header, rows, ["s"] + [".1e"] * (len(header) - 1))
