"""Run commands in whatever terminal there is: one that lacks letters, a pipe that closes, a full disk."""

import codecs
import contextlib
import errno
import json
import sys
import unicodedata

import click

from autograder.common.errors import UserError

# What can happen to the output of a command, whichever file it goes to.
OF_OUTPUT = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EBADF)
# What our sentences and tables are written with, and a terminal of another time may not have.
PLAIN = {
    "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "×": "x", "·": ".",
    "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "≠": "!=", "✓": "+", "✗": "x", "•": "*",
    "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip


def run(commands: click.Command, program: str) -> None:
    """Run a command line; what the machine refuses to write is one sentence and exit status 2."""
    _show_what_can_be_shown()
    try:
        try:
            commands(prog_name=program)
        finally:
            if sys.stdout:  # there is none after >&-
                sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has read enough
        _close_quietly()
        sys.exit(1)
    except OSError as error:
        if error.filename is None and error.errno not in OF_OUTPUT:
            raise
        _close_quietly()
        where = error.filename or "the output of this command"
        UserError(f"{where} cannot be written or read: {error.strerror}.").show()
        sys.exit(UserError.exit_code)


def echo_json(text: str) -> None:
    """Print JSON, with every letter escaped that this terminal has not."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = json.dumps(json.loads(text), indent=1)
    click.echo(text)


def _show_what_can_be_shown() -> None:
    """Have letters that the terminal has not replaced by the nearest that it has."""
    codecs.register_error("nearest", _nearest)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="nearest")


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_plain(sign) for sign in lacking), error.end


def _plain(sign: str) -> str:
    bare = PLAIN.get(sign) or unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    return bare or "?"


def _close_quietly() -> None:
    """Close the output, so that Python does not complain once more about it when it ends."""
    with contextlib.suppress(OSError, AttributeError):
        sys.stdout.close()
