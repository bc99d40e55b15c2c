"""Keep the totals of a class beside the results, for whoever compares two gradings."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec

from autograder.classroom.decisions.totals import Total, Totals
from autograder.classroom.grades_folder import for_staff
from autograder.common.errors import UserError
from autograder.gradescope.results import Results


def write(totals: Totals, grades: Path) -> None:
    """Write every total into the folder of a graded class."""
    text = json.dumps(msgspec.to_builtins(dict(totals.of)), indent=1, allow_nan=False, ensure_ascii=False)
    _file(grades).write_text(text, encoding="utf-8", newline="\n")


def read(folder: Path, grades: Sequence[Results]) -> Totals:
    """Read the totals of these submissions; what the folder says nothing of has the grader's points.

    Raises UserError where the totals are of another grading than the results.
    """
    file = _file(folder)
    try:
        known = msgspec.json.decode(file.read_bytes(), type=dict[str, Total]) if file.exists() else {}
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from None
    except msgspec.DecodeError as error:
        raise UserError(f"{file} holds no totals of this grader ({error}); grade again.") from None
    totals = Totals(known)
    if any(totals.total(grade).grader != grade.score for grade in grades):
        raise UserError(f"{file} is older than the results beside it; let `class` finish there first.")
    return totals


def _file(grades: Path) -> Path:
    return for_staff(grades) / "totals.json"
