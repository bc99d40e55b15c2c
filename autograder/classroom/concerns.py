"""Say what somebody of the staff must look at, and for whom: index.html, grades.csv and the terminal do."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from autograder.assignment.dates import Dates
from autograder.classroom import counted
from autograder.classroom.decisions.totals import NOTHING_DECIDED, Totals
from autograder.gradescope.results import Results
from autograder.grading.verdict import Verdict
from autograder.sandbox import guarantees

Kind = Callable[[Results, Dates | None, Totals], str]


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
    nobodys = [_nobodys(not_looked_at)] if not_looked_at else []
    twice = [Concern(_twice(named), named.submissions) for named in counted.named_twice(grades)]
    others = [concern for kind in KINDS for concern in _of_one_kind(kind, grades, dates, totals)]
    return [*map(Concern, nobodys), *map(Concern, totals.misfits), *twice, *others]


def of(grade: Results, dates: Dates | None = None, totals: Totals = NOTHING_DECIDED) -> list[str]:
    """Return what is to be looked at in one submission, the most urgent first."""
    return [sentence for kind in KINDS if (sentence := kind(grade, dates, totals))]


def _of_one_kind(
    kind: Kind, grades: Sequence[Results], dates: Dates | None, totals: Totals
) -> Iterator[Concern]:
    """Yield the concerns of a kind, each with all whom it is about."""
    found: defaultdict[str, list[Results]] = defaultdict(list)
    for grade in grades:
        found[kind(grade, dates, totals)].append(grade)
    yield from (Concern(sentence, tuple(found[sentence])) for sentence in sorted(found) if sentence)


def _grader_failed(grade: Results, dates: Dates | None, totals: Totals) -> str:
    checks = [check.number for check in grade.tests if check.verdict == Verdict.GRADER_FAULT]
    if checks:
        return f"The grader itself failed in {', '.join(checks)}."
    if grade.about.status == "grader fault":
        return f"Not graded, through no fault of the student. {' '.join(grade.about.notes)}".strip()
    return ""


def _tried(grade: Results, dates: Dates | None, totals: Totals) -> str:
    if not grade.about.tried:
        return ""
    return f"The submission {guarantees.attempts(grade.about.tried)} It keeps the score that it earned."


def _not_isolated(grade: Results, dates: Dates | None, totals: Totals) -> str:
    return grade.about.not_isolated


def _too_late(grade: Results, dates: Dates | None, totals: Totals) -> str:
    submitted = grade.handin.submitted
    more_days = totals.extended.get(grade.key, 0)
    if not dates or not submitted or dates.is_accepted(submitted, more_days):
        return ""
    extension = f" (and {more_days} days of extension)" if more_days else ""
    return (
        f"Handed in after {dates.late_due}, {dates.until}{extension}, which is too late to be "
        "accepted; decide."
    )


def _days_unknown(grade: Results, dates: Dates | None, totals: Totals) -> str:
    handed_in_late = grade.handin.late and grade.about.status != "missing"
    if not (totals.late_days_cost and handed_in_late and grade.handin.days_late is None):
        return ""
    return "Late, but the export does not say by how many days: no points are taken for it; decide."


# Each gives a sentence about a submission, or "" if there is nothing to say; the most urgent comes first.
KINDS: tuple[Kind, ...] = (_grader_failed, _tried, _not_isolated, _too_late, _days_unknown)


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
