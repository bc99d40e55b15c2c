"""Grade one submission: bytes in, one Report out."""

import time
from collections.abc import Callable

from autograder.assignment import config
from autograder.assignment.config import Assignment
from autograder.grading import stand_ins
from autograder.grading.report import NOT_GRADED, Outcome, Report
from autograder.intake.submission import Refused, Submission
from autograder.sandbox.guarantees import NotIsolated
from autograder.sandbox.student import Student


def grade(
    submission: Submission | Refused,
    *,
    assignment: Assignment | None = None,
    strict: bool = False,
    on_progress: Callable[[list[Outcome]], None] = lambda outcomes: None,
) -> Report:
    """Run every hidden check on a submission and report how each one went.

    A submission that was refused gets the same report, in which every check says so.
    strict: raise NotIsolated, instead of saying so in the report, where the submission could not be isolated.
    on_progress: called with the outcomes so far, after each check.
    """
    assignment = assignment or config.load()
    seed = config.term_seed()
    started = time.monotonic()
    # Its worker starts while the checks are being collected.
    student = Student(submission, assignment, stand_ins.respond, strict=strict)
    try:
        from autograder.grading.runner import CheckRunner

        runner = CheckRunner(student, assignment, seed, on_progress)
        student.require_isolation()
        outcomes = runner.run_all()
    finally:
        student.close()
    report = Report(
        assignment=assignment,
        submission=submission.name,
        sha256=submission.sha256,
        outcomes=tuple(outcomes),
        notes=(*submission.notes, *student.notes),
        isolation=tuple(student.steps.items()),
        seconds=time.monotonic() - started,
    )
    if strict and report.not_isolated:
        raise NotIsolated(report.not_isolated)
    return report


def so_far(submission: Submission | Refused, assignment: Assignment, outcomes: list[Outcome]) -> Report:
    """Report on a grading that goes on: the checks that are still to come earn nothing yet, and say so."""
    from autograder.grading import suite

    checks = suite.price(suite.collect(), assignment).values()
    to_come = [Outcome(check, NOT_GRADED, "This check has not been run.") for check in checks]
    return Report(
        assignment=assignment,
        submission=submission.name,
        sha256=submission.sha256,
        outcomes=(*outcomes, *to_come[len(outcomes) :]),
        notes=submission.notes,
        finished=False,
    )
