"""Draw the pairs of similar submissions as one HTML file, for a person to look at."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

from autograder.assignment.config import Assignment
from autograder.classroom.pages.render import draw
from autograder.classroom.similarity.collect import REFERENCE, NotCompared
from autograder.classroom.similarity.compare import MAX_PAIRS, MIN_LINES, STANDS_OUT, Compared, Pair
from autograder.classroom.similarity.matching import Span
from autograder.common import sanitize

MAX_ROWS, MAX_LETTERS, MAX_INDENT = 150, 200, 40  # of a stretch, and of a line


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of code as it is shown."""

    number: int
    code: str
    in_both: bool


@dataclasses.dataclass(frozen=True)
class Side:
    """One half of a stretch: whose it is, and its lines."""

    names: str
    rows: tuple[Row, ...]
    left_out: int  # lines at the end that are not shown


def page(
    pairs: list[Pair],
    compared: Mapping[str, int],
    not_compared: list[NotCompared],
    assignment: Assignment,
    *,
    widespread: Sequence[tuple[Compared, int]] = (),
    usual: float = 0,
) -> str:
    """Return the page.

    compared: how many there are of each origin; see Compared.  not_compared: of whom there is nothing.
    widespread, usual: see compare.Comparison.
    """
    found = {
        origin: list(some) for origin, some in itertools.groupby(pairs, key=lambda pair: pair.right.origin)
    }
    return draw(
        "similarity.html",
        style="similarity.css",
        assignment=assignment,
        pairs=pairs,
        within=found.pop("", []),
        elsewhere=found,
        most=MAX_PAIRS,
        least=MIN_LINES,
        submissions=compared.get("", 0),
        others={origin: n for origin, n in compared.items() if origin not in ("", REFERENCE)},
        reference=REFERENCE,
        not_compared=not_compared,
        widespread=widespread,
        usual=round(usual),
        most_usual=max(STANDS_OUT * usual, MIN_LINES - 1),
        sides=sides,
    )


def sides(pair: Pair) -> list[tuple[Side, Side]]:
    """Return both halves of every stretch of a pair."""
    return [
        (
            _side(pair.left, stretch.left, pair.left_lines),
            _side(pair.right, stretch.right, pair.right_lines),
        )
        for stretch in pair.stretches
    ]


def _side(one: Compared, span: Span, in_both: frozenset[int]) -> Side:
    first, last = span
    shown = range(first, min(last + 1, first + MAX_ROWS))
    rows = tuple(Row(number, _line(one.source[number - 1]), number in in_both) for number in shown)
    return Side(one.names, rows, last + 1 - shown.stop)


def _line(code: str) -> str:
    """Return a line of code in visible characters, as deep as it stands in the file."""
    code = code[: 4 * MAX_LETTERS].expandtabs(4)
    depth = len(code) - len(code.lstrip(" "))
    return " " * min(depth, MAX_INDENT) + sanitize.clean(code, MAX_LETTERS)
