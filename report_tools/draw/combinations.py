"""Arrange the runs of a recipe by the settings that it varies."""

from typing import Any

from report_tools.draw.recipe_results import LabelledRun, RecipeResults


def keys(results: RecipeResults) -> list[str]:
    """List what the recipe varies, and what else varies; two at least, so that there are rows and columns."""
    varied = list(results.recipe.vary)
    varied += [key for key in results.varying if key not in varied]
    return varied if len(varied) > 1 else [*varied, *(k for k in ("seed", "epochs") if k not in varied)][:2]


def values(runs: list[LabelledRun], of: list[str]) -> list[list[Any]]:
    """List the combinations of values that these settings have in the runs, in the order of the runs."""
    found: list[list[Any]] = []
    for labelled in runs:
        combination = [labelled.settings[key] for key in of]
        if combination not in found:
            found.append(combination)
    return found


def short(value: Any) -> str:
    """Write a value as briefly as it can be read: .05, 784-256."""
    return "-".join(map(str, value)) if isinstance(value, list) else str(value).replace("0.", ".", 1)
