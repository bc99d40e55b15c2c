"""The command `similarity`: which submissions have long stretches of code in common."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.common.errors import UserError
from autograder.common.terminal import echo_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.classroom.exports.reader import Submitted
    from autograder.classroom.similarity.compare import Alphabet, Compared


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("similarity.html"),
    show_default=True,
    help="Where to write the page.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the pairs as JSON too.")
def similarity(submissions: Path, out: Path, as_json: bool) -> None:
    """Show which submissions have long stretches of code in common, for a person to look at.

    SUBMISSIONS is an export of Gradescope, Canvas or Moodle, or a folder with one file, archive
    or folder per student.  The template does not count, nor do names, comments and layout.

    \b
    Example: python -m autograder similarity submissions.zip --out similarity.html
    """
    try:
        from autograder.classroom.exports import reader
        from autograder.classroom.similarity import compare as comparing
        from autograder.classroom.similarity import page
    except ModuleNotFoundError as error:
        raise UserError(
            f"{error.name} is not installed; use ./setup.sh --class python -m autograder ..."
        ) from None
    from autograder.assignment import config
    from autograder.assignment.template import TEMPLATE_PATH

    if not out.parent.is_dir():
        raise UserError(f"the folder {out.parent} for --out does not exist; make it first.")
    alphabet = comparing.Alphabet(TEMPLATE_PATH.read_text(encoding="utf-8"))
    export = reader.read(submissions)
    compared, others = _read(export.submitted, alphabet)
    others += [(name, "not looked at: it is nobody's submission.") for name in export.not_looked_at]
    pairs = comparing.pairs(compared, alphabet.given)
    _write(out, page.page(pairs, len(compared), others, config.load()))
    if as_json:
        echo_json(json.dumps([comparing.plain(pair) for pair in pairs], indent=1, ensure_ascii=False))
    ending = "" if len(pairs) == 1 else "s"
    message = f"Wrote {out}: {len(pairs)} pair{ending} to look at among {len(compared)} submissions."
    click.echo(message, err=as_json)


def _read(
    found: "Sequence[Submitted]", alphabet: "Alphabet"
) -> "tuple[list[Compared], list[tuple[str, str]]]":
    """Return what can be compared, and of whom there is nothing to compare, with the reason."""
    from rich.console import Console
    from rich.progress import track

    from autograder.classroom.similarity.compare import LENGTH
    from autograder.intake.stored import CannotRead

    compared, others = [], []
    console = Console(stderr=True)
    for one in track(found, "reading", console=console, transient=True, disable=not console.is_terminal):
        try:
            taken = one.take()
        except CannotRead as error:
            others.append((one.handin.names, str(error)))
            continue
        if taken is None:
            others.append((one.handin.names, "nothing was handed in."))
        elif taken.refusal:
            others.append((one.handin.names, taken.refusal))
        else:
            spelled = alphabet.spell(one.handin, taken.code.decode("utf-8"))
            if len(spelled.letters) >= LENGTH:
                compared.append(spelled)
            else:
                others.append((one.handin.names, "hardly anything is written beside the template."))
    return compared, others


def _write(out: Path, page: str) -> None:
    try:
        out.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"{out} cannot be written: {error.strerror}.") from None
