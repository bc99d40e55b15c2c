"""Fill a table with what was checked on a network without training it."""

from report_tools.draw.recipe_results import RecipeResults
from report_tools.draw.table import Grid
from report_tools.plan.recipe import TableSpec

PROBES = ("equivalence", "dropout")


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per check: the run, what was compared, the value, what it should be, whether it is."""
    rows = [
        [labelled.label, one["check"], one["value"], one["expected"], "yes" if one["holds"] else "NO"]
        for labelled in results.only(table.only)
        for probe in PROBES
        for one in labelled.run.facts.get("probes", {}).get(probe, [])
    ]
    return Grid(["run", "check", "value", "expected", "holds"], rows, ["s", "s", ".2g", "s", "s"])
