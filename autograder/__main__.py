"""Offer the commands of the grader: `python -m autograder --help`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from autograder import VERSION
from autograder.problems import UserError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION)
def commands() -> None:
    """Grade submissions, and look after the grader."""


@commands.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--results", type=click.Path(path_type=Path), help="Write a Gradescope results.json here too.")
@click.option("--strict", is_flag=True, help="Refuse to grade where the submission cannot be isolated.")
@click.option("-v", "--verbose", is_flag=True, help="Show the input of each failing check.")
def grade(file: Path, results: Path | None, strict: bool, verbose: bool) -> None:
    """Grade one solution.py and show every check, its points and the reason.

    FILE may also be a folder or a zip archive that holds it.

    \b
    Example: python -m autograder grade solution.py --results results.json
    """
    from autograder import assignment, gradescope, grading
    from autograder.sandbox.promises import NotIsolated
    from autograder.submission import read

    kit = assignment.load()
    publish = _publisher(results)
    publish(gradescope.fallback(kit, "Grading has started and has not finished."))
    try:
        report = grading.grade(read(file), assignment=kit, strict=strict)
    except UserError as error:
        publish(gradescope.fallback(kit, str(error)))
        raise
    except NotIsolated as reason:
        publish(gradescope.fallback(kit, f"Not graded, which is not your mistake: {reason}"))
        click.echo(f"autograder: nothing was graded: {reason}", err=True)
        sys.exit(1)
    publish(gradescope.results(report))
    from rich.console import Console

    from autograder import terminal

    terminal.show(report, Console(), verbose=verbose)


@commands.command()
@click.option("--mutants/--no-mutants", default=True, help="Also grade mutants of the reference.")
@click.option("--only", default="", metavar="TEXT", help="Only what has this text in its name.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes at a time; default: one per core.")
@click.option(
    "--repeat", default=1, type=click.IntRange(min=1), help="Grade the zoo so often; results must agree."
)
def selfcheck(mutants: bool, only: str, jobs: int | None, repeat: int) -> None:
    """Grade submissions whose points are known, and mutants; exit with 1 if anything is off.

    \b
    Example: python -m autograder selfcheck --only backward
    """
    from rich.console import Console
    from rich.progress import Progress

    from autograder import selfcheck as check
    from autograder.selfcheck import tables

    console, findings = Console(), []
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("grading", total=None)
        found = check.run(
            with_mutants=mutants,
            only=only,
            jobs=jobs,
            repeat=repeat,
            started=lambda total: progress.update(task, total=total),
        )
        for finding in found:
            findings.append(finding)
            progress.advance(task)
    sys.exit(0 if tables.show(findings, console, complete=mutants and not only) else 1)


@commands.command()
def template() -> None:
    """Cut template/solution.py out of reference/solution.py again."""
    from autograder.template import write

    click.echo(f"Wrote {write()}.")


@commands.command()
def doctor() -> None:
    """List what works on this machine and what does not."""
    from autograder.doctor import lines

    failed = 0
    for works, line in lines():
        click.echo(f"{'[OK]  ' if works else '[FAIL]'} {line}")
        failed += not works
    sys.exit(1 if failed else 0)


def _publisher(results: Path | None) -> Callable[[dict[str, Any]], None]:
    """Return what writes results.json: at once, again and again; nothing if nobody wants it."""
    from autograder import gradescope

    if results is None:
        return lambda content: None
    if not results.parent.is_dir():
        raise UserError(f"the folder {results.parent} for --results does not exist; make it first.")

    def publish(content: dict[str, Any]) -> None:
        try:
            gradescope.write(content, results)
        except OSError as error:
            raise UserError(f"{results} cannot be written: {error.strerror}.") from None

    return publish


def main() -> None:
    """Run a command; a mistake of the user is one sentence and exit status 2."""
    try:
        commands(prog_name="python -m autograder")
    except UserError as error:
        click.echo(f"autograder: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
