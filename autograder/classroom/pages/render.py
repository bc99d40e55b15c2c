"""Draw the pages of a graded class: for the staff an index and a page per student; for each student one.

A page is one HTML file that needs no other.  It follows from the records alone: the same
records give the same bytes.
"""

import base64
import functools
import hashlib
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from autograder.assignment.config import Assignment
from autograder.classroom import concerns
from autograder.classroom.alphabet import alphabetical
from autograder.classroom.changes import Changes
from autograder.classroom.decisions import records
from autograder.classroom.decisions.totals import NOTHING_DECIDED, Totals
from autograder.classroom.grades_folder import feedback_folder, for_staff, staff_pages_folder
from autograder.classroom.pages import clusters, failures, listing, markdown, statistics
from autograder.common import sanitize
from autograder.common.errors import UserError
from autograder.gradescope.results import CheckResult, Results
from autograder.grading.evidence import Evidence
from autograder.grading.report import is_within, place, round_points
from autograder.intake.submission import Submission

TEMPLATES = Path(__file__).with_name("templates")


def write_index(
    grades: list[Results],
    assignment: Assignment,
    out: Path,
    not_looked_at: Sequence[str] = (),
    totals: Totals = NOTHING_DECIDED,
) -> None:
    """Write for-staff/index.html: the whole class; not_looked_at: what belongs to nobody."""
    _write(for_staff(out) / "index.html", index(grades, assignment, not_looked_at, totals))


def write_feedback(
    grade: Results, assignment: Assignment, out: Path, totals: Totals = NOTHING_DECIDED
) -> None:
    """Write for-students/feedback/<key>.html: what one student reads."""
    _write(_page_of(grade, feedback_folder(out)), feedback(grade, assignment, totals))


def write_staff_page(
    grade: Results,
    submission: Submission | None,
    assignment: Assignment,
    out: Path,
    before: Results | None = None,
    after: Results | None = None,
    totals: Totals = NOTHING_DECIDED,
) -> None:
    """Write for-staff/students/<key>.html: what the staff reads of one student; see `staff_page`."""
    page = staff_page(grade, submission, assignment, before, after, totals)
    _write(_page_of(grade, staff_pages_folder(out)), page)


def write_page_of_one(grade: Results, submission: Submission, assignment: Assignment, file: Path) -> None:
    """Write what the staff reads of a submission that was graded by itself; see `staff_page`."""
    _write(file, staff_page(grade, submission, assignment))


def write_changes(changes: Changes, assignment: Assignment, file: Path) -> None:
    """Write what differs between two gradings, for the staff."""
    _write(file, differences(changes, assignment))


def index(
    grades: list[Results],
    assignment: Assignment,
    not_looked_at: Sequence[str] = (),
    totals: Totals = NOTHING_DECIDED,
) -> str:
    """Return the page that shows the whole class."""
    return draw(
        "index.html",
        script="index.js",
        assignment=assignment,
        grades=by_name(grades),
        overview=statistics.sum_up(grades, assignment.totals.programming),
        concerns=concerns.find(grades, assignment.dates, not_looked_at, totals),
        totals=totals,
        clusters=clusters.find(grades),
        notes=statistics.notes(grades),
    )


def feedback(grade: Results, assignment: Assignment, totals: Totals = NOTHING_DECIDED) -> str:
    """Return the page that one student reads."""
    causes = failures.causes(grade.tests)
    return draw(
        "feedback.html",
        assignment=assignment,
        grade=grade,
        causes=causes,
        total=totals.total(grade),
    )


