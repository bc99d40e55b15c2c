"""The command `diff`: whose score moves between two gradings, and through which checks."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder import text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from autograder.classroom.changes import Changes, Move

CHECKS_SHOWN = 4  # of one student; --json and --out have them all


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.option("--out", type=click.Path(path_type=Path), help="Write a page with every check here too.")
def diff(old: Path, new: Path, as_json: bool, out: Path | None) -> None:
    """Say whose score moves between two gradings, through which checks, and why.

    OLD and NEW are folders that `class` wrote, or one file of their results each.  Exit
    status 0: no score moves; 1: some do.

    \b
    Example: python -m autograder diff grades-before grades-after
    """
    from autograder.classroom import changes

    found = changes.between(old, new)
    if out:
        from autograder import assignment
        from autograder.classroom import pages

        pages.write_changes(found, assignment.load(), out)
    if as_json:
        click.echo(json.dumps(changes.content(found), indent=1, ensure_ascii=False))
    else:
        from rich.console import Console

        _show(found, Console())
    sys.exit(1 if found.moves else 0)


def _show(changes: "Changes", console: "Console") -> None:
    from rich.text import Text

    if changes.moves:
        _show_moves(changes, console)
    for word, grades in (("New", changes.came), ("Gone", changes.went)):
        if grades:
            console.print(
                Text(f"{word}: {', '.join(text.clean(grade.about.handin.names) for grade in grades)}")
            )
    for pair in changes.checks:
        console.print(Text(f"Check {pair.check.number} {pair.check.name}: {pair.difference}"))
    if changes.faults:
        console.print(Text(changes.fault, "magenta"))
    console.print(Text(changes.summary, "bold"))


def _show_moves(changes: "Changes", console: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table()
    table.add_column("student")
    for heading in ("old", "new", "by"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("through")
    table.add_column("why")
    for move in changes.moves:
        table.add_row(
            Text(text.clean(move.new.about.handin.names)),
            f"{move.old.score:g}",
            f"{move.new.score:g}",
            Text(f"{move.by:+g}", "green" if move.by > 0 else "red"),
            _through(move),
            Text(move.why),
        )
    console.print(table)


def _through(move: "Move") -> "Text":
    from rich.text import Text

    lines = [f"{pair.check.number} {pair.check.name}: {pair.by:+g}" for pair in move.checks[:CHECKS_SHOWN]]
    left = len(move.checks) - len(lines)
    return Text("\n".join([*lines, f"and {left} more"] if left else lines))
