"""Say which submission of a person counts, where somebody is named in several.

The one that was handed in last counts; where no times are told, the one with the most points.  One
without a file never takes the place of one with a file.  A person is known by number or e-mail
address, and by name where neither is told.
"""

import dataclasses
import datetime
from collections.abc import Iterable

from autograder.classroom.alphabet import alphabetical
from autograder.gradescope.results import Results
from autograder.intake.handin import Person

RULE = "the last one handed in counts, or, if there are no times, the one with the most points"
LONG_AGO = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)


@dataclasses.dataclass(frozen=True)
class Named:
    """A person in several submissions: how each names them, the one that counts, and the others."""

    rows: tuple[tuple[Results, Person], ...]
    counts: Results

    @property
    def person(self) -> Person:
        """Return the person as the first of the submissions names them."""
        return self.rows[0][1]

    @property
    def submissions(self) -> tuple[Results, ...]:
        """Return the submissions, each once."""
        return tuple({grade.key: grade for grade, _ in self.rows}.values())


def named_twice(grades: Iterable[Results]) -> list[Named]:
    """Return everybody who is named in more than one submission, in the order of names."""
    rows = [(grade, person) for grade in grades for person in grade.handin.people]
    found = [
        Named(tuple(same), max((grade for grade, _ in same), key=_rank))
        for same in same_person(rows)
        if len({grade.key for grade, _ in same}) > 1
    ]
    return sorted(
        found, key=lambda named: (alphabetical(named.person.name), named.person.id, named.counts.key)
    )


def superseded(grades: Iterable[Results]) -> dict[tuple[str, Person], str]:
    """Map a submission's key and a person in it to the key that counts for them instead."""
    return {
        (grade.key, person): named.counts.key
        for named in named_twice(grades)
        for grade, person in named.rows
        if grade.key != named.counts.key
    }


def same_person(rows: list[tuple[Results, Person]]) -> list[list[tuple[Results, Person]]]:
    """Group rows that share a mark, directly or by way of another row."""
    groups: dict[str, list[tuple[Results, Person]]] = {}
    for row in rows:
        same = {id(groups[mark]): groups[mark] for mark in _marks(row[1]) if mark in groups}
        merged = [member for group in same.values() for member in group] + [row]
        for mark in {mark for _, person in merged for mark in _marks(person)}:
            groups[mark] = merged
    return list({id(group): group for group in groups.values()}.values())


def _rank(grade: Results) -> tuple[bool, datetime.datetime, float, str]:
    has_file = grade.about.status != "missing"
    return has_file, grade.handin.submitted or LONG_AGO, grade.score, grade.key


def _marks(person: Person) -> set[str]:
    told = {f"id {person.id.casefold()}"} if person.id else set()
    told |= {f"e-mail {person.email.casefold()}"} if person.email else set()
    return told or ({f"name {person.name.casefold()}"} if person.name else set())
