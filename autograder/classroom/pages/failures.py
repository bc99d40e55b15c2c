"""Put together what one submission lost: each cause once, with the checks that it cost."""

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.gradescope.results import CheckResult, Results
from autograder.grading.report import place, round_points
from autograder.grading.verdict import Verdict

# What Gradescope calls a check of which students see nothing but the points.
HIDDEN = "hidden"


@dataclass(frozen=True)
class Cause:
    """One cause in one function, and the checks that it cost; the first of them tells it."""

    checks: tuple[CheckResult, ...]

    @property
    def first(self) -> CheckResult:
        """Return the check that tells the cause."""
        return self.checks[0]

    @property
    def function(self) -> str:
        """Return the function that it is in."""
        return self.first.function

    @property
    def lost(self) -> float:
        """Return the points that it cost."""
        return round_points(sum(check.max_score - check.score for check in self.checks))

    @property
    def example(self) -> CheckResult | None:
        """Return the check that shows it best: with an answer and the one that was due, if one has them."""
        compared = (
            check for check in self.checks if (evidence := check.explanation.evidence) and evidence.what
        )
        shown = (check for check in self.checks if check.explanation.example)
        return next(compared, None) or next(shown, None)


@dataclass(frozen=True)
class FunctionVerdict:
    """How all checks of one function went together."""

    function: str
    verdicts: tuple[str, ...]  # of the checks that failed, or that they passed
    checks: tuple[CheckResult, ...]
    failed: int

    @property
    def points(self) -> float:
        """Return what it earned."""
        return round_points(sum(check.score for check in self.checks))

    @property
    def max_points(self) -> float:
        """Return what it could have earned."""
        return round_points(sum(check.max_score for check in self.checks))


def causes(checks: Iterable[CheckResult]) -> list[Cause]:
    """Return the causes of the checks that failed, the costliest first."""
    groups: dict[object, list[CheckResult]] = {}
    for check in sorted(checks, key=lambda check: place(check.number)):
        if not check.passed:
            groups.setdefault(_alike(check, groups), []).append(check)
    found = [Cause(tuple(group)) for group in groups.values()]
    return sorted(found, key=lambda cause: (-cause.lost, place(cause.first.number)))


def _alike(check: CheckResult, groups: dict[object, list[CheckResult]]) -> object:
    """Return the key of the group that a check belongs to: of the check that it points to, or its words."""
    pointed_to = (check.function, check.visibility, check.explanation.cause)
    for key, group in groups.items():
        first = group[0]
        if (first.function, first.visibility, first.number) == pointed_to:
            return key
    return check.function, check.visibility, reason(check)


def not_written(found: Iterable[Cause]) -> list[Cause]:
    """Choose what is not written yet, in the order of the handout: one line for all of it is enough."""
    blank = [cause for cause in found if cause.first.verdict == Verdict.NOT_WRITTEN]
    return sorted(blank, key=lambda cause: place(cause.first.number))


def functions(grade: Results) -> list[FunctionVerdict]:
    """Return how each function went, in the order of the handout."""
    groups: dict[str, list[CheckResult]] = {}
    for check in sorted(grade.tests, key=lambda check: place(check.number)):
        groups.setdefault(check.function, []).append(check)
    return [_together(function, checks) for function, checks in groups.items()]


def _together(function: str, checks: list[CheckResult]) -> FunctionVerdict:
    failed = [check for check in checks if not check.passed]
    verdicts = dict.fromkeys(check.verdict.value for check in failed or checks)
    if not failed and len(verdicts) > 1:  # that some needed stand-ins is worth a word
        verdicts.pop(Verdict.PASSED.value, None)
    return FunctionVerdict(function, tuple(verdicts), tuple(checks), len(failed))


def title_of(check: CheckResult) -> str:
    """Return the title under which the student knows a check."""
    return "(hidden)" if check.visibility == HIDDEN else check.name


def reason(check: CheckResult) -> str:
    """Return what the student is told of a check, in Markdown."""
    return "" if check.visibility == HIDDEN else check.output


def told_once(check: CheckResult) -> str:
    """Return what the student is told of a cause, without the list of checks that stands beside it."""
    said, cause = reason(check), check.explanation.reason
    if not cause or not said.startswith(cause):
        return said
    _, blank, after = said.removeprefix(cause).partition("\n\n")
    return f"{cause}{blank}{after}"


def told_to_staff(check: CheckResult) -> str:
    """Return what is wrong, whoever may see the check, without the input that shows it."""
    return check.explanation.reason or check.output.partition("\n\nThis shows it:\n\n")[0]
