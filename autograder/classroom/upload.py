"""Write what learning platforms take back: tables of grades, and the pages of feedback in one zip."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.assignment.config import Assignment
from autograder.classroom import counted
from autograder.classroom.alphabet import alphabetical
from autograder.classroom.decisions.totals import NOTHING_DECIDED, Totals
from autograder.classroom.exports.file_names import unique
from autograder.classroom.gradebook import people, write_table
from autograder.common import reproducible_zip
from autograder.gradescope.results import Results
from autograder.intake.handin import Person

PAGE = "feedback.html"


def write_tables(
    grades: Sequence[Results],
    assignment: Assignment,
    kind: str,
    folder: Path,
    totals: Totals = NOTHING_DECIDED,
) -> None:
    """Write canvas.csv and moodle.csv with the totals; for a class of one of these two, the one it can use.

    kind: the platform that the submissions come from.  What the grader failed in has no grade here,
    unless people decided one.
    """
    counting = list(_counting(grades))
    if kind != "Moodle":
        rows = [_canvas(one, _points(grade, totals), assignment, kind) for grade, one in counting]
        write_table(rows, folder / "canvas.csv")
    if kind != "Canvas":
        rows = [_moodle(one, _points(grade, totals), grade, kind) for grade, one in counting]
        write_table(rows, folder / "moodle.csv")


def write_pages(grades: Sequence[Results], pages: Path, assignment: Assignment, file: Path) -> None:
    """Pack the page of everybody, under the name by which the platform knows whom to give it to."""
    counting = list(_counting(grades))
    plain = unique([f"{one.name}_{one.id or one.email}" for _, one in counting])
    names = [
        f"{grade.handin.return_to}{PAGE}" if grade.handin.return_to else f"{name}.html"
        for (grade, _), name in zip(counting, plain, strict=True)
    ]
    content = {
        name: (pages / f"{grade.key}.html").read_bytes()
        for name, (grade, _) in zip(names, counting, strict=True)
    }
    reproducible_zip.write(file, content, assignment.dates.released)


def _counting(grades: Sequence[Results]) -> Iterator[tuple[Results, Person]]:
    """Yield every person with the submission that counts for them, in alphabetical order."""
    instead = counted.superseded(grades)
    rows = [(grade, one) for grade in grades for one in people(grade) if (grade.key, one) not in instead]
    yield from sorted(rows, key=lambda row: (alphabetical(row[1].name), row[1].id, row[0].key))


def _canvas(one: Person, points: str, assignment: Assignment, kind: str) -> dict[str, str]:
    """Return a row as Canvas imports it into the gradebook (Grades, Import)."""
    ours = kind == "Canvas"
    return {
        "Student": one.name,
        "ID": one.id if ours else "",
        "SIS User ID": "" if ours else one.id,
        "SIS Login ID": "" if ours else one.email,
        "Section": "",
        assignment.title: points,
    }


def _moodle(one: Person, points: str, grade: Results, kind: str) -> dict[str, str]:
    """Return a row as Moodle imports it: by a grading worksheet, or by number or e-mail."""
    ours = kind == "Moodle"
    return {
        "Identifier": f"Participant {one.id}" if ours else "",
        "Full name": one.name,
        "ID number": "" if ours else one.id,
        "Email address": one.email,
        "Grade": points,
        "Maximum Grade": f"{grade.max_score:g}",
    }


def _points(grade: Results, totals: Totals) -> str:
    total = totals.total(grade)
    nobody_knows = grade.about.status == "grader fault" and not total.decisions
    return "" if nobody_knows else f"{total.points:g}"
