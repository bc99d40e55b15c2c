"""Draw images as they are, and as each run sees them in training."""

import base64
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from report_tools.draw import tiles
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan.recipe import FigureSpec

COLUMNS = 6


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw a row of the first images, and below it a row for each run that changes them."""
    found = [(e.label, e.run.facts.get("probes", {}).get("samples")) for e in results.only(wanted.only)]
    seen = [(label, images) for label, images in found if images]
    rows = [("as they are", decode(seen[0][1]["before"]))] if seen else []
    rows += [
        (label, decode(images["after"])) for label, images in seen if images["after"] != images["before"]
    ]
    width, _ = mpl.rcParams["figure.figsize"]
    cell = width / (COLUMNS + 1.2)
    figure = Figure(figsize=(width, 0.35 + 1.08 * cell * max(len(rows), 1)))
    panels = figure.subplots(max(len(rows), 1), COLUMNS, squeeze=False)
    tiles.strip(figure)
    for line, (label, images) in zip(panels, rows, strict=False):
        for axes, pixels in zip(line, images, strict=False):
            axes.imshow(pixels[..., 0] if pixels.shape[2] == 1 else pixels, cmap="gray", vmin=0, vmax=255)
        line[0].set_ylabel(label, rotation=0, ha="right", va="center", fontsize=6)
    return figure


def decode(images: dict[str, Any]) -> NDArray[np.uint8]:
    """Return images (N, side, side, channels) from the text in which the store keeps them."""
    pixels: NDArray[np.uint8] = np.frombuffer(base64.b64decode(images["pixels"]), dtype=np.uint8)
    return np.reshape(pixels, tuple(images["shape"]))
