"""Grade one submission: bytes in, one Report out."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from autograder import assignment as assignments
from autograder import oracle
from autograder.assignment import Assignment
from autograder.report import NOT_GRADED, Outcome, Report
from autograder.sandbox.student import Student


def grade(
    source: bytes,
    name: str = "solution.py",
    *,
    assignment: Assignment | None = None,
    on_progress: Callable[[list[Outcome]], None] = lambda outcomes: None,
) -> Report:
    """Run every hidden check on a submission and report how each one went.

    source: the bytes of the file.  on_progress: called with the outcomes so far.
    """
    assignment = assignment or assignments.load()
    started = time.monotonic()
    student = Student(source, assignment, oracle.respond)  # starts while pytest is being imported
    try:
        from autograder.running import CheckRunner, run_checks

        runner = CheckRunner(student, assignment, assignments.term_seed(), on_progress)
        run_checks(runner)
    finally:
        student.close()
    return Report(
        assignment=assignment,
        submission=name,
        sha256=hashlib.sha256(source).hexdigest(),
        outcomes=tuple(runner.outcomes),
        notes=tuple(runner.errors),
        isolation=tuple(student.steps.items()),
        seconds=time.monotonic() - started,
    )
