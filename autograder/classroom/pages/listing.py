"""List a submission's program for the staff, with a mark at every line that a check failed at."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.classroom.pages.failures import Cause
from autograder.classroom.pages.markdown import visible
from autograder.common.keys import key_of
from autograder.intake.submission import Submission

MOST_LINES, MOST_LETTERS = 5000, 400
DEFINITION = re.compile(r"^(?P<indent>[ \t]*)(?:async +)?(?P<kind>def|class) +(?P<name>\w+)")


@dataclass(frozen=True)
class Line:
    """A line of the program, where it stands in the file, and the causes that show there."""

    number: int
    place: str
    code: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Listing:
    """The program that was graded; left_out: how many lines are too many to be shown.

    at: the line of each function, and of each cause by the number of its first check; 0 where none is known.
    """

    lines: tuple[Line, ...]
    left_out: int
    functions: dict[str, int]
    at: dict[str, int]


def of(submission: Submission | None, causes: Iterable[Cause]) -> Listing:
    """Return the program of a submission; an empty one if there is none to be read."""
    if submission is None or submission.refusal:
        return Listing((), 0, {}, {})
    lines = submission.code.decode("utf-8", "replace").rstrip().split("\n")  # as Python numbers them
    functions = definitions(lines)
    at = {cause.first.number: _line_of(cause, functions) for cause in causes}
    found: defaultdict[int, list[Cause]] = defaultdict(list)
    for cause in causes:
        found[at[cause.first.number]].append(cause)
    shown = tuple(
        Line(number, _place(submission, number), _shortened(code), tuple(found[number]))
        for number, code in enumerate(lines[:MOST_LINES], 1)
    )
    at = {number: line if line <= len(shown) else 0 for number, line in at.items()}
    return Listing(shown, max(0, len(lines) - MOST_LINES), functions, at)


def definitions(lines: Iterable[str]) -> dict[str, int]:
    """Return the line that each function is defined in, by its bare name and with its class.

    The last definition holds, as in Python.  A look at the beginning of each line is enough to find
    the place, and never fails, whatever stands in the file.
    """
    found: dict[str, int] = {}
    classes: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        match = DEFINITION.match(line)
        if match is None:
            continue
        indent = len(match["indent"].expandtabs())
        classes = [(depth, name) for depth, name in classes if depth < indent]
        if match["kind"] == "class":
            classes.append((indent, match["name"]))
            continue
        found[match["name"]] = number
        if classes:
            found[key_of(classes[-1][1], match["name"])] = number
    return found


def _line_of(cause: Cause, functions: dict[str, int]) -> int:
    """Return the line that a cause shows at: where it was raised, or else where its function begins."""
    raised = (check.explanation.evidence.line for check in cause.checks if check.explanation.evidence)
    return next(filter(None, raised), 0) or functions.get(cause.function, 0)


def _place(submission: Submission, number: int) -> str:
    """Return the number of a line; in a notebook, that of its cell before it."""
    return submission.places.of(number).replace("line ", "").replace("cell ", "").replace(", ", ":")


def _shortened(code: str) -> str:
    code = visible(code).expandtabs(4)
    return code if len(code) <= MOST_LETTERS else f"{code[: MOST_LETTERS - 1]}…"
