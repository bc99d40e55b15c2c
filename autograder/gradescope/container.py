"""Grade what Gradescope put into its container, and publish the results while they grow.

`run_autograder` starts this, after it has put in place the results.json that counts if this
program never publishes one.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from autograder.assignment import config
from autograder.assignment.config import Assignment
from autograder.gradescope.from_report import not_isolated, results_of
from autograder.gradescope.publisher import Publisher
from autograder.gradescope.results import write
from autograder.grading.grade import grade
from autograder.grading.report import Report
from autograder.intake.submission import Submission, read
from autograder.sandbox import guarantees
from autograder.sandbox.guarantees import NotIsolated
from autograder.sandbox.process import fork_server


def main() -> None:
    """Grade root/submission into root/results/results.json; what is printed is for the staff."""
    root = Path(os.environ.get("AUTOGRADER_ROOT", "/autograder"))
    results = root / "results" / "results.json"
    # The watchdog asks before it kills: then what has been graded is written, and workers end.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    fork_server.prepare()  # it gets ready while the checks are read
    print(attempt(root / "submission_metadata.json"))
    assignment = config.load()
    try:
        report = grade_and_publish(read(root / "submission"), assignment, results)
    except NotIsolated as reason:
        write(not_isolated(assignment, reason), results)
        sys.exit(f"nothing was graded: {reason}")
    if report.tried:
        print(f"The submission {guarantees.attempts(report.tried)}")
    print(f"{report.points:g} of {report.max_points:g} points in {report.seconds:.1f} s")


def grade_and_publish(submission: Submission, assignment: Assignment, results: Path) -> Report:
    """Grade strictly; meanwhile results.json holds what has been graded up to a moment ago."""

    def publish(report: Report) -> None:
        write(results_of(report), results)

    with Publisher(publish) as progress:
        report = grade(submission, assignment=assignment, strict=True, on_progress=progress)
        progress(report)
    if assignment.leaderboard is not None:  # after that: what is graded stays, whatever becomes of this
        from autograder.grading import leaderboard

        report = leaderboard.entered(report, submission, strict=True)
        publish(report)
    return report


def attempt(metadata: Path) -> str:
    """Say which attempt of which submission this is, as far as Gradescope tells."""
    about = _metadata(metadata)
    previous = about.get("previous_submissions")
    number = len(previous) + 1 if isinstance(previous, list) else 1
    return f"submission {about.get('id', 'without a number')}, attempt {number}"


def _metadata(file: Path) -> dict[str, Any]:
    """Read what Gradescope says about the submission; grading depends on none of it."""
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return about if isinstance(about, dict) else {}


if __name__ == "__main__":
    main()
