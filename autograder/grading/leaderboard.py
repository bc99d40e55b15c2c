"""Put a submission on the leaderboard, if the assignment has one: train its network, in a worker of its own.

This happens after grading and takes no points away: whoever is not on the leaderboard reads why.
The problem's leaderboard.py says how a network is trained and judged.
"""

import dataclasses
import importlib
from typing import Any, Literal

import msgspec

from autograder.assignment import config
from autograder.assignment.config import Assignment, Leaderboard
from autograder.checking.expect import Wrong
from autograder.grading.report import Entry, Report
from autograder.grading.runner import describe_raised
from autograder.grading.stand_ins import StandIns
from autograder.intake.submission import Submission
from autograder.sandbox.connection import Connection
from autograder.sandbox.errors import Raised, Stopped
from autograder.sandbox.student import Student

ALL_POINTS = "Only submissions with full points are on the leaderboard; this one is not on it yet."
# What students read, what is best, how many digits.
COLUMNS: dict[str, tuple[str, Literal["asc", "desc"], int]] = {
    "accuracy": ("Accuracy", "desc", 4),
    "seconds": ("Seconds to train", "asc", 2),
}


def entered(report: Report, submission: Submission, *, strict: bool = False) -> Report:
    """Return the report with the entries of the leaderboard, or with a note that says why there are none."""
    board = report.assignment.leaderboard
    if board is None:
        return report
    if report.points < report.max_points:
        return dataclasses.replace(report, notes=(*report.notes, ALL_POINTS))
    assignment = _with_limits(report.assignment, board)
    connection = Connection(submission, assignment, StandIns(assignment.contract).respond, strict=strict)
    entries: tuple[Entry, ...] = ()
    note = ""
    try:
        connection.require_isolation()
        entries = _measured(Student(connection), board, connection)
    except Raised as error:
        note = describe_raised(error)
    except Stopped as error:
        note = str(error)
    except Wrong as wrong:
        note = f"{wrong.what}."
    except Exception:  # whatever it is: it must not cost what was graded
        note = "the grader itself failed here; please tell the course staff."
    finally:
        connection.close()
    notes = (
        *report.notes,
        *([f"This submission is not on the leaderboard, which costs no points: {note}"] if note else []),
    )
    tried = tuple(sorted({*report.tried, *connection.tried}))
    return dataclasses.replace(report, leaderboard=entries, notes=notes, tried=tried)


def _measured(student: Student, board: Leaderboard, connection: Connection) -> tuple[Entry, ...]:
    problem: Any = importlib.import_module(f"autograder.problems.{board.problem}.leaderboard")
    seed = config.term_seed()

    def seconds() -> float:
        student.load()
        before = connection.seconds_used
        network = problem.train(student, board.n_epochs, seed)
        used = connection.seconds_used - before
        problem.require_trained(student, network, board.n_epochs, seed)
        return used

    def accuracy() -> float:
        return float(problem.accuracy(student, board.n_epochs, seed))

    measures = {"accuracy": accuracy, "seconds": seconds}
    with student.checking("the leaderboard", ()):
        found = {column: measures[column]() for column in board.by}
    return tuple(
        Entry(name=name, value=round(value, digits), order=order)
        for value, (name, order, digits) in ((found[column], COLUMNS[column]) for column in found)
    )


def _with_limits(assignment: Assignment, board: Leaderboard) -> Assignment:
    """Return the assignment with the seconds of the leaderboard for everything that is called."""
    limits = msgspec.structs.replace(
        assignment.limits,
        call_seconds=board.seconds,
        function_seconds=board.seconds,
        total_seconds=board.seconds,
    )
    return msgspec.structs.replace(assignment, limits=limits)
