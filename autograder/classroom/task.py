"""Grade one submission of a class, in whatever process or machine has the time for it.

Runs in the processes of parallel/pool.py, or on the machines of a cluster.
"""

import dataclasses
import threading
import traceback

import msgspec

from autograder.assignment import config
from autograder.classroom.fingerprint import grader
from autograder.gradescope.from_report import nothing_graded, results_of
from autograder.gradescope.results import Results
from autograder.grading.grade import grade
from autograder.grading.runner import GRADER_FAULT
from autograder.intake.submission import Submission
from autograder.sandbox.guarantees import NotIsolated

NOTHING = "Nothing was handed in."


@dataclasses.dataclass(frozen=True)
class Task:
    """What a process needs to know to grade a submission."""

    submission: Submission | None  # None: nothing was handed in
    strict: bool = False


class CannotIsolate(Exception):
    """Why no submission at all can be graded on this machine."""


_one_at_a_time = threading.Lock()  # a cluster may have several threads in a process


def carry_out(task: Task) -> Results:
    """Grade; a fault of the grader is a result too.  Raises CannotIsolate."""
    submission = task.submission or Submission("", b"", refusal=NOTHING)
    try:
        with _one_at_a_time:
            report = grade(submission, strict=task.strict)
    except NotIsolated as reason:
        raise CannotIsolate(str(reason).rstrip(".")) from None
    except Exception:
        return fault(traceback.format_exc())
    results = results_of(report, for_staff=True).with_about(grader_sha256=grader())
    if task.submission is None:
        return results.with_about(status="missing", notes=(NOTHING,), submission_sha256="")
    return results


def fault(detail: str) -> Results:
    """Make the result of a grading that the grader spoiled."""
    results = nothing_graded(config.load(), GRADER_FAULT, detail=detail[-2000:])
    # No checks: the pages say once that nothing was graded.
    return msgspec.structs.replace(results, tests=()).with_about(grader_sha256=grader())


def unreadable(sentence: str) -> Results:
    """Make the result of a submission that could not be read, through no fault of who handed it in."""
    results = nothing_graded(config.load(), sentence)
    return msgspec.structs.replace(results, tests=()).with_about(grader_sha256=grader())
