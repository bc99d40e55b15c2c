"""Put a submission on the leaderboard, if the assignment has one: train its network, in a worker of its own.

It is done after grading, from which nothing is taken away: whoever cannot be put there reads why.
How a network is trained and judged, the problem's leaderboard.py says.
"""

import dataclasses
import importlib
from typing import Any, Literal

import msgspec

from autograder.assignment import config
from autograder.assignment.config import Assignment, Leaderboard
from autograder.grading.report import Entry, Report
from autograder.grading.runner import describe_raised
from autograder.grading.stand_ins import StandIns
from autograder.intake.submission import Submission
from autograder.sandbox.connection import Connection
from autograder.sandbox.errors import Raised, Stopped
from autograder.sandbox.student import Student

ALL_POINTS = "The leaderboard is for submissions with all points; this one is not on it yet."
COLUMNS: dict[
    str, tuple[str, Literal["asc", "desc"], int]
] = {  # what students read, what is best, how many digits
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
    except Exception as error:  # whatever it is: it must not cost what was graded
        problem = _module(board)
        note = f"{error}." if isinstance(error, problem.NoAnswer) else "the grader itself failed here."
    finally:
        connection.close()
    notes = (*report.notes, *([f"Not on the leaderboard, which costs nothing: {note}"] if note else []))
    tried = tuple(sorted({*report.tried, *connection.tried}))
    return dataclasses.replace(report, leaderboard=entries, notes=notes, tried=tried)


def _measured(student: Student, board: Leaderboard, connection: Connection) -> tuple[Entry, ...]:
    problem, seed = _module(board), config.term_seed()
    with student.checking("the leaderboard", ()):
        student.load()
        before = connection.seconds_used
        network = problem.train(student, board.n_epochs, seed)
        found = {"seconds": connection.seconds_used - before, "accuracy": problem.accuracy(network, seed)}
    return tuple(
        Entry(name=name, value=round(found[column], digits), order=order)
        for column, (name, order, digits) in ((column, COLUMNS[column]) for column in board.by)
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


def _module(board: Leaderboard) -> Any:
    return importlib.import_module(f"autograder.problems.{board.problem}.leaderboard")
