"""Make one test of a table of short cases: it goes through all of them and names those that fail."""

import functools
import inspect
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

Test = Callable[..., None]


def table(names: str | tuple[str, ...], rows: Iterable[Any]) -> Callable[[Test], Test]:
    """Have a test take its arguments from a table, like pytest.mark.parametrize, but as one test.

    All rows meet the same fixtures.  For cases that are slow, or that leave something behind,
    parametrize instead.
    """
    named, rows = ((names,), [(row,) for row in rows]) if isinstance(names, str) else (names, list(rows))
    if not rows:
        raise ValueError("a table without rows tests nothing")

    def decorate(test: Test) -> Test:
        @functools.wraps(test)
        def goes_through_the_table(**fixtures: Any) -> None:
            failed = []
            for number, row in enumerate(rows, start=1):
                try:
                    test(**fixtures, **dict(zip(named, row, strict=True)))
                except (Exception, pytest.fail.Exception) as error:
                    failed.append(f"row {number}, {_short(row)}: {_told(error)}")
            if failed:
                pytest.fail("\n\n".join(failed), pytrace=False)

        signature = inspect.signature(test)
        fixtures = [given for name, given in signature.parameters.items() if name not in named]
        goes_through_the_table.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return goes_through_the_table

    return decorate


def _short(row: tuple[Any, ...]) -> str:
    """Name a row: its values, or what those that have a number or a name are called by."""
    said = (
        str(getattr(value, "number", None) or getattr(value, "name", None) or repr(value)) for value in row
    )
    return textwrap.shorten(f"({', '.join(said)})", 200, placeholder=" ...)")[:200]


def _told(error: BaseException) -> str:
    """Say what a row failed with, and in which line of the test."""
    frames = inspect.getinnerframes(error.__traceback__) if error.__traceback__ else []
    where = next((f"{Path(one.filename).name}:{one.lineno}" for one in frames[1:]), "?")
    return f"{where}: {type(error).__name__}: {error}"
