"""The command `grade`: one submission or a few, every check, its points and the reason."""

import sys
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.common import packages, sanitize
from autograder.common.errors import UserError

if TYPE_CHECKING:
    from autograder.gradescope.results import Results
    from autograder.grading.report import Report
    from autograder.intake.submission import Submission


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--results", type=click.Path(path_type=Path), help="Also write a Gradescope results.json to this file."
)
@click.option("--strict", is_flag=True, help="Refuse to grade where the submission cannot be isolated.")
@click.option("--json", "as_json", is_flag=True, help="Print the content of results.json, not a table.")
@click.option("-v", "--verbose", is_flag=True, help="For the staff: what failed, and what was expected.")
@click.option(
    "--only", multiple=True, metavar="NAME", help="Only this part, check or function; may be repeated."
)
@click.option("--html", type=click.Path(path_type=Path), help="Write the staff's page about it to this file.")
@click.option("--open", "open_page", is_flag=True, help="Open that page in a browser.")
def grade(
    files: tuple[Path, ...],
    results: Path | None,
    strict: bool,
    as_json: bool,
    verbose: bool,
    only: tuple[str, ...],
    html: Path | None,
    open_page: bool,
) -> None:
    """Grade one solution.py, or several, and show every check, its points and the reason.

    FILE may also be a notebook, or a folder or a zip archive that holds one of them.  Exit status 1:
    the grader itself failed, or refused to grade.

    \b
    Example: python -m autograder grade solution.py --results results.json
    At office hours: python -m autograder grade solution.py --verbose --only 1.4
    """
    from autograder.assignment import config
    from autograder.gradescope.from_report import not_isolated, nothing_graded, results_of
    from autograder.grading.grade import grade
    from autograder.intake.submission import read
    from autograder.sandbox.guarantees import NotIsolated

    _require_one_whole(files, only, {"--results": results, "--html": html, "--open": open_page}, as_json)
    write_page = _page_writer(html, open_page)
    assignment = config.load()
    publish = _publisher(results)
    publish(nothing_graded(assignment, "Grading has started and has not finished."))
    reports = []
    try:
        for file, submission in zip(files, [read(file) for file in files], strict=True):
            report = grade(submission, assignment=assignment, strict=strict, only=only)
            publish(results_of(report))
            reports.append(report)
            if not as_json:
                _show(report, verbose, file if len(files) > 1 else None)
            write_page(report, submission)
    except UserError as error:
        publish(nothing_graded(assignment, str(error)))
        raise
    except NotIsolated as reason:
        publish(not_isolated(assignment, reason))
        click.echo(f"autograder: nothing was graded: {reason}", err=True)
        sys.exit(1)
    if as_json:
        _print_json([results_of(report) for report in reports])
    elif len(files) > 1:
        _show_all(files, reports)
    sys.exit(1 if any(report.status == "grader fault" for report in reports) else 0)


def _require_one_whole(
    files: Sequence[Path], only: Sequence[str], whole: "dict[str, object]", as_json: bool
) -> None:
    """Raise UserError where an option that is about one whole submission meets several, or parts."""
    given = [option for option, value in whole.items() if value]
    if given and len(files) > 1:
        raise UserError(f"{given[0]} is for one submission; name one file.")
    if only and (given or as_json):
        raise UserError(f"--only shows a part, and {(*given, '--json')[0]} the whole; leave one of them out.")


def _show(report: "Report", verbose: bool, file: Path | None) -> None:
    """Print a report; file: what it is called among several."""
    from rich.console import Console
    from rich.text import Text

    from autograder.commands import report_table

    console = Console()
    if file:
        console.rule(Text(sanitize.clean(str(file))), align="left")
    report_table.show(report, console, verbose=verbose)


def _show_all(files: Sequence[Path], reports: "Sequence[Report]") -> None:
    """Print the points of each of several files once more, together."""
    from rich.console import Console

    from autograder.commands import report_table

    console = Console()
    console.rule()
    for file, report in zip(files, reports, strict=True):
        console.print(report_table.points_of(report), sanitize.clean(str(file)), markup=False, soft_wrap=True)


def _print_json(graded: "Sequence[Results]") -> None:
    """Print one object, or a list of them where there are several files."""
    from autograder.common.terminal import echo_json
    from autograder.gradescope.results import to_json

    one = [to_json(results) for results in graded]
    echo_json(one[0] if len(one) == 1 else f"[{','.join(one)}]")


def _page_writer(html: Path | None, open_page: bool) -> "Callable[[Report, Submission], None]":
    """Return what writes the staff's page, and opens it; nothing if nobody wants it."""
    if html is None and not open_page:
        return lambda report, submission: None
    with packages.needed("--html" if html else "--open", "./setup.sh --class"):
        from autograder.classroom.pages import render

    def write(report: "Report", submission: "Submission") -> None:
        from autograder.gradescope.from_report import results_of

        file = html or Path(tempfile.mkdtemp(prefix="autograder-")) / "submission.html"
        render.write_page_of_one(results_of(report, for_staff=True), submission, report.assignment, file)
        click.echo(f"For the staff: {file}", err=True)
        if open_page and not webbrowser.open(file.resolve().as_uri()):
            click.echo("No browser could be opened; open that file by hand.", err=True)

    return write


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
