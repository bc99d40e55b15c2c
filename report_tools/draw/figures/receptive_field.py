"""Draw how much each pixel matters to the middle unit of each layer, and the square that arithmetic gives."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from report_tools.draw import tiles
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan.recipe import FigureSpec

COLUMNS = 3
FAINTEST = 1e-4  # of the largest; pixels below it are drawn like this one


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw a panel for each convolution and pooling of the first run that was looked at so."""
    labelled = next((e for e in results.only(wanted.only) if "probes" in e.run.facts), None)
    stages = labelled.run.facts["probes"].get("receptive-field", []) if labelled else []
    n_rows = max(1, -(-len(stages) // COLUMNS))
    counts: dict[str, int] = {}
    width, _ = mpl.rcParams["figure.figsize"]
    figure = Figure(figsize=(width, 0.4 + 1.1 * n_rows))
    panels = figure.subplots(n_rows, COLUMNS, squeeze=False).flat
    image = None
    for axes, stage in zip(panels, stages, strict=False):
        strength = np.maximum(np.array(stage["map"]), FAINTEST)
        image = axes.imshow(strength, cmap="cividis", norm="log", vmin=FAINTEST, vmax=1)
        _square(axes, stage["centre"], stage["side"])
        counts[stage["layer"]] = counts.get(stage["layer"], 0) + 1
        name = f"{stage['layer']} {counts[stage['layer']]}"
        axes.set_title(f"{name}: {stage['side']} × {stage['side']}", fontsize=7)
        axes.set_xlim(-0.5, len(strength) - 0.5)
        axes.set_ylim(len(strength) - 0.5, -0.5)
    tiles.strip(figure)
    for axes in figure.axes[len(stages) :]:
        axes.set_axis_off()
    if image is not None:
        bar = figure.colorbar(image, ax=figure.axes, shrink=0.8, pad=0.02)
        bar.set_label("|derivative|, share of the largest", fontsize=7)
        bar.ax.tick_params(labelsize=6)
    return figure


def _square(axes: Axes, centre: float, side: int) -> None:
    corner = centre - side / 2
    axes.add_patch(Rectangle((corner, corner), side, side, fill=False, ec="#D55E00", lw=1.2))
