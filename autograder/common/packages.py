"""Tell who lacks a package which words before the command install it."""

import contextlib
from collections.abc import Iterator

from autograder.common.errors import UserError


@contextlib.contextmanager
def needed(what: str, setup: str) -> Iterator[None]:
    """Turn a package that is missing in this block into one sentence; raises UserError.

    what: the command, or its option, that needs the package; setup: what installs it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise UserError(f"{what} needs {error.name}; begin the command with {setup}.") from None
