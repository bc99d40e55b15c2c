"""Grade one submission: bytes in, one Report out."""

import time
from collections.abc import Callable

from autograder.assignment import config
from autograder.assignment.config import Assignment
from autograder.grading.report import Report
from autograder.grading.stand_ins import StandIns
from autograder.intake.submission import Submission
from autograder.sandbox.connection import Connection
from autograder.sandbox.guarantees import NotIsolated
from autograder.sandbox.student import Student


def grade(
    submission: Submission,
    *,
    assignment: Assignment | None = None,
    strict: bool = False,
    only: tuple[str, ...] = (),
    on_progress: Callable[[Report], None] | None = None,
) -> Report:
    """Run every hidden check on a submission and report how each one went.

    A submission that was refused gets the same report, in which every check says so.
    strict: raise NotIsolated, instead of saying so in the report, where the submission could not be isolated.
    only: parts, numbers of checks, or functions; the report holds their checks alone, ended as they would
    with all others.  Raises UserError for a name of nothing.
    on_progress: called with the report so far, after each check.
    """
    assignment = assignment or config.load()
    seed = config.term_seed()
    started = time.monotonic()
    # Its worker starts while the checks are being collected.
    stand_ins = StandIns(assignment.contract)
    connection = Connection(submission, assignment, stand_ins.respond, stand_ins.given_state, strict=strict)

    def report(*, finished: bool) -> Report:
        return Report(
            assignment=assignment,
            submission=submission.name,
            sha256=submission.sha256,
            outcomes=runner.all_outcomes,
            notes=(*submission.notes, *connection.notes, *runner.notes),
            isolation=tuple(connection.steps.items()),
            tried=connection.tried,
            seconds=time.monotonic() - started,
            finished=finished,
            only=only,
        )

    try:
        from autograder.grading.runner import CheckRunner

        runner = CheckRunner(Student(connection), assignment, seed, only)
        connection.require_isolation()
        runner.run_all(lambda: on_progress(report(finished=False)) if on_progress else None)
    finally:
        connection.close()
    graded = report(finished=True)
    if strict and graded.not_isolated:
        raise NotIsolated(graded.not_isolated)
    return graded
