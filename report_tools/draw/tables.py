"""Build tables from stored runs and write them as CSV (every digit), Markdown, LaTeX and Typst."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from autograder.common.errors import UserError
from report_tools.draw import markup, published, recipe_results
from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.plan.recipe import TableSpec, describe


class Grid(NamedTuple):
    """A table before it is written: a header and rows of raw values, and the format of each column."""

    header: list[str]
    rows: list[list[Any]]
    formats: list[str]


WORDS = {
    "hidden_dims": "hidden layers",
    "lr": "learning rate",
    "initialization": "initialisation",
    "train_loss": "training loss",
    "valid_loss": "validation loss",
    "train_accuracy": "training accuracy",
    "valid_accuracy": "validation accuracy",
    "train_error": "training error",
    "valid_error": "validation error",
    "gap loss": "gap of the loss",
    "gap accuracy": "gap of the accuracy",
    "seconds": "seconds",
}


def word(column: str) -> str:
    """Write the name of a metric or setting the way a reader says it."""
    if column.startswith("published "):
        return f"published {word(column.removeprefix('published '))}"
    return WORDS.get(column, column.replace("_", " "))


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """Make the grid that the recipe asks for."""
    kinds: dict[str, Callable[[RecipeResults, TableSpec], Grid]] = {
        "epochs": _epochs,
        "runs": _runs,
        "layers": _layers,
        "gradient-check": _gradient_check,
    }
    return kinds[table.kind](results, table)


def _epochs(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per epoch; one column per run and metric, the published number to the right of it."""
    header, columns = ["epoch"], []
    for metric in table.metrics:
        for labelled in results.runs:
            of = f"{labelled.label}" if len(table.metrics) == 1 else f"{labelled.label} {word(metric)}"
            header.append(of)
            columns.append(recipe_results.series(labelled.run, metric))
            if theirs := published.series(results, labelled, metric):
                header.append(f"{of} (published)")
                columns.append(theirs)
    # As many rows as epochs were asked for: of a run that ended early the rest are dashes.
    length = max((labelled.settings["epochs"] for labelled in results.runs), default=0)
    rows = [[k + 1, *(c[k] if k < len(c) else None for c in columns)] for k in range(length)]
    return Grid(header, rows, ["d"] + [".5f"] * len(columns))


def _runs(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per run, the columns as the recipe lists them, and how the run ended if not well."""
    runs = results.runs
    for metric, least in table.at_least.items():
        runs = [e for e in runs if (recipe_results.final(e.run, metric) or 0) >= least]
        runs = sorted(runs, key=lambda e: -(recipe_results.final(e.run, metric) or 0))
    columns = list(table.columns)
    # Two rows must never look the same: what --set made vary gets a column, too.
    columns += [key for key in results.varying if "run" not in columns and key not in columns]
    rows = [[_cell(results, labelled, column) for column in columns] for labelled in runs]
    header, formats = [word(column) for column in columns], [_format(column) for column in columns]
    if any(labelled.run.status != "complete" for labelled in runs):
        header, formats = [*header, "status"], [*formats, "s"]
        rows = [[*row, labelled.run.status] for row, labelled in zip(rows, runs, strict=True)]
    return Grid(header, rows, formats)


def _cell(results: RecipeResults, labelled: LabelledRun, column: str) -> Any:
    run = labelled.run
    known = {"run": labelled.label, "parameters": run.parameters or None, "seconds": sum(run.seconds)}
    if column in known:
        return known[column]
    if column.startswith("published "):
        return published.final(results, labelled, column.removeprefix("published "))
    if column.startswith("gap "):
        name = column.removeprefix("gap ")
        train, valid = recipe_results.final(run, f"train_{name}"), recipe_results.final(run, f"valid_{name}")
        return None if train is None or valid is None else abs(train - valid)
    if column in labelled.settings:
        value = labelled.settings[column]
        return describe(column, value) if isinstance(value, list) else value
    return recipe_results.final(run, column)


def _format(column: str) -> str:
    if column == "seconds":
        return ".1f"
    if column == "parameters":
        return ",d"
    return ".4f" if any(word in column for word in ("loss", "accuracy", "error")) else "s"


def _layers(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per layer of the first convolutional network."""
    found = next((e.run.facts["layers"] for e in results.runs if "layers" in e.run.facts), None)
    if found is None:
        return Grid(["layer", "output", "parameters"], [], ["s", "s", ",d"])
    rows = [[row["layer"], row["output"], row["parameters"]] for row in found]
    rows.append(["total", "", sum(row["parameters"] for row in found)])
    return Grid(["layer", "output (channels × height × width)", "parameters"], rows, ["s", "s", ",d"])


def _gradient_check(results: RecipeResults, table: TableSpec) -> Grid:
    """One row per N: the signed difference of every element, then the largest absolute one."""
    labelled = results.runs[0]
    facts, settings = labelled.run.facts, labelled.settings
    if "gradient" not in facts:
        return Grid(["N", "largest absolute difference"], [], ["g", ".2e"])
    gradient = facts["gradient"]
    theirs = published.series(results, labelled, "max_difference")
    rows: list[list[Any]] = [["gradient", *gradient, None]]
    for k, n in enumerate(settings["n_values"]):
        pairs = zip(facts["loss_plus"][k], facts["loss_minus"][k], gradient, strict=True)
        # Here the sign is shown: a wrong gradient is off to one side, round-off to both.
        signed = [(plus - minus) / (2 / n) - g for plus, minus, g in pairs]
        rows.append([f"{n:g}", *signed, max(map(abs, signed))])
    header = ["N", *facts["elements"], "largest absolute"]
    if theirs:
        header.append("published")
        rows = [[*row, theirs[k - 1] if 0 < k <= len(theirs) else None] for k, row in enumerate(rows)]
    return Grid(header, rows, ["s"] + [".1e"] * (len(header) - 1))


def text(value: Any, form: str) -> str:
    """Write one cell for a reader; what is not there is a dash."""
    if value is None:
        return "–"
    return format(value, form) if form != "s" and not isinstance(value, str) else str(value)


def write(grid: Grid, stem: Path) -> None:
    """Write STEM.csv, STEM.md, STEM.tex and STEM.typ."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([grid.header, *grid.rows])
    cells = [[text(v, f) for v, f in zip(row, grid.formats, strict=True)] for row in grid.rows]
    for suffix, content in (
        (".csv", buffer.getvalue()),
        (".md", markup.markdown_table(grid.header, cells)),
        (".tex", markup.latex_table(grid.header, cells)),
        (".typ", markup.typst_table(grid.header, cells)),
    ):
        try:
            stem.with_suffix(suffix).write_text(content, encoding="utf-8")
        except OSError as error:
            raise UserError(f"{stem.with_suffix(suffix)} cannot be written: {error.strerror}.") from None
