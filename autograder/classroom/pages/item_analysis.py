"""Tell how well each check separates strong from weak submissions, to improve next year's checks.

The discrimination of a check is the share that passes it among the best third less the share among the
weakest third: the upper-lower index of A. P. Johnson, "Notes on a suggested index of item validity: The
U-L index", Journal of Educational Psychology 42 (1951), 499-504.  R. L. Ebel and D. A. Frisbie, Essentials
of Educational Measurement (5th edition, 1991), call 0.4 and more very good, and below 0.2 poor.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.gradescope.results import CheckResult, Results
from autograder.grading.verdict import Verdict

FEWEST = 9  # in a class of less, a third is one or two people, and the index is chance


@dataclass(frozen=True)
class Third:
    """How much each submission counts for one end of the class, by key; all of it adds up to a third."""

    weights: dict[str, float]

    def share(self, passed: set[str]) -> float:
        """Return the share of this third that is among those who passed."""
        total = sum(self.weights.values())
        return sum(weight for key, weight in self.weights.items() if key in passed) / total


def discrimination(graded: Sequence[Results]) -> dict[str, float]:
    """Map the number of each check to how it discriminates, from -1 to 1; none for a small class."""
    if len(graded) < FEWEST:
        return {}
    best, weakest = _third(graded, best=True), _third(graded, best=False)
    passed: dict[str, set[str]] = {}
    for grade in graded:
        for check in grade.tests:
            passed.setdefault(check.number, set()).update([grade.key] if check.passed else [])
    return {number: best.share(keys) - weakest.share(keys) for number, keys in passed.items()}


def _third(graded: Sequence[Results], *, best: bool) -> Third:
    """Return the best or the weakest third.

    Of those who have the same score at its edge, each counts in part: who is in must not depend on the order.
    """
    size = len(graded) / 3
    edge = sorted((grade.score for grade in graded), reverse=best)[int(size)]
    inside = [grade.key for grade in graded if (grade.score > edge if best else grade.score < edge)]
    at_edge = [grade.key for grade in graded if grade.score == edge]
    part = (size - len(inside)) / len(at_edge)
    return Third(dict.fromkeys(inside, 1.0) | dict.fromkeys(at_edge, part))


def was_written(check: CheckResult) -> bool:
    """Tell whether a check failed in code that somebody wrote, which a known mistake could explain."""
    others = (Verdict.NOT_WRITTEN, Verdict.NOT_LOADED, Verdict.GRADER_FAULT, Verdict.NOT_GRADED)
    return not check.passed and check.verdict not in others
