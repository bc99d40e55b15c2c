"""The command `class`: an export in, a gradebook and pages out."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.common import packages
from autograder.common.errors import UserError
from autograder.common.terminal import echo_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.classroom.decisions.records import Decisions
    from autograder.classroom.decisions.totals import Totals
    from autograder.classroom.exports.reader import Export, Submitted
    from autograder.classroom.grade_all import GradingOptions
    from autograder.gradescope.results import Results
    from autograder.intake.submission import Submission

MOST_CONCERNS = 10  # that are told in the terminal


@click.command("class")
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option(
    "--out", "grades", required=True, type=click.Path(path_type=Path), help="The folder to write to."
)
@click.option(
    "--decisions",
    "decided",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The file of decisions; default: decisions.toml beside SUBMISSIONS.",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Number of processes; default: one per core.")
@click.option("--cluster", metavar="ADDRESS", help="Grade on a Dask cluster; see above.")
@click.option("--strict", is_flag=True, help="Refuse to grade where submissions cannot be isolated.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def class_(
    submissions: Path,
    grades: Path,
    decided: Path | None,
    jobs: int | None,
    cluster: str | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Grade a whole class: a table and an overview for the staff, and a page for each student.

    SUBMISSIONS is an export of Gradescope, Canvas or Moodle, or a folder with one file, archive
    or folder per student.  What the same grader has graded already is not graded again: after
    control-C, run the same command again to continue.  Exit status 1: index.html lists what to look at.

    Decisions (docs/class.md shows one) are applied each time to everybody they fit; their file is only read.

    For a cluster, run `./setup.sh --class --cluster dask scheduler` on one machine, which prints its
    ADDRESS; on each of the others, with the same kit, seed and packages, run
    `./setup.sh --class --cluster dask worker ADDRESS`.

    \b
    Example: python -m autograder class submissions.zip --out grades
    """
    with packages.needed("class", "./setup.sh --class"):
        from autograder.parallel import pool

        if cluster is None:
            pool.prepare()
        from autograder.classroom.exports import reader
        from autograder.classroom.grade_all import GradingOptions
    from autograder.assignment import config
    from autograder.classroom.decisions import records, totals

    export = reader.read(submissions)
    decisions = records.of_class(submissions, grades, decided)
    _require_a_place(grades, submissions)
    options = GradingOptions(grades, jobs, cluster, strict)
    done = sorted(_graded(export.submitted, options), key=lambda grade: grade.key)
    settled = totals.settle(done, decisions, config.load())
    _write(done, settled, export, grades)
    summary = {**_summary(done, settled, export, grades), **_decided(settled, decisions)}
    if as_json:
        echo_json(json.dumps(summary, indent=1, ensure_ascii=False))
    else:
        click.echo(_sentence(summary))
    sys.exit(1 if summary["to_look_at"] or summary["concerns"] else 0)


def _require_a_place(grades: Path, submissions: Path) -> None:
    """Raise UserError if the folder cannot be made, or would be taken for somebody's submission."""
    if submissions.is_dir() and grades.resolve().is_relative_to(submissions.resolve()):
        raise UserError(
            f"{grades} is inside {submissions}, where it would be taken for a submission; choose another."
        )
    try:
        grades.mkdir(parents=True, exist_ok=True)
        # Whatever it is called, git must not take names and grades for a part of the kit.
        (grades / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"the folder {grades} cannot be created: {error.strerror}.") from None


