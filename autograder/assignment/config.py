"""Read assignment.toml, once, into frozen records that every other module uses."""

import itertools
import math
import os
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from autograder import ROOT
from autograder.assignment import contract as contracts
from autograder.assignment import dates, late, values
from autograder.assignment.contract import Contract
from autograder.assignment.dates import Dates
from autograder.assignment.late import Late
from autograder.common import text_file, toml_file
from autograder.common.errors import UserError

# Gradescope's words for who sees a check, and when.
Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]

TOML_PATH = ROOT / "assignment.toml"
SEED_PATH = ROOT / "term_seed.txt"
# Names another assignment than the one at the top; processes that are started inherit it.
VARIABLE = "AUTOGRADER_ASSIGNMENT"
# A worker needs 160 for NumPy and the smallest inputs; students must be able to make a mistake, too.
LEAST_MEMORY_MB = 256


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """A table of assignment.toml, which knows its keys and their kinds."""


class Part(Table, frozen=True):
    """One part of the handout: its number, title, points, and who earns them.

    problem: the folder in autograder/problems.  owner (`class` in the file): the class whose
    functions these are, where the problem has several.  functions: bare names, with their points.
    """

    number: values.Number
    title: values.Line
    points: float
    problem: str
    functions: dict[str, float]
    owner: str | None = msgspec.field(name="class", default=None)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Return the key of each function; raises UserError where there is no such function."""
        contract = contracts.contract_of((self.problem,))
        return tuple(contract.key(name, self.owner) for name in self.functions)

    @cached_property
    def points_of(self) -> dict[str, float]:
        """Map the key of each function to its points."""
        return dict(zip(self.keys, self.functions.values(), strict=True))


class ReportQuestions(Table, frozen=True):
    """The points of the written report, which people mark."""

    edition: str
    questions: dict[str, float]


class Handout(Table, frozen=True):
    """Which version of the text this is, and what students' AI helpers may do."""

    version: values.InFileName  # part of the kit's file name
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

    value_rtol: values.Share
    value_atol: values.Share
    gradient_rtol: values.Share
    float32_rtol: values.Share
    float32_atol: values.Share


class Limits(Table, frozen=True):
    """What one submission may use: wall-clock seconds, mebibytes of address space, and which Python.

    python: the version that the handout names; Gradescope's base image decides which one it is.
    """

    import_seconds: values.Seconds
    call_seconds: values.Seconds
    function_seconds: values.Seconds
    total_seconds: values.Seconds
    memory_mb: values.Mebibytes
    python: values.Python = "3.10"


class Network(Table, frozen=True):
    """The network that `NN()` makes without arguments."""

    hidden_dims: values.Widths
    epsilon: values.Epsilon
    lr: values.Rate
    batch_size: values.Count
    activation: str
    n_features: values.Count
    n_classes: values.Count


class Leaderboard(Table, frozen=True):
    """What Gradescope's leaderboard shows of submissions that have all points.

    problem: the one whose leaderboard.py trains.  by: the columns; who is best in the first one leads.
    seconds: what training and judging may take, in time of the worker; whoever needs more is not on it.
    """

    problem: str
    by: tuple[Literal["accuracy", "seconds"], ...]
    n_epochs: values.Count
    seconds: values.Seconds


class Assignment(Table, frozen=True):
    """Everything that assignment.toml says."""

    course: values.Line
    title: values.Line
    term: values.Line
    dates: Dates
    parts: tuple[Part, ...]
    report: ReportQuestions
    handout: Handout
    totals: Totals
    feedback: Feedback
    tolerance: Tolerance
    limits: Limits
    late: Late | None = None
    network: Network | None = None
    leaderboard: Leaderboard | None = None

    @cached_property
    def contract(self) -> Contract:
        """Return what is fixed about everything that is graded."""
        return contracts.contract_of(tuple(dict.fromkeys(part.problem for part in self.parts)))

    @cached_property
    def functions(self) -> dict[str, Part]:
        """Map the key of each graded function to the part it belongs to, in the order of the handout."""
        return {key: part for part in self.parts for key in part.points_of}

    @cached_property
    def file_number(self) -> str:
        """Return the number of the part, worth nothing, in which the checks of the file itself stand."""
        return ".".join([*self.parts[0].number.split(".")[:-1], "0"])


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
    dates.check(assignment.dates, source)
    if assignment.late is not None:
        late.check(assignment.late, source)
    _check_leaderboard(assignment, source)
    if assignment.limits.memory_mb < LEAST_MEMORY_MB:
        raise UserError(
            f"{source}: memory_mb = {assignment.limits.memory_mb} is too little for NumPy itself; "
            f"give {LEAST_MEMORY_MB} or more."
        )
    return assignment


def load(path: Path | None = None) -> Assignment:
    """Read an assignment: this one, or the one that the environment names, or the one that is served."""
    return _load((path or served()).resolve())


def served() -> Path:
    """Return the file of the assignment that is graded unless another one is named."""
    return Path(os.environ.get(VARIABLE) or TOML_PATH)


@cache
def _load(path: Path) -> Assignment:
    return parse(text_file.read(path, path.name), source=path.name)


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
    """Refuse 1.4.3 = "hidden": without quotes, TOML reads the dots as tables within tables."""
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
        if not all(0 <= one < math.inf for one in (*points, declared)):
            raise UserError(f"{source}: the points of {what} must be numbers, 0 or more.")
        if abs(sum(points) - declared) > 1e-9:
            raise UserError(
                f"{source}: the points of {what} add up to {sum(points):g}, but {declared:g} is declared."
            )


def _check_leaderboard(assignment: Assignment, source: str) -> None:
    board = assignment.leaderboard
    if board is None:
        return
    if not board.by:
        raise UserError(
            f'{source}: [leaderboard] has no columns; write by = ["accuracy"], ["seconds"], or both.'
        )
    folders = {problem.name: problem.folder for problem in assignment.contract.problems}
    able = [name for name, folder in folders.items() if (folder / "leaderboard.py").is_file()]
    if board.problem not in able:
        known = f"{' and '.join(able)} can" if able else "none of this assignment can"
        raise UserError(f"{source}: [leaderboard] cannot train the problem {board.problem!r}; {known}.")


def _keys(part: Part, source: str) -> tuple[str, ...]:
    """Return the keys of a part's functions; raises UserError that names the part and where to look."""
    where = f"{source}, part {part.number}"
    try:
        contracts.problem(part.problem)
    except UserError as error:
        raise UserError(f"{where}: {error}") from None
    try:
        return part.keys
    except UserError as error:
        raise UserError(
            f"{where}: {str(error).rstrip('.')}; add its parameters to "
            f"autograder/problems/{part.problem}/problem.toml."
        ) from None


def _check_order(assignment: Assignment, source: str) -> None:
    numbers = [part.number for part in assignment.parts]
    functions = [key for part in assignment.parts for key in _keys(part, source)]
    for what, names in (("part number", numbers), ("function", functions)):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise UserError(f"{source}: the {what} {twice[0]} appears twice; remove one of them.")
    for whole, inner in itertools.permutations(numbers, 2):
        if inner.startswith(f"{whole}."):
            raise UserError(
                f"{source}: part {inner} has the number of a check of part {whole}; renumber one of them."
            )
    if assignment.file_number in numbers:
        raise UserError(
            f"{source}: the number {assignment.file_number} is reserved for the checks of the file itself; "
            "give this part another one."
        )
