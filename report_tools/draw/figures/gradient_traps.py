"""Draw what common mistakes make of a gradient check."""

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from report_tools.draw import finite_differences
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan.recipe import FigureSpec


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw the same numbers as four common mistakes would show them."""
    width, height = mpl.rcParams["figure.figsize"]
    figure = Figure(figsize=(width, height * 1.6))
    panels = figure.subplots(2, 2, sharex=True)
    run = results.runs[0].run
    if "gradient" not in run.facts:
        panels[0, 0].text(0.5, 0.5, run.message or run.status, ha="center", transform=figure.transFigure)
        return figure
    n, signed, facts = finite_differences.signed(results.runs[0])
    right = np.abs(signed).max(axis=1)
    without_abs = signed.max(axis=1)
    loss_plus, loss_minus = (np.array(facts[side]) for side in ("loss_plus", "loss_minus"))
    wrong_division = np.abs((loss_plus - loss_minus) / 2 / n[:, None]).max(axis=1)
    mistakes = [
        ("without the absolute value", np.where(without_abs > 0, without_abs, np.nan), "log"),
        ("(L₊ − L₋) / 2 * ε, alone", wrong_division, "log"),
        ("linear axis", right, "linear"),
        ("float32", np.array(facts["single_precision"]), "log"),
    ]
    for axes, (name, values, scale) in zip(panels.flat, mistakes, strict=True):
        axes.set_xscale("log")
        axes.set_yscale(scale)
        if scale == "log":
            axes.plot(n, np.maximum(right, finite_differences.FLOOR), "-", color="0.5", label="right")
        axes.plot(n, values, "o--", color="C1", label="mistake")
        axes.set_title(name, fontsize=7)
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    for axes in panels[1]:
        axes.set_xlabel("N  (step ε = 1/N)")
    figure.supylabel("what would be drawn", fontsize=8)
    return figure