def _graded(found: "Sequence[Submitted]", options: "GradingOptions") -> "list[Results]":
    """Grade all, with a bar that says how long it will take."""
    from rich.console import Console
    from rich.progress import track

    from autograder.classroom import grade_all

    done: list[Results] = []
    console = Console(stderr=True)
    bar = track(
        grade_all.grade_all(found, options),
        "grading",
        total=len(found),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    try:
        for grade in bar:
            done.append(grade)
    except KeyboardInterrupt:
        click.echo(
            f"Interrupted: {len(done)} of {len(found)} are graded; run the same command again to continue.",
            err=True,
        )
        sys.exit(1)
    return done


def _write(done: "list[Results]", totals: "Totals", export: "Export", grades: Path) -> None:
    from autograder.assignment import config
    from autograder.classroom import gradebook, grades_folder, upload
    from autograder.classroom.decisions import totals_file
    from autograder.classroom.pages import render

    assignment, staff = config.load(), grades_folder.for_staff(grades)
    students = grades_folder.for_students(grades)
    try:
        totals_file.write(totals, grades)
        gradebook.write(done, staff / "grades.csv", assignment.dates, totals)
        for grade in done:
            render.write_feedback(grade, assignment, grades, totals)
        _write_staff_pages(done, totals, export, grades)
        render.write_index(done, assignment, grades, export.not_looked_at, totals)
        upload.write_tables(done, assignment, export.kind, staff, totals)
        pages = grades_folder.feedback_folder(grades)
        upload.write_pages(done, pages, assignment, students / "feedback.zip")
    except OSError as error:
        where = error.filename or grades
        raise UserError(f"{where} cannot be written: {error.strerror}; what is graded is kept.") from None


def _write_staff_pages(done: "list[Results]", totals: "Totals", export: "Export", grades: Path) -> None:
    """Write what the staff reads of each student, each with its neighbours by name."""
    from autograder.assignment import config
    from autograder.classroom.pages import render

    submitted = {one.handin.key: one for one in export.submitted}
    in_order = render.by_name(done)
    for before, grade, after in zip([None, *in_order], in_order, [*in_order[1:], None], strict=False):
        taken = _taken(submitted[grade.key])
        render.write_staff_page(grade, taken, config.load(), grades, before, after, totals)


def _taken(submitted: "Submitted") -> "Submission | None":
    """Read what was handed in once more; None if it cannot be read now."""
    try:
        return submitted.take()
    except UserError:
        return None


def _summary(done: "list[Results]", totals: "Totals", export: "Export", grades: Path) -> dict[str, Any]:
    """Count what a TA wants to know first."""
    from autograder.assignment import config
    from autograder.classroom import concerns

    count = {
        status: sum(grade.about.status == status for grade in done)
        for status in ("graded", "refused", "missing", "grader fault")
    }
    scores = [grade.score for grade in done if grade.about.status == "graded"]
    found = concerns.find(done, config.load().dates, export.not_looked_at, totals)
    refused = {grade.key for grade in done if grade.about.status == "refused"}
    return {
        "grades": str(grades),
        "submissions": len(done),
        **count,
        "mean": round(sum(scores) / len(scores), 2) if scores else None,
        "not_isolated": next((grade.about.not_isolated for grade in done if grade.about.not_isolated), ""),
        "not_looked_at": export.not_looked_at,
        "concerns": [concern.sentence for concern in found],
        "to_look_at": sorted(refused.union(*({grade.key for grade in one.members} for one in found))),
    }


def _decided(totals: "Totals", decisions: "Decisions") -> dict[str, Any]:
    """Count what people decided, and what late days cost."""
    each = totals.of.values()
    return {
        "decisions_file": decisions.file,
        "decisions": len(decisions.decisions) + len(decisions.extensions),
        "decided_for": sum(bool(total.decisions) for total in each),
        "late_days_cost": sum(bool(total.taken_for_late) for total in each),
    }


def _about_decisions(summary: dict[str, Any]) -> list[str]:
    said = []
    if summary["decisions"]:
        records = "1 record" if summary["decisions"] == 1 else f"{summary['decisions']} records"
        scores = "1 score" if summary["decided_for"] == 1 else f"{summary['decided_for']} scores"
        said.append(f"{summary['decisions_file']}: {records}, for {scores}.")
    if summary["late_days_cost"]:
        said.append(f"Submissions that lose points for late days: {summary['late_days_cost']}.")
    return [" ".join(said)] if said else []


def _sentence(summary: dict[str, Any]) -> str:
    others = [f"{summary[status]} {status}" for status in ("refused", "missing") if summary[status]]
    if summary["grader fault"]:
        others.append(f"{summary['grader fault']} that could not be graded, through no fault of the student")
    apart = summary["decided_for"] or summary["late_days_cost"]
    before = " before decisions and late days" if apart else ""
    mean = f", mean {summary['mean']:g}{before}" if summary["mean"] is not None else ""
    concerns, grades = summary["concerns"], Path(summary["grades"])
    left = len(concerns) - MOST_CONCERNS
    return "\n".join(
        [
            *concerns[:MOST_CONCERNS],
            *([f"And {left} more to look at, in index.html."] if left > 0 else []),
            f"{summary['graded']} graded{mean}" + "".join(f", {other}" for other in others) + ".",
            *_about_decisions(summary),
            f"Staff: open {grades / 'for-staff' / 'index.html'}; the table is grades.csv beside it.",
            f"Students: send each of them their own page from {grades / 'for-students'}.",
        ]
    )