def staff_page(
    grade: Results,
    submission: Submission | None,
    assignment: Assignment,
    before: Results | None = None,
    after: Results | None = None,
    totals: Totals = NOTHING_DECIDED,
) -> str:
    """Return the page that the staff reads of one submission: its code, what failed, and what was due.

    grade: made with `results_of(report, for_staff=True)`; of a submission that was graded by itself,
    without a class, the page links to no other.  submission: None if nothing was handed in, or if it
    cannot be read any more.  before, after: the neighbours in the class.
    """
    refused = grade.about.status == "refused"  # then all that there is to say is why
    of_file = [check for check in grade.tests if is_within(check.number, assignment.file_number)]
    causes = failures.causes(of_file if refused else grade.tests)
    return draw(
        "staff.html",
        script="staff.js",
        assignment=assignment,
        grade=grade,
        name=grade.handin.names or (submission.name if submission else ""),
        before=before,
        after=after,
        concerns=concerns.of(grade, assignment.dates, totals),
        functions=failures.functions(grade),
        causes=causes,
        total=totals.total(grade),
        to_decide=_to_decide(grade),
        listing=listing.of(submission, causes),
    )


def _to_decide(grade: Results) -> str:
    """Return the lines of decisions.toml about somebody; nothing where nobody is told."""
    for person in grade.handin.people[:1]:
        return records.snippet(person=person.id or person.email or person.name)
    return ""


def differences(changes: Changes, assignment: Assignment) -> str:
    """Return the page that shows what differs between two gradings."""
    return draw("changes.html", assignment=assignment, changes=changes)


def by_name(grades: Sequence[Results]) -> list[Results]:
    """Return a class by the alphabet of its names, as the index has it."""
    return sorted(grades, key=lambda grade: (alphabetical(grade.handin.names), grade.key))


def alike(grade: Results, part: str) -> list[list[CheckResult]]:
    """Group the checks of a part that passed and say the same of the same function."""
    checks = [check for check in grade.tests if check.passed and is_within(check.number, part)]
    functions: dict[str, dict[str, list[CheckResult]]] = {}
    for check in sorted(checks, key=lambda check: place(check.number)):
        groups = functions.setdefault(check.function, {})
        groups.setdefault(failures.reason(check), []).append(check)
    return [group for groups in functions.values() for group in groups.values()]


def beside(evidence: Evidence, side: int) -> list[tuple[bool, str]]:
    """Return the rows of an answer (side 0) or of the one that was due (1), and which of them differ."""
    texts = (markdown.visible(text).split("\n") for text in (evidence.got, evidence.want))
    pairs = itertools.zip_longest(*texts, fillvalue="")
    return [(pair[0] != pair[1], pair[side]) for pair in pairs]


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: nothing is loaded, nothing runs but what is written here."""
    rules = ["default-src 'none'", f"style-src {_hash(style)}", "base-uri 'none'", "form-action 'none'"]
    return "; ".join([*rules, f"script-src {_hash(script)}"] if script else rules)


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def draw(template: str, *, style: str = "page.css", script: str = "", **values: Any) -> str:
    """Fill a template.  style, script: the files of what is written into the page, if it has any."""
    style, script = _template(style), _template(script) if script else ""
    return (
        templates()
        .get_template(template)
        .render(style=Markup(style), script=Markup(script), policy=policy(style, script), **values)
    )


@functools.cache
def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@functools.cache
def templates() -> jinja2.Environment:
    """Return the templates; whatever stands in {{ }} is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "blocks": markdown.blocks,
        "line": markdown.line,
        "visible": markdown.visible,
        "clean": sanitize.clean,
        "total_of": lambda grade, totals: totals.total(grade),
        "points": lambda points: f"{round_points(points):g}",
    }
    environment.globals |= {
        "alike": alike,
        "beside": beside,
        "not_written": failures.not_written,
        "reason": failures.reason,
        "title_of": failures.title_of,
        "told_once": failures.told_once,
        "told_to_staff": failures.told_to_staff,
        "why_not_graded": statistics.why_not_graded,
    }
    return environment


def _page_of(grade: Results, folder: Path) -> Path:
    """Return the file of a student's page; raises UserError if the key would lead out of the folder."""
    if Path(grade.key).name != grade.key:
        raise UserError(f"{grade.key!r} cannot be the name of a file; grade the class again.")
    return folder / f"{grade.key}.html"


def _write(file: Path, page: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.") from None
