"""Grade one submission of a class, in whatever process or machine has the time for it.

Runs in the processes of `cores.py`, or on the machines of a cluster.
"""

import dataclasses
import threading
import traceback
from typing import Any

from autograder.assignment import config
from autograder.classroom.fingerprint import grader
from autograder.classroom.record import Status
from autograder.gradescope.results import fallback, results_of
from autograder.grading.grade import grade
from autograder.grading.report import FILE, GRADER_FAULT, Report
from autograder.intake.submission import Refused, Submission
from autograder.sandbox.guarantees import NotIsolated

NOTHING = "Nothing was handed in."
FAULT = "The grader itself failed here. This is not your mistake: please tell the course staff."


@dataclasses.dataclass(frozen=True)
class Task:
    """Hold what a process needs to know to grade a submission."""

    submission: Submission | Refused | None  # None: nothing was handed in
    strict: bool = False


class CannotIsolate(Exception):
    """Say why no submission at all can be graded on this machine."""


_one_at_a_time = threading.Lock()  # a cluster may have several threads in a process


def carry_out(task: Task) -> dict[str, Any]:
    """Grade, and return the content of results.json; a fault of the grader is a result too.

    Raises CannotIsolate.
    """
    submission = task.submission or Refused("", b"", (), NOTHING)
    try:
        with _one_at_a_time:
            report = grade(submission, strict=task.strict)
    except NotIsolated as reason:
        raise CannotIsolate(str(reason).rstrip(".")) from None
    except Exception:
        return fault(traceback.format_exc())
    content = results_of(report)
    if task.submission is None:
        content["extra_data"]["notes"] = [NOTHING]
    return about(content, _status(report, task.submission), task.submission)


def fault(detail: str) -> dict[str, Any]:
    """Make the result of a grading that the grader spoiled."""
    kit = config.load()
    content = fallback(kit, FAULT)
    parts = [
        {"number": part.number, "title": part.title, "points": 0, "max_points": part.points}
        for part in kit.parts
    ]
    content["extra_data"] = {"parts": parts, "notes": [FAULT], "detail": detail[-2000:]}
    content["tests"] = []
    return about(content, "grader fault", None)


def about(content: dict[str, Any], status: Status, submission: Submission | None) -> dict[str, Any]:
    """Add to a result what tells it from others."""
    content["extra_data"] |= {
        "status": status,
        "grader_sha256": grader(),
        "submission_sha256": submission.sha256 if submission else "",
    }
    return content


def _status(report: Report, submission: Submission | None) -> Status:
    if submission is None:
        return "missing"
    if any(outcome.verdict == GRADER_FAULT for outcome in report.outcomes):
        return "grader fault"
    unread = any(outcome.verdict == "not loaded" for outcome in report.of_part(FILE))
    return "refused" if unread or isinstance(submission, Refused) else "graded"
