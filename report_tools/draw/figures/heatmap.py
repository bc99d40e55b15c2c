"""Draw the final number of every combination of settings in a cell of its own."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from report_tools.draw import combinations, recipe_results, scales
from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.draw.words import quantity, word
from report_tools.plan.recipe import FigureSpec

CELL_INCHES = 0.3
LEAST_ROWS = 3  # so that the scale of colours beside them has room for its name
NO_NUMBER = {"diverged": "nan", "interrupted": "stop", "failed": "fail"}


def draw(results: RecipeResults, wanted: FigureSpec) -> Figure:
    """Draw the first varied setting down, the last one across, and a panel for each value of the others.

    Cells are in percent; the best one has a box; a run that did not end well says so in its cell.
    """
    runs, keys = results.only(wanted.only), combinations.keys(results)
    down, across = (combinations.values(runs, [key]) for key in (keys[0], keys[-1]))
    panels = combinations.values(runs, keys[1:-1])
    width = max(mpl.rcParams["figure.figsize"][0], 1.25 + CELL_INCHES * len(across) * len(panels))
    figure = Figure(figsize=(width, 1.0 + CELL_INCHES * max(len(down), LEAST_ROWS)))
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    numbers = {labelled.label: _percent(labelled, wanted.metrics[0]) for labelled in runs}
    finite = [number for number in numbers.values() if np.isfinite(number)]
    best = max(finite, default=0.0)
    limits = scales.limits(finite, [], quantity(wanted.metrics[0]), log=False)
    for panel, values in zip(axes, panels, strict=True):
        shown = [e for e in runs if [e.settings[key] for key in keys[1:-1]] == values]
        places = {
            e.label: (down.index([e.settings[keys[0]]]), across.index([e.settings[keys[-1]]])) for e in shown
        }
        image = _colour(panel, places, numbers, (len(down), len(across)), limits)
        for labelled in shown:
            boxed = len(finite) > 1 and numbers[labelled.label] == best
            _write(panel, places[labelled.label], labelled, numbers[labelled.label], image, boxed)
        panel.set_title(", ".join(map(str, values)))
        panel.set_xticks(range(len(across)), [combinations.short(value[0]) for value in across])
        panel.set_yticks(range(len(down)), [combinations.short(value[0]) for value in down])
    axes[0].set_ylabel(word(keys[0]))
    bar = figure.colorbar(image, ax=axes, pad=0.02, fraction=0.08)
    bar.set_label(f"{word(wanted.metrics[0])} (%)", fontsize=7)
    figure.supxlabel(word(keys[-1]) + ("  (box: best)" if len(finite) > 1 else ""), fontsize=8)
    return figure


def _percent(labelled: LabelledRun, metric: str) -> float:
    # A run that diverged has a last number too; shown as a colour it would look like a result.
    value = recipe_results.final(labelled.run, metric)
    return float("nan") if value is None or labelled.run.status != "complete" else 100 * value


def _colour(
    axes: Axes,
    places: dict[str, tuple[int, int]],
    numbers: dict[str, float],
    shape: tuple[int, int],
    limits: tuple[float, float],
) -> AxesImage:
    grid = np.full(shape, np.nan)
    for label, place in places.items():
        grid[place] = numbers[label]
    image = axes.imshow(grid, cmap="cividis", vmin=limits[0], vmax=limits[1], aspect="auto")
    axes.grid(False)
    axes.tick_params(length=0)
    return image


def _write(
    axes: Axes, place: tuple[int, int], labelled: LabelledRun, number: float, image: AxesImage, best: bool
) -> None:
    y, x = place
    good = np.isfinite(number)
    text = f"{number:.1f}" if good else NO_NUMBER.get(labelled.run.status, "–")
    red, green, blue, _ = image.to_rgba(np.array([number]))[0]
    # Perceived brightness (ITU-R BT.601): cividis goes from a dark blue to a light yellow.
    dark = good and 0.299 * red + 0.587 * green + 0.114 * blue < 0.47
    axes.text(x, y, text, ha="center", va="center", fontsize=6, color="white" if dark else "black")
    if best:
        axes.add_patch(Rectangle((x - 0.45, y - 0.45), 0.9, 0.9, fill=False, lw=1.2))
