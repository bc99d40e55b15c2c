"""Lay small pictures side by side."""

import math
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from report_tools.draw.recipe_results import LabelledRun

Array = NDArray[Any]
GAP = (0.72, 0.80, 0.92)  # a colour that no grey tile has
SMALLEST = 24  # pixels of a tile's side on the sheet
MAX_PIXELS = 1600  # of a sheet's width; what is wider cannot be seen on a page
HEADING = 0.25  # inches above each sheet


def figure(sheets: list[tuple[Array, str]]) -> Figure:
    """Draw sheets of tiles, (T, h, w) or (T, h, w, 3), one above the other, each under its title."""
    width = 1.9 * mpl.rcParams["figure.figsize"][0]
    images = [sheet(tiles) for tiles, _ in sheets]
    # A single picture need not be as wide as the page.
    shares = [0.2 if len(tiles) == 1 else 1.0 for tiles, _ in sheets]
    heights = [
        share * width * image.shape[0] / image.shape[1] + HEADING
        for share, image in zip(shares, images, strict=True)
    ]
    drawn = Figure(figsize=(width, sum(heights) + HEADING))
    panels = drawn.subplots(len(sheets), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, image, (_, title) in zip(panels, images, sheets, strict=True):
        axes.imshow(image, interpolation="nearest")
        axes.set_axis_off()
        axes.set_title(title, loc="left")
    return drawn


def strip(drawn: Figure) -> None:
    """Take away what a graph needs and an image does not: grid, ticks and frames."""
    for axes in drawn.axes:
        axes.grid(False)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)


def message(labelled: LabelledRun) -> Figure:
    """Say in the place of a picture why there is none."""
    drawn = Figure()
    drawn.text(0.5, 0.5, labelled.run.message or labelled.run.status, ha="center")
    return drawn


def count(tiles: Array) -> str:
    """Say how many tiles there are and how large they are."""
    return f"{len(tiles)} × {tiles.shape[-2]} × {tiles.shape[-1]}"


def sheet(tiles: Array) -> Array:
    """Join tiles row by row with gaps between them; each is stretched by itself.

    Returns an image (H, W, 3) with values from 0 to 1.
    """
    if tiles.ndim == 3:
        tiles = np.repeat(tiles[..., None], 3, axis=3)  # (T, h, w, 3)
    columns = columns_for(len(tiles))
    tiles = shrink(tiles, MAX_PIXELS // columns)
    tiles = tiles.repeat(times := math.ceil(SMALLEST / tiles.shape[2]), axis=1).repeat(times, axis=2)
    n_tiles, height, width, _ = tiles.shape
    gap = max(1, width // 12)
    rows = math.ceil(n_tiles / columns)
    joined = np.ones((rows * (height + gap) - gap, columns * (width + gap) - gap, 3)) * GAP
    for k, tile in enumerate(tiles):
        top, left = k // columns * (height + gap), k % columns * (width + gap)
        joined[top : top + height, left : left + width] = stretch(tile)
    return joined


def columns_for(n_tiles: int) -> int:
    """Choose how many tiles stand in a row, so that the sheet is two to four times as wide as high."""
    return math.ceil(math.sqrt(n_tiles * 2)) if n_tiles > 100 else min(n_tiles, 16)


def shrink(tiles: Array, side: int) -> Array:
    """Average blocks of pixels until no tile (T, h, w, 3) is wider; left-over rows are cut off."""
    block = math.ceil(max(tiles.shape[1:3]) / side)
    height, width = (size // block for size in tiles.shape[1:3])
    cut = tiles[:, : height * block, : width * block].astype(np.float32)
    blocks: Array = cut.reshape(len(tiles), height, block, width, block, 3).mean(axis=(2, 4))
    return blocks


def stretch(tile: Array) -> Array:
    """Scale one picture from its smallest to its largest number to 0 to 1; a constant one becomes grey."""
    low, high = float(tile.min()), float(tile.max())
    scaled: Array = (tile - low) / (high - low) if high > low else np.full(tile.shape, 0.5)
    return scaled
