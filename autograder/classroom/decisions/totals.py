"""Add up what somebody gets: the grader's points, what people decided, and what late days cost.

The grader's points and the decisions together lie between 0 and the maximum; from that, late days are
taken, down to 0.  Everything is computed in hundredths, exactly.
"""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

import msgspec

from autograder.assignment.config import Assignment
from autograder.assignment.late import Late
from autograder.classroom.decisions import fitting
from autograder.classroom.decisions.records import Decision, Decisions, Placed
from autograder.gradescope.results import CheckResult, Results
from autograder.grading.report import is_within

HUNDREDTH = Decimal("0.01")


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What one decision gives somebody, or takes; `checks`: the numbers of those that it is about."""

    points: float
    reason: str
    by: str
    when: datetime.date
    about: str
    checks: tuple[str, ...] = ()


class LateDays(msgspec.Struct, frozen=True, kw_only=True):
    """How many days late something is, how many of them cost nothing and why, and what the others take."""

    days: int
    extension: int = 0
    grace: int = 0
    rule: str = ""
    points: float = 0.0  # 0 or less

    @property
    def counted(self) -> int:
        """Return for how many days points are taken."""
        return max(0, self.days - self.extension - self.grace)

    @property
    def words(self) -> str:
        """Say how the days are counted, and what one costs."""
        free = [f"{self.extension} of extension"] if self.extension else []
        free += [f"{self.grace} of grace"] if self.grace else []
        less = f", less {' and '.join(free)}" if free else ""
        cost = f": {_days(self.counted)} at {self.rule}" if self.rule and self.counted else ""
        return f"{_days(self.days)} late{less}{cost}"


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """What a submission gets in the end, and of what it is made; `grader`: what the grader found."""

    grader: float
    points: float
    decisions: tuple[Applied, ...] = ()
    late: LateDays | None = None

    @property
    def decided(self) -> float:
        """Return the sum of what people decided."""
        return float(sum((_exact(one.points) for one in self.decisions), Decimal()))

    @property
    def taken_for_late(self) -> float:
        """Return what late days cost, 0 or less."""
        return self.late.points if self.late else 0.0

    @property
    def beyond(self) -> float:
        """Return what was cut off below 0 or above the maximum; with it, the parts add up to the points."""
        parts = (self.grader, self.decided, self.taken_for_late)
        return float(_exact(self.points) - sum(map(_exact, parts), Decimal()))

    @property
    def is_the_graders(self) -> bool:
        """Tell whether the total consists of the grader's points alone."""
        return not self.decisions and self.late is None


@dataclass(frozen=True)
class Ruling:
    """A decision and whom it gives or takes how much."""

    says: Decision
    where: str
    members: tuple[tuple[Results, float], ...]


@dataclass(frozen=True)
class Totals:
    """The totals of a class, by key; what each decision did; and what no longer fits, in sentences."""

    of: Mapping[str, Total] = field(default_factory=dict)
    rulings: tuple[Ruling, ...] = ()
    extended: Mapping[str, int] = field(default_factory=dict)  # days, by key
    misfits: tuple[str, ...] = ()
    late_days_cost: bool = False

    def total(self, grade: Results) -> Total:
        """Return the total of a submission: the grader's points, where nothing else is known."""
        return self.of.get(grade.key) or Total(grader=grade.score, points=grade.score)


# Where nobody decided anything.
NOTHING_DECIDED = Totals()


def settle(grades: Sequence[Results], decisions: Decisions, assignment: Assignment) -> Totals:
    """Apply every decision to everybody whom it fits, then the late days.

    In the order of the file: what one decision gives back, the next one cannot give back again.
    """
    misfits: list[str] = []
    given: defaultdict[str, list[Applied]] = defaultdict(list)
    left = {grade.key: lost(grade) for grade in grades}
    rulings = []
    for one in decisions.decisions:
        try:
            members = _apply(one.says, grades, left)
        except fitting.FitsNobody as why:
            misfits.append(_misfit(one, str(why)))
            continue
        for fit, points in members:
            given[fit.grade.key].append(_applied(one.says, fit, points))
        rulings.append(Ruling(one.says, one.where, tuple((fit.grade, float(p)) for fit, p in members)))
    extended = _extended(grades, decisions, misfits)
    totals = {
        grade.key: _total(grade, given[grade.key], extended.get(grade.key, 0), assignment) for grade in grades
    }
    return Totals(totals, tuple(rulings), extended, tuple(misfits), assignment.late is not None)


