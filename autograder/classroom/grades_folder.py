"""Read what was kept of a class: GRADES/results holds a results.json for every submission."""

from pathlib import Path

from autograder.common.errors import UserError
from autograder.gradescope import results
from autograder.gradescope.results import Results


def results_folder(grades: Path) -> Path:
    """Return the folder with one file for every submission."""
    return grades / "results"


def read_all(grades: Path) -> list[Results]:
    """Read every graded submission of a folder that `class` wrote, by key.

    Raises UserError if the folder is none.
    """
    folder = results_folder(grades)
    if not folder.is_dir():
        raise UserError(f"{grades} holds no results; name the folder that `class --out` wrote.")
    return [results.read(file) for file in sorted(folder.glob("*.json"))]
