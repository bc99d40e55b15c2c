"""Draw the filters of the first and of the last convolution."""

from matplotlib.figure import Figure

from report_tools.draw import tiles
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan.recipe import FigureSpec


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw every filter as a tile: the first layer's in colour, the last one's averaged over its channels."""
    labelled = results.only(wanted.only)[0]
    arrays = results.arrays(labelled)
    if not arrays:
        return tiles.message(labelled)
    first, last = arrays["filters_first"], arrays["filters_last"]  # (F, C, k, k), (F, k, k)
    colour = first.shape[1] == 3
    # Any other number of channels has no colours to stand for.
    shown = first.transpose(0, 2, 3, 1) if colour else first.mean(axis=1)
    kind = "three channels as red, green and blue" if colour else f"mean over {first.shape[1]} channel(s)"
    return tiles.figure(
        [
            (shown, f"{tiles.count(first)} of the first convolution: {kind}"),
            (last, f"{tiles.count(last)} of the last convolution: mean over its channels"),
        ]
    )
