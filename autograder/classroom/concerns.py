"""Say what somebody of the staff must look at, and for whom: index.html, grades.csv and the terminal do."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.assignment.dates import Dates
from autograder.classroom import counted
from autograder.gradescope.results import Results
from autograder.grading.verdict import Verdict


@dataclass(frozen=True)
class Concern:
    """What somebody must look at, and for whom."""

    sentence: str
    members: tuple[Results, ...] = ()


def find(
    grades: Sequence[Results], dates: Dates | None = None, not_looked_at: Sequence[str] = ()
) -> list[Concern]:
    """Return what is to be looked at: what was not looked at first, then what concerns submissions."""
    found: defaultdict[str, list[Results]] = defaultdict(list)
    for grade in grades:
        for sentence in of(grade, dates):
            found[sentence].append(grade)
    nobodys = [_nobodys(not_looked_at)] if not_looked_at else []
    twice = [Concern(_twice(named), named.submissions) for named in counted.named_twice(grades)]
    others = [Concern(sentence, tuple(members)) for sentence, members in sorted(found.items())]
    return [*map(Concern, nobodys), *twice, *others]


def of(grade: Results, dates: Dates | None = None) -> Iterable[str]:
    """Yield what is to be looked at in one submission: faults of the grader, and what it tried."""
    checks = [check.number for check in grade.tests if check.verdict == Verdict.GRADER_FAULT]
    if checks:
        yield f"The grader itself failed in {', '.join(checks)}."
    elif grade.about.status == "grader fault":
        yield f"Not graded, which is not the student's mistake. {' '.join(grade.about.notes)}".strip()
    if grade.about.tried:
        yield _tried(grade.about.tried)
    if grade.about.not_isolated:
        yield grade.about.not_isolated
    submitted = grade.handin.submitted
    if dates and submitted and not dates.is_accepted(submitted):
        yield f"Handed in after {dates.late_due}, {dates.until}, when nothing is accepted."


def _tried(attempts: Sequence[str]) -> str:
    return f"It tried, in vain, to {'; to '.join(attempts)}; its score is what it earns."


def _nobodys(names: Sequence[str]) -> str:
    return (
        f"Not looked at: {', '.join(names)}. "
        "Name what is somebody's as the others are named, and move the rest elsewhere."
    )


def _twice(named: counted.Named) -> str:
    who = named.person.name or named.person.id or named.person.email
    keys = ", ".join(grade.key for grade in named.submissions)
    return (
        f"{who} is named in {len(named.submissions)} submissions ({keys}): {named.counts.key} counts; "
        f"{counted.RULE}."
    )
