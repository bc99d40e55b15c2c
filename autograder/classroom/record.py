"""Keep what became of one submission: Gradescope's results.json, and who handed it in.

GRADES/results/<key>.json is such a file.  Everything else in GRADES is drawn from these
files alone, so that a page can be made again, and two gradings compared, without grading.
"""

import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from autograder.common.errors import UserError

# graded: every check ran.  refused: the file cannot be a solution, or could not be read as
# one.  missing: no file was handed in.  grader fault: the grader failed; somebody must look.
Status = Literal["graded", "refused", "missing", "grader fault"]


class Record(msgspec.Struct, frozen=True, kw_only=True, rename={"file_name": "file"}):
    """Read what is needed here and pass over the rest: the files are Gradescope's too."""


class Person(Record, frozen=True):
    """Say who handed in; what an export does not tell is empty."""

    name: str
    id: str = ""
    email: str = ""


class Handin(Record, frozen=True):
    """Say who handed in which file, and when."""

    key: str  # unique in the class, and fit to be the name of a file
    people: tuple[Person, ...]
    file_name: str = ""
    submitted: datetime.datetime | None = None
    late: bool = False

    @property
    def names(self) -> str:
        """Return everybody's name, as one does in a table."""
        return ", ".join(person.name or person.id for person in self.people) or self.key


class Verdict(Record, frozen=True):
    """Say how a check went, and which known mistake explains a wrong answer.

    mistake: the zoo's entry; diagnosis: its sentence, the same for everybody who made it.
    """

    verdict: str
    mistake: str = ""
    diagnosis: str = ""


class CheckResult(Record, frozen=True, rename={"verdict": "extra_data"}):
    """Hold one entry of `tests`; `output` is Markdown, written for the student."""

    name: str
    number: str
    score: float
    max_score: float
    status: Literal["passed", "failed"]
    output: str
    tags: tuple[str, ...]  # the graded function
    verdict: Verdict
    visibility: str = "visible"  # what Gradescope makes of it: see autograder/gradescope.py

    @property
    def passed(self) -> bool:
        """Tell whether the check earned its points."""
        return self.status == "passed"


class PartResult(Record, frozen=True):
    """Hold what a part of the handout earned."""

    number: str
    title: str
    points: float
    max_points: float


class About(Record, frozen=True):
    """Hold the top-level `extra_data`: what was graded, by which grader, with which result."""

    handin: Handin
    status: Status
    parts: tuple[PartResult, ...]
    submission_sha256: str  # of the bytes that were graded; empty if there were none
    grader_sha256: str  # of everything that decides a grade
    notes: tuple[str, ...] = ()
    not_isolated: str = ""


class Grade(Record, frozen=True, rename={"about": "extra_data"}):
    """Hold one submission of the class, graded."""

    score: float
    about: About
    tests: tuple[CheckResult, ...] = ()
    execution_time: float = 0.0

    @property
    def max_score(self) -> float:
        """Return what a right submission gets."""
        return round(sum(part.max_points for part in self.about.parts), 2)

    @property
    def key(self) -> str:
        """Return the name under which everything about this submission is kept."""
        return self.about.handin.key


def read(file: Path) -> Grade:
    """Read one file of GRADES/results; raises UserError if it is none."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Grade)
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from None
    except msgspec.DecodeError as error:
        raise UserError(f"{file} is not what `class` writes ({error}); grade again.") from None


def read_all(grades: Path) -> list[Grade]:
    """Read every graded submission of a folder that `class` wrote, by key.

    Raises UserError if the folder is none.
    """
    folder = grades / "results"
    if not folder.is_dir():
        raise UserError(f"{grades} holds no results; name the folder that `class --out` wrote.")
    return [read(file) for file in sorted(folder.glob("*.json"))]


def content(grade: Grade) -> dict[str, Any]:
    """Return a record as plain JSON values, as it is written."""
    plain: dict[str, Any] = msgspec.to_builtins(grade)
    return plain
