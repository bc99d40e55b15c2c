"""The command `diff`: whose score moves between two gradings, and through which checks."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.common import packages, sanitize
from autograder.common.terminal import echo_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console
    from rich.table import Table

    from autograder.classroom.changes import Changes, Move

# Checks that are named; --json and --out have them all.
MOST_OF_ONE = 4
MOST_OF_ALL = 10


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Also write a page with every check to this file."
)
def diff(old: Path, new: Path, as_json: bool, out: Path | None) -> None:
    """Say whose score changes between two gradings, in which checks and decisions, and why.

    OLD and NEW are folders that `class` wrote, or one file of their results each.  Exit
    status 0: no score changes; 1: some do.

    \b
    Example: python -m autograder diff grades-before grades-after
    """
    from autograder.classroom import changes

    found = changes.between(old, new)
    if out:
        _write(found, out)
    if as_json:
        echo_json(json.dumps(changes.content(found), indent=1, ensure_ascii=False))
    else:
        from rich.console import Console

        _show(found, Console())
    sys.exit(1 if found.moves else 0)


def _write(changes: "Changes", out: Path) -> None:
    from autograder.assignment import config

    with packages.needed("--out", "./setup.sh --class"):
        from autograder.classroom.pages import render
    render.write_changes(changes, config.load(), out)


def _show(changes: "Changes", console: "Console") -> None:
    if changes.moves:
        console.print(_table(changes.moves))
    for line in _remarks(changes):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(changes.summary, style="bold", markup=False, highlight=False, soft_wrap=True)


def _table(moves: "Iterable[Move]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table()
    table.add_column("student")
    for heading in ("old", "new", "by"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("through")
    table.add_column("why")
    for move in moves:
        people = [f"{what} {by:+g}" for what, by in move.by_people.items()]
        checks = [f"{pair.check.number} {pair.by:+g}" for pair in move.checks]
        table.add_row(
            Text(sanitize.clean(move.new.handin.names)),
            f"{move.old_total.points:g}",
            f"{move.new_total.points:g}",
            Text(f"{move.by:+g}", "green" if move.by > 0 else "red"),
            _listed(people + checks, MOST_OF_ONE + len(people)),
            move.why,
        )
    return table


def _remarks(changes: "Changes") -> "Iterator[str]":
    """Yield what is to be said below the table, line by line."""
    for check, count in changes.through[:MOST_OF_ALL]:
        yield f"{check.number} {sanitize.clean(check.name)}: {count}"
    for word, grades in (("New", changes.came), ("Gone", changes.went)):
        if grades:
            yield f"{word}: {', '.join(sanitize.clean(grade.handin.names) for grade in grades)}"
    for pair in changes.checks:
        yield f"Check {pair.check.number} {sanitize.clean(pair.check.name)}: {pair.difference}"
    if changes.faults:
        yield changes.fault


def _listed(words: list[str], most: int) -> str:
    left = len(words) - most
    return ", ".join(words[:most]) + (f" and {left} more" if left > 0 else "")
