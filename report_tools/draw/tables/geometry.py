"""Fill a table with sizes, weights and receptive fields, by arithmetic and by PyTorch."""

from typing import Any

from report_tools.draw.recipe_results import RecipeResults
from report_tools.draw.table import Grid
from report_tools.plan.recipe import TableSpec

HEADER = [
    "layer", "output", "weights", "biases", "parameters", "receptive field", "weights if fully connected",
]  # fmt: skip
FORMATS = ["s", "s", ",d", ",d", ",d", "s", ",d"]
AGREEMENT = "Sizes, weights and receptive fields follow from arithmetic; PyTorch gives the same in every row."


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per layer of the first network that is asked for, and the sum."""
    found: list[dict[str, Any]] = next(
        (e.run.facts["geometry"] for e in results.only(table.only) if "geometry" in e.run.facts), []
    )
    rows = [_row(layer) for layer in found]
    total: list[Any] = [sum(layer[key] for layer in found) for key in ("weights", "biases")]
    rows.append(["total", "", *total, sum(total), "", None])
    return Grid(HEADER, rows, FORMATS, (agreement(found),))


def agreement(layers: list[dict[str, Any]]) -> str:
    """Say whether arithmetic and PyTorch agree, and if not, where."""
    for layer in layers:
        for key, asked in layer["pytorch"].items():
            if layer[key] != asked:
                return f"{layer['layer']}: {key} is {layer[key]} by arithmetic, and {asked} in PyTorch."
    return AGREEMENT


def _row(layer: dict[str, Any]) -> list[Any]:
    output = " × ".join(map(str, layer["output"]))
    field = f"{layer['field']} × {layer['field']}" if layer["field"] else "all of the image"
    weights, biases = layer["weights"], layer["biases"]
    return [layer["layer"], output, weights, biases, weights + biases, field, layer["dense"]]
