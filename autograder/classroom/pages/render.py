"""Draw the pages of a graded class: one for the staff, and one for each student.

A page is one HTML file that needs no other.  It follows from the records alone: the same
records give the same bytes.
"""

import base64
import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from autograder.assignment.config import Assignment
from autograder.classroom import concerns
from autograder.classroom.changes import Changes
from autograder.classroom.decisions.totals import NOTHING_DECIDED, Totals
from autograder.classroom.grades_folder import feedback_folder, for_staff
from autograder.classroom.pages import clusters, markdown, statistics
from autograder.common import sanitize
from autograder.common.errors import UserError
from autograder.gradescope.results import CheckResult, Results
from autograder.grading.report import place, round_points

TEMPLATES = Path(__file__).with_name("templates")
# What Gradescope calls a check of which students see nothing but the points.
HIDDEN = "hidden"


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
    if Path(grade.key).name != grade.key:
        raise UserError(f"{grade.key!r} cannot be the name of a file; grade the class again.")
    _write(feedback_folder(out) / f"{grade.key}.html", feedback(grade, assignment, totals))


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
    return _render(
        "index.html",
        script=_template("index.js"),
        assignment=assignment,
        grades=sorted(grades, key=lambda grade: (grade.handin.names, grade.key)),
        overview=statistics.sum_up(grades, assignment.totals.programming),
        concerns=concerns.find(grades, assignment.dates, not_looked_at, totals),
        totals=totals,
        clusters=clusters.find(grades),
    )


def feedback(grade: Results, assignment: Assignment, totals: Totals = NOTHING_DECIDED) -> str:
    """Return the page that one student reads."""
    return _render("feedback.html", script="", assignment=assignment, grade=grade, total=totals.total(grade))


def differences(changes: Changes, assignment: Assignment) -> str:
    """Return the page that shows what differs between two gradings."""
    return _render("changes.html", script="", assignment=assignment, changes=changes)


def alike(grade: Results, part: str) -> list[list[CheckResult]]:
    """Group the checks of a part that say the same of the same function; each is explained once."""
    checks = [check for check in grade.tests if f"{check.number}.".startswith(f"{part}.")]
    functions: dict[str, dict[tuple[object, ...], list[CheckResult]]] = {}
    for check in sorted(checks, key=lambda check: place(check.number)):
        groups = functions.setdefault(check.function, {})
        groups.setdefault((check.passed, reason(check)), []).append(check)
    return [group for groups in functions.values() for group in groups.values()]


def title_of(check: CheckResult) -> str:
    """Return what the student knows a check by."""
    return "(hidden)" if check.visibility == HIDDEN else check.name


def reason(check: CheckResult) -> str:
    """Return what the student is told of a check, in Markdown."""
    return "" if check.visibility == HIDDEN else check.output


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: nothing is loaded, nothing runs but what is written here."""
    rules = ["default-src 'none'", f"style-src {_hash(style)}", "base-uri 'none'", "form-action 'none'"]
    return "; ".join([*rules, f"script-src {_hash(script)}"] if script else rules)


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _render(template: str, *, script: str, **values: Any) -> str:
    style = _template("page.css")
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
        "clean": sanitize.clean,
        "visible": markdown.visible,
        "total_of": lambda grade, totals: totals.total(grade),
        "points": lambda points: f"{round_points(points):g}",
    }
    environment.globals |= {
        "alike": alike,
        "reason": reason,
        "title_of": title_of,
        "why_not_graded": statistics.why_not_graded,
    }
    return environment


def _write(file: Path, page: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.") from None
