"""Draw what a shift of the image does to a network: to its answers, and to its features."""

import matplotlib as mpl
from matplotlib.figure import Figure

from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan.recipe import FigureSpec

LEAST = 0.05  # of what an axis reaches: less is as good as nothing
PANELS = (
    ("changed", 100, "changed answers (%)"),
    ("moved", 1, "change of features (relative)"),
)


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw over the shift, one line per run: changed answers, and the relative change of what the first
    linear layer gets."""
    runs = [e for e in results.only(wanted.only) if e.run.facts.get("probes", {}).get("shift")]
    width, height = mpl.rcParams["figure.figsize"]
    rows = -(-len(runs) // 2)
    figure = Figure(figsize=(width, 1.7 * height + 0.15 * (rows + 1)))
    panels = figure.subplots(len(PANELS), 1, sharex=True)
    for axes, (key, factor, name) in zip(panels, PANELS, strict=True):
        for labelled in runs:
            steps = labelled.run.facts["probes"]["shift"]
            axes.plot(
                [step["shift"] for step in steps],
                [factor * step[key] for step in steps],
                label=labelled.label,
            )
        axes.set_ylabel(name)
        axes.set_ylim(0, max(axes.get_ylim()[1], LEAST * factor))
    panels[-1].set_xlabel("shift to the right (pixels)")
    if runs:
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure
