"""The one exception that stands for a mistake of the person at the keyboard."""

import sys
from pathlib import Path
from typing import IO, Any

import click


class UserError(click.ClickException):
    """A mistake of the user: one sentence that says what is wrong and what to do.

    A command that raises it prints "PROGRAM: sentence" and ends with status 2.
    """

    exit_code = 2

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.program = _program()  # asked for now: when click shows the error, its context is gone

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence to standard error, after the name of the program."""
        click.echo(f"{self.program}: {self.message}", file=file, err=file is None)


def _program() -> str:
    """Return NAME of `python -m NAME`; other threads and processes have no context of click."""
    context = click.get_current_context(silent=True)
    if context is None:
        return Path(sys.argv[0]).parent.name  # NAME/__main__.py
    return (context.find_root().info_name or "").removeprefix("python -m ")
