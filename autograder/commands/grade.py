"""The command `grade`: one submission, every check, its points and the reason."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.common.errors import UserError

if TYPE_CHECKING:
    from autograder.gradescope.results import Results
    from autograder.grading.report import Report


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--results", type=click.Path(path_type=Path), help="Write a Gradescope results.json here too.")
@click.option("--strict", is_flag=True, help="Refuse to grade where the submission cannot be isolated.")
@click.option("--json", "as_json", is_flag=True, help="Print the content of results.json, not a table.")
@click.option("-v", "--verbose", is_flag=True, help="Show the input of each failing check.")
def grade(file: Path, results: Path | None, strict: bool, as_json: bool, verbose: bool) -> None:
    """Grade one solution.py and show every check, its points and the reason.

    FILE may also be a notebook, or a folder or a zip archive that holds one of them.  Exit status 1:
    the grader itself failed, or refused to grade.

    \b
    Example: python -m autograder grade solution.py --results results.json
    """
    from autograder.sandbox.process import fork_server

    fork_server.prepare()  # it imports NumPy while this process does

    from autograder.assignment import config
    from autograder.common.terminal import echo_json
    from autograder.gradescope.results import nothing_graded, results_of, to_json
    from autograder.grading.grade import grade
    from autograder.intake.submission import read
    from autograder.sandbox.guarantees import NotIsolated

    assignment = config.load()
    publish = _publisher(results)
    publish(nothing_graded(assignment, "Grading has started and has not finished."))
    try:
        report = grade(read(file), assignment=assignment, strict=strict)
    except UserError as error:
        publish(nothing_graded(assignment, str(error)))
        raise
    except NotIsolated as reason:
        publish(nothing_graded(assignment, f"Not graded, which is not your mistake: {reason}"))
        click.echo(f"autograder: nothing was graded: {reason}", err=True)
        sys.exit(1)
    publish(results_of(report))
    if as_json:
        echo_json(to_json(results_of(report)))
    else:
        _show(report, verbose)
    sys.exit(1 if report.status == "grader fault" else 0)


def _show(report: "Report", verbose: bool) -> None:
    from rich.console import Console

    from autograder.commands import report_table

    report_table.show(report, Console(), verbose=verbose)


def _publisher(results: Path | None) -> "Callable[[Results], None]":
    """Return what writes results.json: at once, again and again; nothing if nobody wants it."""
    from autograder.gradescope.results import write

    if results is None:
        return lambda content: None
    if not results.parent.is_dir():
        raise UserError(f"the folder {results.parent} for --results does not exist; make it first.")

    def publish(content: "Results") -> None:
        try:
            write(content, results)
        except OSError as error:
            raise UserError(f"{results} cannot be written: {error.strerror}.") from None

    return publish
