"""Draw what the first and the last convolution make of one image."""

from matplotlib.figure import Figure

from report_tools.draw import tiles
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan.recipe import FigureSpec


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw the image as the network sees it, and every feature map as a tile."""
    labelled = results.only(wanted.only)[0]
    arrays = results.arrays(labelled)
    if not arrays:
        return tiles.message(labelled)
    image, first, last = arrays["image"], arrays["maps_first"], arrays["maps_last"]  # (C, h, w), (F, h, w)
    number = labelled.settings["shown_image"]
    return tiles.figure(
        [
            (
                image.transpose(1, 2, 0)[None] if len(image) == 3 else image[:1],
                f"image {number} of the validation split",
            ),
            (first, f"{tiles.count(first)} of the first convolution"),
            (last, f"{tiles.count(last)} of the last convolution"),
        ]
    )
