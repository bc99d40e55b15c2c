"""Gradescope's results.json as one record, written and read back; from_report.py makes it.

GRADES/results/<key>.json of a class is the same file.  Pages, tables and comparisons are drawn
from it alone, so that they can be made again without grading.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from autograder.assignment import values
from autograder.assignment.config import Visibility
from autograder.common import versions, whole_file
from autograder.common.errors import UserError
from autograder.grading.evidence import Evidence
from autograder.grading.report import Entry, Status, round_points
from autograder.grading.verdict import Verdict
from autograder.intake.handin import NOBODY, Handin

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
        raise UserError(f"{path} is not a results.json of this grader ({error}); grade again.") from None


def schema() -> dict[str, Any]:
    """Return the JSON schema of results.json."""
    return msgspec.json.schema(Results)
