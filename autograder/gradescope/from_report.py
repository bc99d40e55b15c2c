"""Make Gradescope's results of a Report, or of a grading that has not got anywhere."""

import hashlib

import msgspec

from autograder import VERSION
from autograder.assignment.config import Assignment, term_seed
from autograder.common import versions
from autograder.gradescope.results import About, CheckResult, Explanation, PartResult, Results
from autograder.grading import points, zoo
from autograder.grading.report import Outcome, Report
from autograder.sandbox.guarantees import NotIsolated

NOT_FINISHED = (  # students read it only if it stays so
    "The grader did not finish. This is not your mistake: please tell the course staff. "
    "Whatever it graded before it stopped counts."
)
MAX_OUTPUT = 2000  # characters that one check may say; Gradescope itself cuts at 50,000


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


def not_isolated(assignment: Assignment, reason: NotIsolated) -> Results:
    """Make the results of a grading that was refused, because this machine cannot isolate a submission."""
    sentence = f"Not graded. This is not your mistake: please tell the course staff. The reason: {reason}"
    return nothing_graded(assignment, sentence)


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
