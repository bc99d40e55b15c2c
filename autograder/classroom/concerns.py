"""Say what somebody of the staff must look at, and for whom: index.html, grades.csv and the terminal do."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.assignment.dates import Dates
from autograder.classroom import counted
from autograder.classroom.decisions.totals import NOTHING_DECIDED, Totals
from autograder.gradescope.results import Results
from autograder.grading.verdict import Verdict


@dataclass(frozen=True)
class Concern:
    """What somebody must look at, and for whom."""

    sentence: str
    members: tuple[Results, ...] = ()


def find(
    grades: Sequence[Results],
    dates: Dates | None = None,
    not_looked_at: Sequence[str] = (),
    totals: Totals = NOTHING_DECIDED,
) -> list[Concern]:
    """Return what is to be looked at: what is nobody's first, then decisions, then submissions."""
    found: defaultdict[str, list[Results]] = defaultdict(list)
    for grade in grades:
        for sentence in of(grade, dates, totals):
            found[sentence].append(grade)
    nobodys = [_nobodys(not_looked_at)] if not_looked_at else []
    twice = [Concern(_twice(named), named.submissions) for named in counted.named_twice(grades)]
    others = [Concern(sentence, tuple(members)) for sentence, members in sorted(found.items())]
    return [*map(Concern, nobodys), *map(Concern, totals.misfits), *twice, *others]


def of(grade: Results, dates: Dates | None = None, totals: Totals = NOTHING_DECIDED) -> Iterable[str]:
    """Yield what is to be looked at in one submission: faults of the grader, and what it tried."""
    checks = [check.number for check in grade.tests if check.verdict == Verdict.GRADER_FAULT]
    if checks:
        yield f"The grader itself failed in {', '.join(checks)}."
    elif grade.about.status == "grader fault":
        yield f"Not graded, through no fault of the student. {' '.join(grade.about.notes)}".strip()
    if grade.about.tried:
        yield _tried(grade.about.tried)
    if grade.about.not_isolated:
        yield grade.about.not_isolated
    submitted = grade.handin.submitted
    more_days = totals.extended.get(grade.key, 0)
    if dates and submitted and not dates.is_accepted(submitted, more_days):
        extension = f" (and {more_days} days of extension)" if more_days else ""
        yield (
            f"Handed in after {dates.late_due}, {dates.until}{extension}, which is too late to be "
            "accepted; decide."
        )
    handed_in_late = grade.handin.late and grade.about.status != "missing"
    if totals.late_days_cost and handed_in_late and grade.handin.days_late is None:
        yield "Late, but the export does not say by how many days: no points are taken for it; decide."


def _tried(attempts: Sequence[str]) -> str:
    return f"It tried, without success, to {'; to '.join(attempts)}; its score stands."


def _nobodys(names: Sequence[str]) -> str:
    return (
        f"Ignored: {', '.join(names)}. "
        "If one of these is a student's, name it like the others; move the rest elsewhere."
    )


def _twice(named: counted.Named) -> str:
    who = named.person.name or named.person.id or named.person.email
    keys = ", ".join(grade.key for grade in named.submissions)
    return (
        f"{who} is named in {len(named.submissions)} submissions ({keys}); {named.counts.key} counts: "
        f"{counted.RULE}."
    )
