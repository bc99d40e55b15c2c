"""Share out the points of each graded function among its checks, and say who sees which."""

from collections import defaultdict
from collections.abc import Iterable

from autograder.assignment.config import Assignment, Feedback, Visibility
from autograder.common.errors import UserError
from autograder.grading.report import Check
from autograder.grading.suite import BoundCheck


def weights(checks: Iterable[BoundCheck]) -> dict[str, float]:
    """Add up the weights of the checks of each graded function."""
    total: defaultdict[str, float] = defaultdict(float)
    for check in checks:
        total[check.graded_function] += check.weight
    return total


def price(checks: tuple[BoundCheck, ...], assignment: Assignment) -> dict[str, Check]:
    """Turn weights into points, by number: shares of what the function of the check is worth.

    Raises UserError if assignment.toml says who sees a check that there is not.
    """
    _refuse_unknown(checks, assignment.feedback)
    total = weights(checks)
    priced = {}
    for check in checks:
        part = assignment.functions.get(check.graded_function)
        points = part.functions[check.graded_function] if part else 0.0
        priced[check.number] = Check(
            number=check.number,
            title=check.title,
            function=check.graded_function,
            # Rounded, so that a report adds up to the same points on every machine.
            max_points=round(points * check.weight / total[check.graded_function], 4) if points else 0.0,
            visibility=_visibility(check, assignment.feedback),
        )
    return priced


def _visibility(check: BoundCheck, feedback: Feedback) -> Visibility:
    """Say who sees a check: what is said of its number, else of its function, else of all."""
    for_function = feedback.checks.get(check.graded_function, feedback.visibility)
    return feedback.checks.get(check.number, for_function)


def _refuse_unknown(checks: tuple[BoundCheck, ...], feedback: Feedback) -> None:
    known = {name for check in checks for name in (check.number, check.graded_function)}
    for name in feedback.checks:
        if name not in known:
            raise UserError(
                f"assignment.toml: [feedback.checks] names {name}, which is neither the number of a check "
                'nor a graded function; "1.2.3" or relu would be.'
            )
