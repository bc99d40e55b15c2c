"""Write the grades of a class as a table that spreadsheets and learning platforms read."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.gradescope.results import Results
from autograder.intake.handin import Person

BEGIN_FORMULAS = "=+-@\t\r"


def write(grades: Iterable[Results], file: Path) -> None:
    """Write one row per person, members of a group alike, in the order of names.

    The file begins with a byte order mark, without which Excel misreads accents.
    """
    rows = sorted((row for grade in grades for row in _rows(grade)), key=lambda row: (row["name"], row["id"]))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def _rows(grade: Results) -> Iterator[dict[str, str]]:
    handin = grade.handin
    for person in handin.people or (Person(name=""),):
        yield {
            "id": _cell(person.id),
            "name": _cell(person.name),
            "email": _cell(person.email),
            "score": f"{grade.score:g}",
            "max_score": f"{grade.max_score:g}",
            **{part.number: f"{part.points:g}" for part in grade.about.parts},
            "status": grade.about.status,
            "late": "late" if handin.late else "",
            "submitted": handin.submitted.isoformat() if handin.submitted else "",
            "key": handin.key,
        }


def _cell(text: str) -> str:
    """Keep a spreadsheet from computing what somebody wrote for a name."""
    return f"'{text}" if text[:1] and text[0] in BEGIN_FORMULAS else text
