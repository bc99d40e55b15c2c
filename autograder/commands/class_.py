"""The command `class`: an export in, a gradebook and pages out."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.common.errors import UserError

if TYPE_CHECKING:
    from autograder.classroom.exports.reader import Submitted
    from autograder.classroom.grade_all import GradingOptions
    from autograder.gradescope.results import Results


@click.command("class")
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--out", "grades", required=True, type=click.Path(path_type=Path), help="The folder to write.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes at a time; default: one per core.")
@click.option("--cluster", metavar="ADDRESS", help="Results on a Dask cluster instead of this machine.")
@click.option("--strict", is_flag=True, help="Refuse to grade where submissions cannot be isolated.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def class_(
    submissions: Path, grades: Path, jobs: int | None, cluster: str | None, strict: bool, as_json: bool
) -> None:
    """Grade a whole class, and write grades.csv, a page for each student, and index.html.

    SUBMISSIONS is an export of Gradescope, Canvas or Moodle, or a folder with one file, archive
    or folder per student.  What was graded before, by the same grader, is not graded again: after
    control-C the same command goes on.  Exit status 1: index.html names what to look at.

    \b
    Example: python -m autograder class submissions.zip --out grades
    """
    try:
        from autograder.classroom.exports import reader
        from autograder.classroom.grade_all import GradingOptions
    except ModuleNotFoundError as error:
        raise UserError(
            f"{error.name} is not installed; use ./setup.sh --class python -m autograder ..."
        ) from None
    found = reader.read(submissions)
    _require_a_place(grades, submissions)
    options = GradingOptions(grades, jobs, cluster, strict)
    done = sorted(_graded(found, options), key=lambda grade: grade.key)
    _write(done, grades)
    summary = _summary(done, grades)
    click.echo(json.dumps(summary, indent=1) if as_json else _sentence(summary))
    sys.exit(1 if summary["to_look_at"] else 0)


def _require_a_place(grades: Path, submissions: Path) -> None:
    """Raise UserError if the folder cannot be made, or would be taken for somebody's submission."""
    if submissions.is_dir() and grades.resolve().is_relative_to(submissions.resolve()):
        raise UserError(f"{grades} lies in {submissions}, as if it were somebody's; put it elsewhere.")
    try:
        grades.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"the folder {grades} cannot be made: {error.strerror}.") from None


def _graded(found: "list[Submitted]", options: "GradingOptions") -> "list[Results]":
    """Grade all, with a bar that says how long it will take."""
    from rich.console import Console
    from rich.progress import track

    from autograder.classroom import grade_all

    done: list[Results] = []
    bar = track(
        grade_all.grade_all(found, options),
        "grading",
        total=len(found),
        console=Console(stderr=True),
        transient=True,
    )
    try:
        for grade in bar:
            done.append(grade)
    except KeyboardInterrupt:
        click.echo(
            f"Interrupted: {len(done)} of {len(found)} are graded; the same command goes on.", err=True
        )
        sys.exit(1)
    return done


def _write(done: "list[Results]", grades: Path) -> None:
    from autograder.assignment import config
    from autograder.classroom import gradebook
    from autograder.classroom.pages import render

    assignment = config.load()
    try:
        gradebook.write(done, grades / "grades.csv")
        for grade in done:
            render.write_feedback(grade, assignment, grades)
        render.write_index(done, assignment, grades)
    except OSError as error:
        raise UserError(f"{error.filename} cannot be written: {error.strerror}.") from None


def _summary(done: "list[Results]", grades: Path) -> dict[str, Any]:
    """Count what a TA wants to know first."""
    count = {
        status: sum(grade.about.status == status for grade in done)
        for status in ("graded", "refused", "missing", "grader fault")
    }
    scores = [grade.score for grade in done if grade.about.status == "graded"]
    return {
        "grades": str(grades),
        "submissions": len(done),
        **count,
        "mean": round(sum(scores) / len(scores), 2) if scores else None,
        "not_isolated": next((grade.about.not_isolated for grade in done if grade.about.not_isolated), ""),
        "to_look_at": sorted(
            grade.key
            for grade in done
            if grade.about.status in ("refused", "grader fault") or grade.about.not_isolated
        ),
    }


def _sentence(summary: dict[str, Any]) -> str:
    others = [f"{summary[status]} {status}" for status in ("refused", "missing") if summary[status]]
    if summary["grader fault"]:
        others.append(f"{summary['grader fault']} where the grader itself failed")
    mean = f", mean {summary['mean']:g}" if summary["mean"] is not None else ""
    lines = [
        f"{summary['graded']} graded{mean}" + "".join(f", {other}" for other in others) + ".",
        f"Open {Path(summary['grades']) / 'index.html'}; the table is grades.csv beside it.",
    ]
    return "\n".join([summary["not_isolated"], *lines] if summary["not_isolated"] else lines)
