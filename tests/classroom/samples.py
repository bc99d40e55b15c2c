"""Make records of graded submissions: from a real grading, or check by check."""

import datetime
import functools

import msgspec

from autograder import ROOT
from autograder.assignment import config
from autograder.assignment.late import Late
from autograder.classroom.decisions import records, totals
from autograder.classroom.decisions.totals import NOTHING_DECIDED
from autograder.classroom.grades_folder import for_staff
from autograder.classroom.pages import render
from autograder.gradescope.from_report import results_of
from autograder.gradescope.results import About, CheckResult, Explanation, PartResult, Results
from autograder.grading import zoo
from autograder.grading.verdict import Verdict
from autograder.intake.handin import Handin, Person
from autograder.intake.submission import Submission
from tests.conftest import grade_source

# Of each ten students, each hands in one of these.
SOURCES = (
    "reference",
    "backward/gradient-summed",
    "reference",
    "template",
    "missing",
    "backward/gradient-summed",
    "reference",
    "not python",
    "reference",
    "backward/gradient-summed",
)


def a_class(size):
    """Return a class in which every tenth student hands in the same; five submissions are graded for it."""
    return [graded(number, SOURCES[number % len(SOURCES)]) for number in range(size)]


def graded(number, source="reference", **about):
    """Return what became of "Student 007" (number 7) who handed in `source`."""
    if source == "missing":
        return record(number, status="missing", submission_sha256="", **about)
    status = "refused" if source == "not python" else "graded"
    return results(source).with_about(**{**_about(number), "status": status, "not_isolated": "", **about})


def submission(number):
    """Return what "Student 007" (number 7) of `a_class` handed in."""
    source = SOURCES[number % len(SOURCES)]
    return None if source == "missing" else Submission("solution.py", _bytes(source))


def write_pages(grades, out, decisions=NOTHING_DECIDED):
    """Write everybody's pages and the index as `class` does, and an empty table beside it."""
    assignment, in_order = config.load(), render.by_name(grades)
    render.write_index(grades, assignment, out, totals=decisions)
    (for_staff(out) / "grades.csv").touch()
    for before, grade, after in zip([None, *in_order], in_order, [*in_order[1:], None], strict=False):
        render.write_feedback(grade, assignment, out, decisions)
        handed_in = submission(int(grade.handin.people[0].id.removeprefix("id")))
        render.write_staff_page(grade, handed_in, assignment, out, before, after, decisions)


def decided(grades, *, days_late=2):
    """Return the totals of a class in which people decided a dozen things and late days cost points."""
    who = 'reason = "%s"\nby = "Ada"\nwhen = 2027-02-15\n' % ("The text could be read so. " * 5)
    text = f'[[decisions]]\nmistake = "backward/gradient-summed"\npoints = 0.5\n{who}'
    for grade in grades[:11]:
        text += f'[[decisions]]\nperson = "{grade.key}"\npoints = -0.25\n{who}'
    text += f'[[extensions]]\nperson = "{grades[1].key}"\ndays = 1\n'
    late = msgspec.structs.replace(config.load(), late=Late(percent_per_day=10))
    return totals.settle([late_by(grade, days_late) for grade in grades], records.parse(text), late)


def late_by(grade, days):
    """Return the same, handed in so many days late."""
    return grade.with_about(handin=msgspec.structs.replace(grade.handin, late=True, days_late=days))


def record(number, *checks, name=None, key=None, **about):
    """Return what became of "Student 007" (number 7), whose checks went like this."""
    parts = tuple(
        PartResult(number=part.number, title=part.title, max_points=part.points, points=_sum(checks, part))
        for part in config.load().parts
    )
    about = {**_about(number), "handin": handin(number, name, key), "parts": parts, **about}
    return Results(
        score=round(sum(check.score for check in checks), 2), about=About(**about), tests=tuple(checks)
    )


def check(
    number="1.2.1", *, points=1.0, most=1.0, output="", title=None, function="relu", verdict=None, mistake=""
):
    """Return how one check went; what earns less than it could has failed."""
    passed = points == most
    verdict = verdict or (Verdict.PASSED if passed else Verdict.WRONG)
    return CheckResult(
        name=title or f"{function}: check {number}",
        number=number,
        score=points,
        max_score=most,
        status="passed" if passed else "failed",
        output=output,
        tags=(function,),
        explanation=Explanation(
            verdict=verdict, mistake=mistake, diagnosis=f"Diagnosis of *{mistake}*." if mistake else ""
        ),
    )


def failing(number="1.2.1", output="Wrong.", **keywords):
    """Return a check that earned nothing."""
    return check(number, points=0.0, output=output, **keywords)


def handin(number, name=None, key=None):
    """Return who handed in."""
    person = Person(
        name=name or f"Student {number:03}", id=f"id{number:03}", email=f"s{number:03}@example.org"
    )
    return Handin(
        key=key or f"student-{number:03}",
        people=(person,),
        file_name="solution.py",
        submitted=datetime.datetime(2027, 2, 8, 20, number % 60, tzinfo=datetime.timezone.utc),
        late=number % 9 == 4,
    )


@functools.cache
def results(source):
    """Grade a submission and return its results.json."""
    return results_of(grade_source(_bytes(source)), for_staff=True)


def _bytes(source):
    if source in ("reference", "template"):
        return (ROOT / source / "solution.py").read_bytes()
    if source == "not python":
        return b"def relu(x:\n    return x\n"
    return zoo.by_name(source).source


def _about(number):
    return {
        "handin": handin(number),
        "status": "graded",
        "submission_sha256": f"s{number}",
        "grader_sha256": "g1",
    }


def _sum(checks, part):
    return round(sum(check.score for check in checks if check.number.startswith(part.number)), 2)
