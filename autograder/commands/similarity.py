"""The command `similarity`: which submissions have long stretches of code in common."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.common import packages
from autograder.common.errors import UserError
from autograder.common.terminal import echo_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograder.classroom.exports.reader import Submitted
    from autograder.classroom.similarity.compare import Pair


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option(
    "--with",
    "elsewhere",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Compare with these too: last year's submissions, public solutions.  May be given several times.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("similarity.html"),
    show_default=True,
    help="Where to write the page.",
)
@click.option("--json", "as_json", is_flag=True, help="Also print the pairs as JSON.")
def similarity(submissions: Path, elsewhere: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Show which submissions have long stretches of code in common, for a person to look at.

    SUBMISSIONS is an export of Gradescope, Canvas or Moodle, or a folder with one file, archive
    or folder per student; DIR is the same, or a single file.  They are compared with each other, with
    what is in each DIR, and with the reference; what is in a DIR is not compared with itself.
    The template does not count, nor do names, comments and layout.

    \b
    Example: python -m autograder similarity submissions.zip --out similarity.html
    Example: python -m autograder similarity submissions.zip --with 2026.zip --with github/
    """
    with packages.needed("similarity", "./setup.sh --class"):
        from autograder.classroom.similarity import collect, compare, page
    from autograder.assignment import config

    if not out.parent.is_dir():
        raise UserError(f"the folder {out.parent} for --out does not exist; make it first.")
    assignment = config.load()
    letters = collect.alphabet(assignment)
    own, others = collect.submissions(submissions, letters, _track)
    compared = [*own, collect.reference(assignment, letters)]
    for path in dict.fromkeys(elsewhere):
        found, not_compared = collect.submissions(path, letters, _track, origin=str(path))
        compared += found
        others += not_compared
    comparison = compare.Comparison(compared, letters.given)
    pairs = comparison.pairs()
    html = page.page(
        pairs,
        Counter(one.origin for one in compared),
        others,
        assignment,
        widespread=comparison.widespread(),
        usual=comparison.usual(),
    )
    _write(out, html)
    if as_json:
        echo_json(json.dumps([compare.plain(pair) for pair in pairs], indent=1, ensure_ascii=False))
    click.echo(f"Wrote {out}: {_counted(pairs, len(own))}", err=as_json)


def _track(found: "Sequence[Submitted]") -> "Iterable[Submitted]":
    """Show how far reading has come, where somebody is looking."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(found, "reading", console=console, transient=True, disable=not console.is_terminal)


def _counted(pairs: "list[Pair]", submissions: int) -> str:
    """Say how many pairs there are within the class, and with what comes from elsewhere."""
    counted = Counter(pair.right.origin for pair in pairs)
    within = counted.pop("", 0)
    ending = "" if within == 1 else "s"
    more = "".join(f"; {number} with {origin}" for origin, number in counted.items())
    return f"{within} pair{ending} to look at among {submissions} submissions{more}."


def _write(out: Path, page: str) -> None:
    try:
        out.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"{out} cannot be written: {error.strerror}.") from None
