"""The command `selfcheck`: grade the grader."""

import json
import sys

import click


@click.command()
@click.option("--mutants/--no-mutants", default=True, help="Also grade mutants of the reference.")
@click.option("--only", default="", metavar="TEXT", help="Only what has this text in its name.")
@click.option("--jobs", type=click.IntRange(min=1), help="Number of processes; default: one per core.")
@click.option(
    "--repeat",
    default=1,
    type=click.IntRange(min=1),
    help="Grade the zoo this many times; the results must agree.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what became of each submission as JSON.")
def selfcheck(mutants: bool, only: str, jobs: int | None, repeat: int, as_json: bool) -> None:
    """Grade submissions whose points are known, and mutants; exit with 1 if anything is off.

    \b
    Example: python -m autograder selfcheck --only backward
    """
    from rich.console import Console
    from rich.progress import Progress

    from autograder.selfcheck import judge as check
    from autograder.selfcheck import tables

    findings = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
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
    complete = mutants and not only
    if as_json:
        click.echo(json.dumps([check.plain(finding) for finding in findings], indent=1))
    else:
        tables.show(findings, Console(), complete=complete)
    sys.exit(0 if tables.is_well(findings, complete=complete) else 1)
