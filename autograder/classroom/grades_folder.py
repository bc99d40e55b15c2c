"""Lay out the folder of a graded class: what is for the staff, and apart from it what students get.

for-staff/index.html, students/<key>.html, grades.csv, canvas.csv, moodle.csv, totals.json,
for-staff/results/<key>.json
for-students/feedback/<key>.html, feedback.zip
"""

from pathlib import Path

from autograder.common.errors import UserError
from autograder.gradescope import results
from autograder.gradescope.results import Results


def for_staff(grades: Path) -> Path:
    """Return the folder that holds everybody's grades."""
    return grades / "for-staff"


def for_students(grades: Path) -> Path:
    """Return the folder of what students get."""
    return grades / "for-students"


def feedback_folder(grades: Path) -> Path:
    """Return the folder with a page for each student."""
    return for_students(grades) / "feedback"


def staff_pages_folder(grades: Path) -> Path:
    """Return the folder with what the staff reads of each student."""
    return for_staff(grades) / "students"


def results_folder(grades: Path) -> Path:
    """Return the folder with one file for every submission."""
    return for_staff(grades) / "results"


def is_grades(folder: Path) -> bool:
    """Tell whether a folder is one that `class --out` wrote."""
    return results_folder(folder).is_dir()


def read_all(grades: Path) -> list[Results]:
    """Read every graded submission of a folder that `class` wrote, by key.

    Raises UserError if the folder is none.
    """
    if not is_grades(grades):
        raise UserError(f"{grades} holds no results; name the folder that `class --out` wrote.")
    return [results.read(file) for file in sorted(results_folder(grades).glob("*.json"))]
