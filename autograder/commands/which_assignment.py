"""The option --assignment, which every command takes."""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from autograder.assignment import config, defaults
from autograder.common.errors import UserError

# `template` is what makes them agree; the others need no reference.
NEED_NO_AGREEMENT = ("template", "doctor", "diff", "similarity")


def with_assignment(command: click.Command) -> click.Command:
    """Give a command the option --assignment FILE.

    One that needs an assignment begins only if the reference makes the network that it describes.
    """
    if command.name not in NEED_NO_AGREEMENT:
        command.callback = _after_agreement(command.callback)
    command.params.append(
        click.Option(
            ["--assignment"],
            type=click.Path(path_type=Path),
            expose_value=False,
            is_eager=True,  # other options may depend on it
            callback=_name_it,
            help="Use this instead of assignment.toml, such as assignments/NAME.toml.",
        )
    )
    return command


def _after_agreement(callback: Callable[..., Any] | None) -> Callable[..., Any]:
    assert callback is not None

    @functools.wraps(callback)
    def agreed(*arguments: Any, **options: Any) -> Any:
        defaults.require_agreement(config.load())
        return callback(*arguments, **options)

    return agreed


def _name_it(context: click.Context, option: click.Parameter, file: Path | None) -> None:
    """Name the file in the environment, which every process that is started inherits."""
    if file is None:
        return
    if not file.is_file():
        raise UserError(f"{file} is not a file; give --assignment a TOML file such as assignment.toml.")
    before = os.environ.get(config.VARIABLE)
    os.environ[config.VARIABLE] = str(file.resolve())
    context.call_on_close(lambda: _put_back(before))


def _put_back(before: str | None) -> None:
    if before is None:
        os.environ.pop(config.VARIABLE, None)
    else:
        os.environ[config.VARIABLE] = before
