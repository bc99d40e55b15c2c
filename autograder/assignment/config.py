"""Read assignment.toml, once, into frozen records that every other module uses."""

import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from autograder import ROOT
from autograder.assignment.contract import GRADED
from autograder.common import toml_file
from autograder.common.errors import UserError

# Gradescope's words for who sees a check, and when.
Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]

TOML_PATH = ROOT / "assignment.toml"
SEED_PATH = ROOT / "term_seed.txt"


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """A table of assignment.toml, which knows its keys and their kinds."""


class Dates(Table, frozen=True):
    """The days a student must know."""

    released: datetime.date
    due: datetime.date
    late_due: datetime.date


class Part(Table, frozen=True):
    """One part of the handout: its number, title, points, and who earns them."""

    number: str
    title: str
    points: float
    functions: dict[str, float]


class ReportQuestions(Table, frozen=True):
    """The points of the written report, which people mark."""

    edition: str
    questions: dict[str, float]


class Handout(Table, frozen=True):
    """Which version of the text this is, and what students' AI helpers may do."""

    version: str
    ai_help: Literal["explain", "none", "free"]


class Totals(Table, frozen=True):
    """What the points must add up to."""

    programming: float
    report: float


class Feedback(Table, frozen=True):
    """Which checks students see, and what they read when one fails, besides the reason.

    checks: who sees single checks, by number or by graded function; `visibility` holds for the others.
    """

    show_inputs: bool
    visibility: Visibility
    checks: dict[str, Visibility] = {}


class Tolerance(Table, frozen=True):
    """How close is close enough; see `expect.py` for where each one is used."""

    value_rtol: float
    value_atol: float
    gradient_rtol: float
    float32_rtol: float
    float32_atol: float


class Limits(Table, frozen=True):
    """What one submission may use: wall-clock seconds, and mebibytes of address space."""

    import_seconds: float
    call_seconds: float
    function_seconds: float
    total_seconds: float
    memory_mb: int


class Network(Table, frozen=True):
    """What `NN()` makes when nothing is said."""

    hidden_dims: tuple[int, ...]
    epsilon: float
    lr: float
    batch_size: int
    activation: str
    n_features: int
    n_classes: int


class Assignment(Table, frozen=True):
    """Everything that assignment.toml says."""

    course: str
    title: str
    term: str
    dates: Dates
    parts: tuple[Part, ...]
    report: ReportQuestions
    handout: Handout
    totals: Totals
    feedback: Feedback
    tolerance: Tolerance
    limits: Limits
    network: Network

    @cached_property
    def functions(self) -> dict[str, Part]:
        """Map each graded function to the part it belongs to, in the order of the handout."""
        return {function: part for part in self.parts for function in part.functions}


def parse(text: str, *, source: str = "assignment.toml") -> Assignment:
    """Turn the text of an assignment.toml into a checked Assignment.

    Raises UserError with one sentence when the text is not TOML, has an unknown or
    missing key, a value of the wrong kind, or points that do not add up.
    """
    tables = toml_file.parse(text, source)
    _check_quotes(tables, source)
    assignment = toml_file.convert(tables, Assignment, source)
    _check_sums(assignment, source)
    _check_order(assignment, source)
    return assignment


@cache
def load(path: Path = TOML_PATH) -> Assignment:
    """Read the assignment that is served here."""
    try:
        return _with_known_functions(parse(path.read_text(encoding="utf-8"), source=path.name))
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None


@cache
def term_seed(path: Path = SEED_PATH) -> int:
    """Read the secret number from which every random input of the term is drawn.

    All students of a term meet the same inputs, a regrade repeats them exactly, and
    nobody who does not have the file can compute them in advance.
    """
    try:
        return int(path.read_text(encoding="utf-8"))
    except OSError:
        raise UserError(f"{path.name} is missing; write any whole number into {path}.") from None
    except ValueError:
        raise UserError(f"{path.name} must hold one whole number and nothing else.") from None


def _check_quotes(tables: dict[str, Any], source: str) -> None:
    """Refuse 1.4.3 = "hidden": without quotes the dots of TOML mean tables within tables."""
    feedback = tables.get("feedback", {})
    checks = feedback.get("checks", {}) if isinstance(feedback, dict) else {}
    if isinstance(checks, dict) and any(isinstance(value, dict) for value in checks.values()):
        raise UserError(
            f'{source}: the number of a check needs quotes in [feedback.checks]: "1.4.3" = "hidden".'
        )


def _check_sums(assignment: Assignment, source: str) -> None:
    sums: list[tuple[str, Any, float]] = [
        (f"the functions of part {part.number}", part.functions.values(), part.points)
        for part in assignment.parts
    ]
    sums.append(("the parts", [part.points for part in assignment.parts], assignment.totals.programming))
    sums.append(("the report's questions", assignment.report.questions.values(), assignment.totals.report))
    for what, points, declared in sums:
        if abs(sum(points) - declared) > 1e-9:
            raise UserError(
                f"{source}: the points of {what} add up to {sum(points):g}, but {declared:g} is declared."
            )
        if min(points) < 0:
            raise UserError(f"{source}: the points of {what} must not be negative.")


def _with_known_functions(assignment: Assignment) -> Assignment:
    for function, part in assignment.functions.items():
        if function not in GRADED:
            raise UserError(
                f"assignment.toml grades `{function}` in part {part.number}, but nobody knows how it is "
                "called; write its parameters into PARAMETERS in autograder/contract.py."
            )
    return assignment


def _check_order(assignment: Assignment, source: str) -> None:
    numbers = [part.number for part in assignment.parts]
    functions = [function for part in assignment.parts for function in part.functions]
    for what, names in (("part number", numbers), ("function", functions)):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise UserError(f"{source}: the {what} {twice[0]} stands there twice; once is right.")
    dates = assignment.dates
    if not dates.released <= dates.due <= dates.late_due:
        raise UserError(f"{source}: the dates must be in the order released, due, late_due.")
