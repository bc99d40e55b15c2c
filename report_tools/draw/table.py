"""Build the tables of a recipe and write them as CSV (every digit), Markdown, LaTeX and Typst."""

import csv
import importlib
import io
from pathlib import Path
from typing import Any, NamedTuple

from autograder.common import whole_file
from report_tools.draw import markup
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan.recipe import TableSpec

EMPTY = "No run has these numbers."


class Grid(NamedTuple):
    """A table before it is written: a header and rows of raw values, and the format of each column.

    notes: sentences about it that stand below.
    """

    header: list[str]
    rows: list[list[Any]]
    formats: list[str]
    notes: tuple[str, ...] = ()


def build(results: RecipeResults, table: TableSpec) -> Grid:
    """Fill the table that the recipe asks for: the module of that name in tables/ knows how."""
    module = importlib.import_module(f"report_tools.draw.tables.{table.kind.replace('-', '_')}")
    grid: Grid = module.build(results, table)
    return grid


def text(value: Any, form: str) -> str:
    """Write one cell for a reader; what is not there is a dash."""
    if value is None:
        return markup.NOTHING
    return format(value, form) if form != "s" and not isinstance(value, str) else str(value)


def shown(grid: Grid) -> markup.Table:
    """Return the table as a reader sees it."""
    rows = [[text(v, f) for v, f in zip(row, grid.formats, strict=True)] for row in grid.rows]
    return markup.Table(grid.header, rows, grid.notes if rows else (*grid.notes, EMPTY))


def write(grid: Grid, stem: Path) -> None:
    """Write STEM.csv, STEM.md, STEM.tex and STEM.typ."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([grid.header, *grid.rows])
    table = shown(grid)
    for suffix, content in (
        (".csv", buffer.getvalue()),
        (".md", markup.markdown_table(table)),
        (".tex", markup.latex_table(table)),
        (".typ", markup.typst_table(table)),
    ):
        whole_file.write_text(stem.with_suffix(suffix), content)
