"""Fill a table with finite differences beside the gradient, a row per element."""

from report_tools.draw import finite_differences
from report_tools.draw.recipe_results import RecipeResults
from report_tools.draw.table import Grid
from report_tools.plan.recipe import TableSpec


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per element: its gradient, then its finite difference for each N that is a power of ten.

    So many elements and steps as a gradient check may have fit on a page in no other form; every
    number is in raw.json.
    """
    labelled = results.only(table.only)[0]
    if "gradient" not in labelled.run.facts:
        return Grid(["element", "gradient"], [], ["s", ".5e"])
    n_values, estimates, facts = finite_differences.numeric(labelled)
    powers = [k for k, n in enumerate(n_values) if f"{n:e}".startswith("1.000000e")]
    shown = powers or list(range(len(n_values)))
    elements = zip(facts["elements"][: table.first], facts["gradient"], estimates.T, strict=False)
    rows = [
        [name, gradient, *(float(of_element[k]) for k in shown)] for name, gradient, of_element in elements
    ]
    header = ["element", "gradient", *(f"N = {n_values[k]:g}" for k in shown)]
    return Grid(header, rows, ["s"] + [".4e"] * (len(header) - 1))
