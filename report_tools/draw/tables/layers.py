"""Fill a table with the layers of a network."""

import math
from typing import Any

from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.draw.table import Grid
from report_tools.plan.cnn import Cnn
from report_tools.plan.recipe import TableSpec

FLOAT32, MIB = 4, 2**20


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per layer of the first network that is asked for, the sum, and what it takes in memory."""
    found = next((e for e in results.only(table.only) if "layers" in e.run.facts), None)
    if found is None:
        return Grid(["layer", "output", "parameters"], [], ["s", "s", ",d"])
    layers = found.run.facts["layers"]
    rows = [[row["layer"], row["output"], row["parameters"]] for row in layers]
    # A module that holds others has no number of its own.
    layers = [{**row, "parameters": row["parameters"] or 0} for row in layers]
    rows.append(["total", "", sum(row["parameters"] for row in layers)])
    header = ["layer", "output (channels × height × width)", "parameters"]
    notes = (*_derivation(layers), _memory(layers, _n_inputs(results, found)))
    return Grid(header, rows, ["s", "s", ",d"], notes)


def _n_inputs(results: RecipeResults, labelled: LabelledRun) -> int:
    """Count the numbers of one image as the network gets it."""
    height, _, channels = (*results.manifest.source.image_shape, 1)[:3]
    settings = labelled.run.settings
    side = settings.input_side(height) if isinstance(settings, Cnn) else height
    return int(side**2 * channels)


def _derivation(layers: list[dict[str, Any]]) -> list[str]:
    """Write the sum out, where the layers say what their parameters are made of."""
    parts = [row.get("formula") for row in layers if row["parameters"]]
    total = sum(row["parameters"] for row in layers)
    return [f"Parameters: {' + '.join(map(str, parts))} = {total:,}."] if all(parts) else []


def _memory(layers: list[dict[str, Any]], n_inputs: int) -> str:
    """Say the memory of one image as summaries of networks do: only layers with parameters keep an output."""
    outputs = sum(_numbers(row["output"]) for row in layers if row["parameters"])
    # Each output is kept for the way back, which makes a gradient of the same size.
    sizes = {
        "input": n_inputs,
        "forward and backward": 2 * outputs,
        "parameters": sum(row["parameters"] for row in layers),
    }
    sizes["together"] = sum(sizes.values())
    words = ", ".join(f"{name} {FLOAT32 * count / MIB:.2f}" for name, count in sizes.items())
    return f"Memory for one image in float32, in MiB: {words}."


def _numbers(output: str) -> int:
    return math.prod(int(size) for size in output.split(" × ")) if output else 0
