"""Read a Jupyter notebook as the program that its code cells are, one after the other.

Outputs are not even looked at, and what a cell says is not read as Python here: that is for the
worker.  Commands of the notebook (`!pip install`, `%time`) stay where they are, so that the worker
can leave out those that keep a cell from being Python; but a cell that is written in something else
is left out here, and its first line says so.
"""

import dataclasses
import re

import msgspec

from autograder.common import sanitize
from autograder.intake.decode import SourceCode, text_of, tidy
from autograder.intake.places import Places

SUFFIX = ".ipynb"
MAX_CODE = 1 << 20  # characters, as many as a plain file may have bytes
READ = (
    "Your notebook was graded cell by cell; its outputs were ignored. "
    "Cells are counted from 1 at the top, including text cells."
)
DAMAGED = (
    "Your notebook is damaged: its end is missing, or it was edited by hand. "
    "Open it in Jupyter, save it again and hand that in."
)
CELL_MAGIC = re.compile(r"\s*%%(\w*)(.*)")
# What may stand above Python: these run the rest of the cell as it is.
RUN_THE_CELL = ("time", "timeit", "capture", "prun", "memit", "mprun")
WRITE_THE_CELL = ("writefile", "file")
THE_SOLUTION = re.compile(r"(^|[\s/\\\"'])solution\.py[\"']?\s*$", re.IGNORECASE)


class Cell(msgspec.Struct):
    """A cell as the file holds it; in format 3 its code is called `input`."""

    cell_type: str = ""
    source: str | list[str] = ""
    input: str | list[str] = ""

    @property
    def lines(self) -> list[str]:
        """Return the lines of a code cell; none if there is only white space, or no code in it."""
        parts = self.source or self.input
        text = parts if isinstance(parts, str) else "".join(parts)
        if self.cell_type != "code" or not text.strip():
            return []
        return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


class Worksheet(msgspec.Struct):
    """A sheet of cells, as format 3 has them; there was never more than one."""

    cells: list[Cell] = []


class Content(msgspec.Struct):
    """A notebook, as far as it matters here; neither field is there if it is none."""

    cells: list[Cell] | None = None
    worksheets: list[Worksheet] | None = None


def read(name: str, source: bytes) -> SourceCode | str | None:
    """Return the program in a notebook, or a sentence if there is none; None if this is no notebook.

    What the file holds decides: a solution.py may be a notebook, and an .ipynb Python.  Its name counts
    only where nothing else tells.
    """
    text, notes = text_of(source)
    if not text.lstrip().startswith("{"):
        return None
    named = name.lower().endswith(SUFFIX)
    try:
        # Typed, so that nothing is built of all the outputs.
        content = msgspec.json.decode(text.encode("utf-8", "replace"), type=Content)
    except (msgspec.MsgspecError, RecursionError):
        return DAMAGED if named or '"cell_type"' in text else None
    if content.cells is not None:
        return _program(content.cells, notes)
    if content.worksheets is not None or named:
        sheets = content.worksheets or []
        return _program([cell for sheet in sheets for cell in sheet.cells], notes)
    return None


def _program(cells: list[Cell], notes: tuple[str, ...]) -> SourceCode | str:
    """Put the code of the cells together, and note at which line each begins."""
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    left_out: list[str] = []
    for number, cell in enumerate(cells, start=1):
        code = cell.lines
        magic = _other_language(code)
        if magic:
            left_out.append(f"cell {number} ({sanitize.code(magic, 20)})")
        elif code:
            places.append((len(lines) + 1, number))
            lines += code
    if not lines:
        return "Your notebook holds no Python code; it may not have been saved before it was handed in."
    if sum(len(line) + 1 for line in lines) > MAX_CODE:
        return f"The code of your notebook is larger than {MAX_CODE >> 20} MB; keep data in separate files."
    if left_out:
        notes = (*notes, f"Cells that are not Python were left out: {', '.join(left_out[:10])}.")
    program = tidy("\n".join(lines), (READ, *notes))
    return dataclasses.replace(program, places=Places(tuple(places)))


def _other_language(lines: list[str]) -> str:
    """Return the command that makes a cell something else than Python of this program, or nothing."""
    found = CELL_MAGIC.match(next((line for line in lines if line.strip()), ""))
    if found is None or found[1] in RUN_THE_CELL:
        return ""
    if found[1] in WRITE_THE_CELL and THE_SOLUTION.search(found[2]):
        return ""
    return f"%%{found[1]}"
