"""Fill a table with the layers of a network."""

from report_tools.draw.recipe_results import RecipeResults
from report_tools.draw.table import Grid
from report_tools.plan.recipe import TableSpec


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per layer of the first convolutional network."""
    found = next((e.run.facts["layers"] for e in results.only(table.only) if "layers" in e.run.facts), None)
    if found is None:
        return Grid(["layer", "output", "parameters"], [], ["s", "s", ",d"])
    rows = [[row["layer"], row["output"], row["parameters"]] for row in found]
    rows.append(["total", "", sum(row["parameters"] for row in found)])
    return Grid(["layer", "output (channels × height × width)", "parameters"], rows, ["s", "s", ",d"])
