"""Gradescope's results.json as one record: made from a Report, written, and read back.

GRADES/results/<key>.json of a class is the same file.  Pages, tables and comparisons are drawn
from it alone, so that they can be made again without grading.
"""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from autograder import VERSION
from autograder.assignment import values
from autograder.assignment.config import Assignment, Visibility, term_seed
from autograder.common import versions, whole_file
from autograder.common.errors import UserError
from autograder.grading import points, zoo
from autograder.grading.evidence import Evidence
from autograder.grading.report import Entry, Outcome, Report, Status, round_points
from autograder.grading.verdict import Verdict
from autograder.intake.handin import NOBODY, Handin

NOT_FINISHED = (  # students read it only if it stays so
    "The grader did not finish. This is not your mistake: please tell the course staff. "
    "What it graded before counts."
)
MAX_OUTPUT = 2000  # characters that one check may say; Gradescope itself cuts at 50,000

Format = Literal["text", "simple_format", "html", "md", "ansi"]
Points = Annotated[float, Meta(ge=0)]
Text = Annotated[str, Meta(max_length=50_000)]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """How a check ended, and which known mistake explains a wrong answer.

    mistake: the zoo's entry; diagnosis: its sentence, the same for everybody who made it.
    reason: all that is wrong here, where the output points to another check that tells it.
    cause: the number of that check.
    example, evidence: the input that shows it, and what the answer was and should have been; kept
    with a class, for the staff alone, and never in what Gradescope gets.
    """

    verdict: Verdict
    mistake: str = ""
    diagnosis: str = ""
    reason: str = ""
    cause: str = ""
    example: str = ""
    evidence: Evidence | None = None


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `tests`; `output` is Markdown, written for the student."""

    name: Annotated[str, Meta(min_length=1)]
    number: values.Number
    score: Points
    max_score: Points
    status: Literal["passed", "failed"]
    output: Text
    tags: tuple[str, ...] = ()  # the graded function
    visibility: Visibility = "visible"
    explanation: Explanation = msgspec.field(
        name="extra_data", default=Explanation(verdict=Verdict.NOT_GRADED)
    )

    @property
    def passed(self) -> bool:
        """Tell whether the check earned its points."""
        return self.status == "passed"

    @property
    def function(self) -> str:
        """Return the graded function."""
        return self.tags[0] if self.tags else ""

    @property
    def verdict(self) -> Verdict:
        """Return how the check ended."""
        return self.explanation.verdict

    @property
    def mistake(self) -> str:
        """Return the zoo's entry that explains a wrong answer, or nothing."""
        return self.explanation.mistake

    @property
    def diagnosis(self) -> str:
        """Return the sentence of that entry."""
        return self.explanation.diagnosis


class PartResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a part of the handout earned."""

    number: values.Number
    title: str
    points: Points
    max_points: Points


class About(msgspec.Struct, frozen=True, kw_only=True):
    """The top-level `extra_data`: what was graded, by which grader, with which result.

    python, numpy: their versions, which can matter.
    submission_sha256: of the bytes that were graded; empty if there were none.
    seed_sha256: tells one seed from another, and does not tell the seed: results are read by many.
    grader_sha256: of everything that decides a grade; empty where nothing is compared with it.
    isolation: the steps and probes; not_isolated: what they mean, if something is lacking.
    tried: what the submission tried that isolation forbids; for the staff, costs nothing.
    detail: for the staff, where the grader itself failed.
    """

    grader_version: str = ""
    python: str = ""
    numpy: str = ""
    submission_sha256: str = ""
    seed_sha256: str = ""
    isolation: dict[str, str] = {}
    not_isolated: str = ""
    tried: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parts: tuple[PartResult, ...]
    status: Status
    grader_sha256: str = ""
    handin: Handin | None = None
    detail: str = ""

    @property
    def graded_with(self) -> str:
        """Say with which Python and NumPy."""
        return versions.sentence(self.python, self.numpy)


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """One submission, graded."""

    score: Points
    execution_time: Points = 0.0
    output: Text = ""
    output_format: Format = "md"
    test_output_format: Format = "md"
    test_name_format: Format = "text"
    visibility: Visibility = "visible"
    stdout_visibility: Visibility = "hidden"
    about: About = msgspec.field(name="extra_data")
    tests: tuple[CheckResult, ...] = ()
    leaderboard: tuple[Entry, ...] | msgspec.UnsetType = msgspec.UNSET  # left out, Gradescope shows none

    @property
    def max_score(self) -> float:
        """Return what a right submission gets."""
        return round_points(sum(part.max_points for part in self.about.parts))

    @property
    def handin(self) -> Handin:
        """Tell who handed in; nobody, if it was not graded with a class."""
        return self.about.handin or NOBODY

    @property
    def key(self) -> str:
        """Return the name under which everything about this submission is kept."""
        return self.handin.key

    def with_about(self, **fields: Any) -> "Results":
        """Return the same with other values in these fields of `about`."""
        return msgspec.structs.replace(self, about=msgspec.structs.replace(self.about, **fields))


# A Report as Results.


def results_of(report: Report, *, for_staff: bool = False) -> Results:
    """Turn a Report into what is published of it; for_staff: keep what only the staff may see, too."""
    worth = points.in_hundredths(outcome.check for outcome in report.outcomes)
    return Results(
        score=report.points,
        execution_time=round(report.seconds, 2),
        output=_summary(report),
        about=About(
            grader_version=VERSION,
            python=versions.python(),
            numpy=versions.numpy(),
            submission_sha256=report.sha256,
            seed_sha256=hashlib.sha256(str(term_seed()).encode()).hexdigest()[:16],
            isolation=dict(report.isolation),
            not_isolated=report.not_isolated,
            tried=report.tried,
            notes=report.notes,
            parts=tuple(
                PartResult(
                    number=part.number,
                    title=part.title,
                    points=report.points_of(part),
                    max_points=part.points,
                )
                for part in report.assignment.parts
            ),
            status=report.status,
        ),
        tests=tuple(
            _check_result(outcome, worth[outcome.check.number], report.assignment, for_staff=for_staff)
            for outcome in report.outcomes
        ),
        leaderboard=report.leaderboard or msgspec.UNSET,
    )


def nothing_graded(assignment: Assignment, sentence: str, *, detail: str = "") -> Results:
    """Make the results of a grading that has not got anywhere; `sentence` says why, to the student."""
    parts = assignment.parts
    return Results(
        score=0,
        output=f"{sentence}\n",
        about=About(
            notes=(sentence,),
            parts=tuple(
                PartResult(number=part.number, title=part.title, points=0, max_points=part.points)
                for part in parts
            ),
            status="grader fault",
            detail=detail,
        ),
        tests=tuple(
            CheckResult(
                name=f"{part.number} {part.title}",
                number=part.number,
                score=0,
                max_score=part.points,
                status="failed",
                output=sentence,
            )
            for part in parts
        ),
    )


def _summary(report: Report) -> str:
    """Sum up the points per part, as Markdown, for the top of the page."""
    lines = [f"**{report.points:g} of {report.max_points:g} points**", ""]
    if not report.finished:
        lines += [NOT_FINISHED, ""]
    if report.outcomes:
        lines += ["| part | | points |", "|---|---|---|"]
        lines += [
            f"| {part.number} | {part.title} | {report.points_of(part):g} / {part.points:g} |"
            for part in report.assignment.parts
        ]
    notes = (*report.notes, report.graded_with, report.not_isolated)
    lines += ["", *(f"- {note}" for note in notes if note)]
    return "\n".join(lines).rstrip() + "\n"


def _check_result(outcome: Outcome, worth: float, assignment: Assignment, *, for_staff: bool) -> CheckResult:
    check, output = outcome.check, outcome.words
    if assignment.feedback.show_inputs and outcome.example and not outcome.passed:
        output += f"\n\nThis shows it:\n\n```python\n{outcome.example}\n```\n"
    return CheckResult(
        name=check.title,
        number=check.number,
        score=worth if outcome.passed else 0.0,
        max_score=worth,
        status="passed" if outcome.passed else "failed",
        output=output if len(output) <= MAX_OUTPUT else outcome.words[:MAX_OUTPUT],
        tags=(check.shown,),
        visibility=check.visibility,
        explanation=Explanation(
            verdict=outcome.verdict,
            mistake=outcome.mistake,
            diagnosis=zoo.by_name(outcome.mistake, assignment).says if outcome.mistake else "",
            reason=outcome.reason if outcome.told else "",
            cause=outcome.cause,
            example=outcome.example if for_staff else "",
            evidence=outcome.evidence if for_staff and not outcome.passed else None,
        ),
    )


# Results as a file.


def to_json(results: Results) -> str:
    """Return the text of results.json."""
    # Not msgspec's own encoder: it writes nan as null, where no answer at all is better.
    text = json.dumps(msgspec.to_builtins(results), allow_nan=False, ensure_ascii=False)
    return msgspec.json.format(text, indent=1)  # as json.dumps would, in a fifth of the time


def write(results: Results, path: Path) -> None:
    """Replace the file at once, so that whoever reads it finds all of the old or all of the new."""
    text = to_json(results)
    with whole_file.private(path) as part:
        part.write_text(text, encoding="utf-8")
        part.chmod(0o644)


def read(path: Path) -> Results:
    """Read a results.json that this grader wrote; raises UserError if it is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Results)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    except msgspec.DecodeError as error:
        raise UserError(f"{path} is no results.json of this grader ({error}); grade again.") from None


def schema() -> dict[str, Any]:
    """Return the JSON schema of results.json."""
    return msgspec.json.schema(Results)
