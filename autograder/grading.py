"""Grade one submission: bytes in, one Report out."""

import time
from collections.abc import Callable

from autograder import assignment as assignments
from autograder import oracle
from autograder.assignment import Assignment
from autograder.report import Outcome, Report
from autograder.sandbox.student import Student
from autograder.submission import Refused, Submission


def grade(
    submission: Submission | Refused,
    *,
    assignment: Assignment | None = None,
    on_progress: Callable[[list[Outcome]], None] = lambda outcomes: None,
) -> Report:
    """Run every hidden check on a submission and report how each one went.

    A submission that was refused gets the same report, in which every check says so.
    on_progress: called with the outcomes so far, after each check.
    """
    assignment = assignment or assignments.load()
    seed = assignments.term_seed()
    started = time.monotonic()
    student = Student(submission, assignment, oracle.respond)  # starts while pytest is being imported
    try:
        from autograder.running import CheckRunner

        outcomes = CheckRunner(student, assignment, seed, on_progress).run_all()
    finally:
        student.close()
    return Report(
        assignment=assignment,
        submission=submission.name,
        sha256=submission.sha256,
        outcomes=tuple(outcomes),
        isolation=tuple(student.steps.items()),
        seed=seed,
        seconds=time.monotonic() - started,
    )
