"""What grading one submission found: one record, of which every output is a rendering."""

import dataclasses
import re
from typing import Literal

import msgspec

from autograder.assignment.config import Assignment, Part, Visibility
from autograder.common import versions
from autograder.grading.evidence import Evidence
from autograder.grading.verdict import Verdict
from autograder.sandbox import guarantees

# graded: every check ran.  refused: the file cannot be a solution, or could not be read as
# one.  missing: no file was handed in.  grader fault: the grader failed; somebody must look.
Status = Literal["graded", "refused", "missing", "grader fault"]


@dataclasses.dataclass(frozen=True)
class Check:
    """A check: where it stands, what it is called, and what it is worth."""

    number: str
    part: str
    title: str
    function: str  # its key
    shown: str  # what people call the function
    max_points: float
    visibility: Visibility

    @property
    def rulings(self) -> tuple[str, ...]:
        """Return the rulings that the title quotes; the last one is what the check is about."""
        quoted = re.search(r"\((R\d+(?:, R\d+)*)\)$", self.title)
        return tuple(quoted[1].split(", ")) if quoted else ()


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How one check went.

    `reason` is for the student, in Markdown; `told` is what of it is published, where the cause is told
    elsewhere or costs other checks too (see causes.py); `symptom` is the reason without a diagnosis;
    `example` is the input that shows it; `detail` is
    for the staff; `suspects` names the zoo's entries that explain this answer, or is None if
    none could be asked; `mistake` is the one that explains most answers; `cause` is the number of
    the check that tells the cause of this failure, where another one does; `evidence` is for the staff.
    """

    check: Check
    verdict: Verdict
    reason: str = ""
    example: str = ""
    detail: str = ""
    suspects: tuple[str, ...] | None = None
    mistake: str = ""
    symptom: str = ""
    told: str = ""
    cause: str = ""
    evidence: Evidence | None = None

    @property
    def words(self) -> str:
        """Return what is published of the reason."""
        return self.told or self.reason

    @property
    def passed(self) -> bool:
        """Tell whether the check earns its points."""
        return self.verdict.earns

    @property
    def points(self) -> float:
        """Return what the check earns."""
        return self.check.max_points if self.passed else 0.0


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One column of the leaderboard, as Gradescope wants it: `desc` where more is better."""

    name: str
    value: float
    order: Literal["asc", "desc"]


@dataclasses.dataclass(frozen=True)
class Report:
    """Everything that grading one submission found.

    finished: every check was run; otherwise grading goes on, or was stopped.
    only: what was chosen, where this is not about everything.
    leaderboard: what grading/leaderboard.py measured; nothing where there is no leaderboard.
    """

    assignment: Assignment
    submission: str
    sha256: str
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()
    isolation: tuple[tuple[str, str], ...] = ()
    tried: tuple[str, ...] = ()
    seconds: float = 0.0
    finished: bool = True
    only: tuple[str, ...] = ()
    leaderboard: tuple[Entry, ...] = ()

    @property
    def points(self) -> float:
        """Return the sum of what the checks earn, rounded as it is published."""
        return round_points(sum(outcome.points for outcome in self.outcomes))

    @property
    def max_points(self) -> float:
        """Return what a right submission gets."""
        if self.only:
            return round_points(sum(outcome.check.max_points for outcome in self.outcomes))
        return self.assignment.totals.programming

    @property
    def not_isolated(self) -> str:
        """Say what the isolation lacked, and what that means; nothing if it lacked nothing."""
        return guarantees.sentence(dict(self.isolation))

    @property
    def graded_with(self) -> str:
        """Say with which Python and NumPy, and whether the handout names another."""
        return versions.sentence(versions.python(), versions.numpy(), self.assignment.limits.python)

    @property
    def status(self) -> Status:
        """Say what became of the submission as a whole."""
        if any(outcome.verdict == Verdict.GRADER_FAULT for outcome in self.outcomes):
            return "grader fault"
        unread = any(
            outcome.verdict == Verdict.NOT_LOADED for outcome in self.of_part(self.assignment.file_number)
        )
        return "refused" if unread else "graded"

    def of_part(self, number: str) -> tuple[Outcome, ...]:
        """Return the outcomes of one part, in order; see Assignment.file_number for the file itself."""
        return tuple(outcome for outcome in self.outcomes if outcome.check.part == number)

    def points_of(self, part: Part) -> float:
        """Return what one part of the handout earns."""
        return round_points(sum(outcome.points for outcome in self.of_part(part.number)))


def place(number: str) -> tuple[int, ...]:
    """Return what sorts numbers of checks as the handout does: 1.2.10 after 1.2.9."""
    return tuple(int(digits) for digits in re.findall(r"\d+", number))


def is_within(number: str, whole: str) -> bool:
    """Tell whether a number is `whole` or a part of it: 1.4.3 is within 1.4, 1.4.10 not within 1.4.1."""
    return f"{number}.".startswith(f"{whole}.")


def round_points(points: float) -> float:
    """Round to hundredths, so that a sum of shares is the number one expects."""
    return round(points + 1e-9, 2)
