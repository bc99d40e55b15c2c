"""Draw the figures of a recipe from stored runs alone; nothing here trains."""

import importlib
from pathlib import Path
from typing import Any

import matplotlib.style
from matplotlib.figure import Figure

from autograder.common import whole_file
from report_tools.draw.captions import QUICK
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan.recipe import FigureSpec

STYLE = Path(__file__).resolve().parent / "report.mplstyle"


def save(results: RecipeResults, wanted: FigureSpec, stem: Path) -> None:
    """Draw one figure of the recipe as STEM.png and STEM.pdf."""
    # No dates in the files: the same numbers give the same bytes.
    metadata: dict[str, dict[str, Any]] = {".png": {"Software": None}, ".pdf": {"CreationDate": None}}
    # Start from Matplotlib's defaults, whatever the user's matplotlibrc says.
    with matplotlib.style.context([str(STYLE)], after_reset=True):
        figure = draw(results, wanted)
        for suffix, known in metadata.items():
            with whole_file.replacing(stem.with_suffix(suffix)) as part:
                figure.savefig(part, metadata=known)


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Make the picture that the recipe asks for: the module of that name in figures/ draws it."""
    module = importlib.import_module(f"report_tools.draw.figures.{wanted.kind.replace('-', '_')}")
    figure: Figure = module.draw(results, wanted)
    title = wanted.title + (f"\n{QUICK}" if results.manifest.quick else "")
    figure.suptitle(
        title, fontsize=8, fontweight="bold", color="#B00000" if results.manifest.quick else "black"
    )
    return figure
