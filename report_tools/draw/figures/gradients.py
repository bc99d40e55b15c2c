"""Draw the gradient and its finite differences, element by element."""

import matplotlib as mpl
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure

from report_tools.draw import finite_differences
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan.recipe import FigureSpec

# The largest N darkest, as it is nearest to the gradient; without the yellow end, which nobody sees on white.
COLOURS = LinearSegmentedColormap.from_list("steps", mpl.colormaps["viridis"](np.linspace(0.58, 0, 64)))


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw above the finite differences, a line per N, and below the gradient of `backward`, on one scale."""
    width, height = mpl.rcParams["figure.figsize"]
    figure = Figure(figsize=(width, height * 1.5))
    above, below = figure.subplots(2, 1, sharex=True, sharey=True)
    labelled = results.only(wanted.only)[0]
    if "gradient" not in labelled.run.facts:
        text = labelled.run.message or labelled.run.status
        above.text(0.5, 0.5, text, ha="center", transform=above.transAxes)
        return figure
    n_values, estimates, facts = finite_differences.numeric(labelled)
    elements = np.arange(len(facts["gradient"]))
    norm, colours = LogNorm(n_values.min(), n_values.max()), COLOURS
    for n, line in zip(n_values, estimates, strict=True):
        above.plot(elements, line, "-", marker="", lw=0.8, color=colours(norm(n)))
    above.set_ylabel("finite difference")
    figure.colorbar(ScalarMappable(norm, colours), ax=above, label="N  (step ε = 1/N)")
    below.plot(elements, facts["gradient"], "-", marker="", lw=0.8, color="black")
    below.set_ylabel("gradient")
    below.set_xlabel(f"element, from {facts['elements'][0]} to {facts['elements'][-1]}")
    return figure