def lost(grade: Results) -> dict[str, Decimal]:
    """Return what each check cost, by its number; together it is what the parts lack.

    Points of checks are rounded; what that leaves over belongs to the costliest check of the part.
    """
    costs = {check.number: _exact(check.max_score) - _exact(check.score) for check in grade.tests}
    for part in grade.about.parts:
        own = [number for number in costs if is_within(number, part.number)]
        lacking = _exact(part.max_points) - _exact(part.points)
        left_over = lacking - sum((costs[number] for number in own), Decimal())
        if abs(left_over) <= len(own) * HUNDREDTH and any(costs[number] for number in own):
            costs[max(own, key=lambda number: costs[number])] += left_over
    return costs


def _apply(
    decision: Decision, grades: Sequence[Results], left: dict[str, dict[str, Decimal]]
) -> list[tuple[fitting.Fit, Decimal]]:
    """Return how much a decision gives or takes, and whom; what it gives back cannot be given back again."""
    fits = fitting.find(decision, grades)
    exact = decision.exact
    members = []
    for fit in fits:
        if exact is not None and (exact < 0 or not fit.checks):
            members.append((fit, exact))
            continue
        points = _give_back(exact, fit.checks, left[fit.grade.key])
        if points:
            members.append((fit, points))
    if not members:
        raise fitting.FitsNobody("earlier decisions have already given back everything it cost.")
    return members


def _give_back(most: Decimal | None, checks: Sequence[CheckResult], left: dict[str, Decimal]) -> Decimal:
    """Give back what the checks cost, up to `most`, and take it from what is left."""
    given = Decimal()
    for check in checks:
        points = left[check.number] if most is None else min(left[check.number], most - given)
        left[check.number] -= points
        given += points
    return given


def _applied(decision: Decision, fit: fitting.Fit, points: Decimal) -> Applied:
    return Applied(
        points=float(points),
        reason=decision.reason.strip(),
        by=decision.by.strip(),
        when=decision.when,
        about=decision.about,
        checks=tuple(check.number for check in fit.checks),
    )


def _extended(grades: Sequence[Results], decisions: Decisions, misfits: list[str]) -> dict[str, int]:
    """Return how many days each submission has more; of several extensions the longest holds."""
    extended: defaultdict[str, int] = defaultdict(int)
    for one in decisions.extensions:
        try:
            for grade in fitting.of_person(one.says.person, grades):
                extended[grade.key] = max(extended[grade.key], one.says.days)
        except fitting.FitsNobody as why:
            misfits.append(f"{one.where}: {one.says.about} applies to nobody: {why}")
    return dict(extended)


def _misfit(one: Placed[Decision], why: str) -> str:
    says = one.says
    return f"{one.where}: the decision about {says.about} ({says.by}, {says.when}) applies to nobody: {why}"


def _total(grade: Results, given: list[Applied], extension: int, assignment: Assignment) -> Total:
    decided = _exact(grade.score) + sum((_exact(one.points) for one in given), Decimal())
    within = min(max(decided, Decimal()), _exact(grade.max_score))
    if not given:
        within = _exact(grade.score)
    late = _late(grade, extension, within, assignment)
    points = within + (_exact(late.points) if late else 0)
    return Total(grader=grade.score, points=float(points), decisions=tuple(given), late=late)


def _late(grade: Results, extension: int, earned: Decimal, assignment: Assignment) -> LateDays | None:
    """Count late days; what they cost is rounded in favour of the student."""
    rule, days = assignment.late, grade.handin.days_late
    if not days or not (rule or extension):
        return None
    late = LateDays(days=days, extension=extension, grace=rule.grace_days if rule else 0)
    if rule is None:
        return late
    maximum = _exact(grade.max_score)
    cost = (late.counted * _price(rule, maximum)).quantize(HUNDREDTH, rounding=ROUND_DOWN)
    return msgspec.structs.replace(
        late, rule=rule.price(grade.max_score), points=float(-min(cost, earned)) + 0
    )


def _price(rule: Late, maximum: Decimal) -> Decimal:
    if rule.points_per_day is not None:
        return _exact(rule.points_per_day)
    return maximum * _exact(rule.percent_per_day or 0) / 100


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _exact(points: float) -> Decimal:
    """Return a number as it is written."""
    return Decimal(str(points))
