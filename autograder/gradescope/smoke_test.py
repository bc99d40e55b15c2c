"""Grade the reference and the template: a grader that gets these wrong must grade nobody."""

import sys
from pathlib import Path

from autograder import doctor
from autograder.assignment import config, template
from autograder.grading import leaderboard
from autograder.grading.grade import grade
from autograder.grading.report import Report
from autograder.grading.verdict import Verdict
from autograder.intake.submission import accept
from autograder.sandbox.guarantees import NotIsolated


class SmokeTestFailed(Exception):
    """What the grader gets wrong, in one sentence."""


def main() -> None:
    """Show that this image is fit to grade, or exit with status 1 and say why it is not."""
    works = [_show(each, line) for each, line in doctor.lines()]
    if not all(works):
        sys.exit(1)
    assignment = config.load()
    reference = template.reference(assignment)
    try:
        run(reference.encode(), template.cut(reference, assignment).encode(), strict=True)
    except (SmokeTestFailed, NotIsolated) as reason:
        _show(False, str(reason))
        sys.exit(1)
    _show(True, "the reference gets full marks, the template none")


def run(reference: bytes, blank: bytes, *, strict: bool = False) -> None:
    """Raise SmokeTestFailed unless the reference gets full marks and the template, `blank`, none.

    strict: raise NotIsolated where a submission could not be isolated.
    """
    report = _graded("reference/solution.py", reference, strict)
    if report.points != report.max_points:
        lost = next(outcome for outcome in report.outcomes if not outcome.passed)
        raise SmokeTestFailed(
            f"the reference gets {report.points:g} of {report.max_points:g} points; "
            f"check {lost.check.number} says: {lost.reason}"
        )
    board = leaderboard.entered(report, accept("solution.py", reference), strict=strict)
    if report.assignment.leaderboard is not None and not board.leaderboard:
        raise SmokeTestFailed(f"the reference is not on the leaderboard: {board.notes[-1]}")
    report = _graded("template/solution.py", blank, strict)
    if report.points:
        earned = next(outcome for outcome in report.outcomes if outcome.points)
        raise SmokeTestFailed(
            f"the template gets {report.points:g} points, for example in check "
            f"{earned.check.number}; it must get none."
        )


def _show(works: bool, line: str) -> bool:
    print(f"{'[OK]  ' if works else '[FAIL]'} {line}", flush=True)
    return works


def _graded(name: str, source: bytes, strict: bool) -> Report:
    """Grade; a check that fails for a reason of its own makes the grader unfit, whatever the points."""
    report = grade(accept(name, source), strict=strict)
    for outcome in report.outcomes:
        if outcome.verdict == Verdict.GRADER_FAULT:
            cause = outcome.detail.strip().splitlines()[-1]
            raise SmokeTestFailed(
                f"check {outcome.check.number} itself fails on the {Path(name).parent}: {cause}."
            )
    return report


if __name__ == "__main__":
    main()
