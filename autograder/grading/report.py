"""Hold what grading one submission found: one record, of which every output is a rendering."""

import dataclasses

from autograder.assignment.config import Assignment, Part
from autograder.sandbox import guarantees

# Verdicts that earn the points; every other one earns none.
PASSED = "passed"
PASSED_WITH_STAND_INS = "passed with stand-ins"
EARNING = (PASSED, PASSED_WITH_STAND_INS)
# The grader itself is at fault: never the student's mistake, and always worth a look.
GRADER_FAULT = "grader fault"
# The check has not been run: grading goes on, or was stopped.
NOT_GRADED = "not graded"

FILE = "1.0"  # the part, worth nothing, in which the checks of the file itself stand


@dataclasses.dataclass(frozen=True)
class Check:
    """Describe a check: where it stands, what it is called, and what it is worth."""

    number: str
    title: str
    function: str
    max_points: float
    visibility: str

    @property
    def part(self) -> str:
        """Return the number of the part it belongs to: "1.2" for "1.2.3"."""
        return ".".join(self.number.split(".")[:2])


@dataclasses.dataclass(frozen=True)
class Outcome:
    """Tell how one check went.

    `verdict` is one of the words above, or names what went wrong.  `reason` is for the
    student, in Markdown; `example` is the input that shows it; `detail` is for the staff;
    `suspects` names the zoo's entries that explain this answer, or is None if none could be
    asked; `mistake` is the one that explains most answers.
    """

    check: Check
    verdict: str
    reason: str = ""
    example: str = ""
    detail: str = ""
    suspects: tuple[str, ...] | None = None
    mistake: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether the check earns its points."""
        return self.verdict in EARNING

    @property
    def points(self) -> float:
        """Return what the check earns."""
        return self.check.max_points if self.passed else 0.0


@dataclasses.dataclass(frozen=True)
class Report:
    """Tell everything that grading one submission found.

    finished: every check was run; otherwise grading goes on, or was stopped.
    """

    assignment: Assignment
    submission: str
    sha256: str
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()
    isolation: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    finished: bool = True

    @property
    def points(self) -> float:
        """Return the sum of what the checks earn, rounded as it is published."""
        return round_points(sum(outcome.points for outcome in self.outcomes))

    @property
    def max_points(self) -> float:
        """Return what a right submission gets."""
        return self.assignment.totals.programming

    @property
    def not_isolated(self) -> str:
        """Say what the isolation lacked, and what that means; nothing if it lacked nothing."""
        return guarantees.sentence(dict(self.isolation))

    def of_part(self, number: str) -> tuple[Outcome, ...]:
        """Return the outcomes of one part, in order; "1.0" is the file itself."""
        return tuple(outcome for outcome in self.outcomes if outcome.check.part == number)

    def points_of(self, part: Part) -> float:
        """Return what one part of the handout earns."""
        return round_points(sum(outcome.points for outcome in self.of_part(part.number)))


def round_points(points: float) -> float:
    """Round to hundredths, so that a sum of shares is the number one expects."""
    return round(points + 1e-9, 2)
