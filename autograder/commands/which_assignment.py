"""The option --assignment, which every command takes."""

import os
from pathlib import Path

import click

from autograder.assignment import config
from autograder.common.errors import UserError


def with_assignment(command: click.Command) -> click.Command:
    """Give a command the option --assignment FILE."""
    command.params.append(
        click.Option(
            ["--assignment"],
            type=click.Path(path_type=Path),
            expose_value=False,
            is_eager=True,  # other options may depend on it
            callback=_name_it,
            help="Another assignment than assignment.toml, such as assignments/NAME.toml.",
        )
    )
    return command


def _name_it(context: click.Context, option: click.Parameter, file: Path | None) -> None:
    """Name the file in the environment, which every process that is started inherits."""
    if file is None:
        return
    if not file.is_file():
        raise UserError(f"{file} is no file; --assignment names a TOML file such as assignment.toml.")
    before = os.environ.get(config.VARIABLE)
    os.environ[config.VARIABLE] = str(file.resolve())
    context.call_on_close(lambda: _put_back(before))


def _put_back(before: str | None) -> None:
    if before is None:
        os.environ.pop(config.VARIABLE, None)
    else:
        os.environ[config.VARIABLE] = before
