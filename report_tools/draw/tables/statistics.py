"""Fill a table with what images were standardised by, and which rows it was computed from."""

from typing import Any

from report_tools.draw.recipe_results import RecipeResults
from report_tools.draw.table import Grid
from report_tools.plan.recipe import TableSpec


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per run that was standardised."""
    rows = [
        [e.label, f"{facts['split']}, {facts['rows']:,} rows", _numbers(facts["mean"]), _spread(facts)]
        for e in results.only(table.only)
        if (facts := e.run.facts.get("statistics"))
    ]
    return Grid(["run", "computed from", "mean", "deviation"], rows, ["s"] * 4)


def _numbers(values: list[float]) -> str:
    return ", ".join(f"{value:.4f}" for value in values)


def _spread(facts: dict[str, Any]) -> str:
    if "deviation" in facts:
        return _numbers(facts["deviation"])
    largest, smallest = facts["eigenvalues"]
    return (
        f"eigenvalues {largest:.3g} to {smallest:.1g}, epsilon {facts['epsilon']:g}; at least 90 % white: "
        f"{facts['whitened_directions']:,} of {facts['directions']:,} directions"
    )
