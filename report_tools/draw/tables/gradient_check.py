"""Fill a table with finite differences beside the gradient."""

from typing import Any

from report_tools.draw import published
from report_tools.draw.recipe_results import RecipeResults
from report_tools.draw.table import Grid
from report_tools.plan.recipe import TableSpec


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per N: the signed difference of every element, then the largest absolute one."""
    labelled = results.only(table.only)[0]
    facts, settings = labelled.run.facts, labelled.settings
    if "gradient" not in facts:
        return Grid(["N", "largest absolute difference"], [], ["g", ".2e"])
    gradient = facts["gradient"]
    theirs = published.series(results, labelled, "max_difference")
    rows: list[list[Any]] = [["gradient", *gradient, None]]
    for k, n in enumerate(settings["n_values"]):
        pairs = zip(facts["loss_plus"][k], facts["loss_minus"][k], gradient, strict=True)
        # Here the sign is shown: a wrong gradient is off to one side, round-off to both.
        signed = [(plus - minus) / (2 / n) - g for plus, minus, g in pairs]
        rows.append([f"{n:g}", *signed, max(map(abs, signed))])
    header = ["N", *facts["elements"], "largest absolute"]
    if theirs:
        header.append("published")
        rows = [[*row, theirs[k - 1] if 0 < k <= len(theirs) else None] for k, row in enumerate(rows)]
    return Grid(header, rows, ["s"] + [".1e"] * (len(header) - 1))
