"""Write the grades of a class as a table for the staff."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autograder.assignment.dates import Dates
from autograder.classroom import concerns, counted
from autograder.classroom.alphabet import alphabetical
from autograder.classroom.decisions.totals import NOTHING_DECIDED, Totals
from autograder.gradescope.results import Results
from autograder.intake.handin import Person

BEGIN_FORMULAS = "=+-@\t\r"
A_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")  # computes to itself


def write(grades: Sequence[Results], file: Path, dates: Dates, totals: Totals = NOTHING_DECIDED) -> None:
    """Write one row per person, members of a group alike, in alphabetical order.

    The first column is for the eyes of the staff, as the whole file is: what to look at in this row.
    total: what is published; score: what the grader found; decisions and late_points: what they add to it.
    """
    instead = counted.superseded(grades)
    rows = [row for grade in grades for row in _rows(grade, instead, dates, totals)]
    write_table(sorted(rows, key=lambda row: (alphabetical(row["name"]), row["id"])), file)


def write_table(rows: Iterable[dict[str, str]], file: Path) -> None:
    """Write a table with a heading; it begins with a mark without which Excel misreads accents."""
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({heading: cell(value) for heading, value in row.items()} for row in rows)
    file.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def people(grade: Results) -> tuple[Person, ...]:
    """Return who handed in, each once; one without a name, if nothing is told."""
    return tuple(dict.fromkeys(grade.handin.people)) or (Person(name=""),)


def cell(text: str) -> str:
    """Keep a spreadsheet from computing what somebody wrote for a name."""
    harmless = not text or text[0] not in BEGIN_FORMULAS or A_NUMBER.fullmatch(text)
    return text if harmless else f"'{text}"


def _rows(
    grade: Results, instead: dict[tuple[str, Person], str], dates: Dates, totals: Totals
) -> Iterator[dict[str, str]]:
    handin, total = grade.handin, totals.total(grade)
    remarks = concerns.of(grade, dates, totals)
    for person in people(grade):
        other = instead.get((grade.key, person))
        yield {
            "STAFF ONLY": " ".join([f"{other} counts instead."] * bool(other) + remarks),
            "id": person.id,
            "name": person.name,
            "email": person.email,
            "total": f"{total.points:g}",
            "max_score": f"{grade.max_score:g}",
            "score": f"{grade.score:g}",
            "decisions": f"{total.decided:g}",
            "late_points": f"{total.taken_for_late:g}",
            **{part.number: f"{part.points:g}" for part in grade.about.parts},
            "status": grade.about.status,
            "counts": "no" if other else "yes",
            "late": "late" if handin.late else "",
            "days_late": "" if handin.days_late is None else str(handin.days_late),
            "submitted": handin.submitted.isoformat() if handin.submitted else "",
            "key": handin.key,
        }
