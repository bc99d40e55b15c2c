"""Describe in a few lines for a student what happened in a failing test."""

import linecache
import re
import types
from pathlib import Path
from typing import Any

import pytest

from autograder.common import time_limit
from autograder.public_tests.summary import Subject

SOLUTION = "solution.py"
MAX_LINES = 15  # of one message
MAX_PRINTED = 8  # of the lines that a function prints

Step = Any  # an entry of pytest's traceback


def title(item: pytest.Item) -> str:
    """Return the first line of a test's docstring, with its parameters filled in."""
    lines = (getattr(item, "function", item).__doc__ or item.name).splitlines()
    return str(lines[0].format(**item.callspec.params) if hasattr(item, "callspec") else lines[0])


def subject(item: pytest.Item) -> Subject:
    """Return the function that a test is about: its title begins with it."""
    return Subject(item.path.stem, title(item).split(":")[0])


def passed_through(excinfo: pytest.ExceptionInfo[BaseException], graded: set[Subject]) -> list[Subject]:
    """Return the graded functions that an exception passed through, the one where it began first.

    graded: those of one file of tests.
    """
    by_name = {str(each): each for each in graded}
    names = [name for step in steps(excinfo, SOLUTION) for name in _names(step)]
    return list(dict.fromkeys(by_name[name] for name in names if name in by_name))


def _names(step: Step) -> list[str]:
    """Return the names that the function of a step may go by: its own, and with each of its classes."""
    owner = step.frame.f_locals.get("self")
    classes = [each.__name__ for each in type(owner).__mro__] if owner is not None else []
    return [step.name, *(f"{each}.{step.name}" for each in classes)]


def steps(excinfo: pytest.ExceptionInfo[BaseException], file: str) -> list[Step]:
    """Return where in a file an exception passed through, the place where it began first."""
    return [step for step in reversed(excinfo.traceback) if Path(step.path).name == file]


def what_happened(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException], printed: str) -> str:
    """Write the message of a failing test, the lines that it is about, and what was printed."""
    inside = steps(excinfo, SOLUTION)
    lines = [f"  {line}" for line in _message(excinfo, inside).splitlines()[:MAX_LINES]]
    deepest = [] if isinstance(excinfo.value, time_limit.DoesNotEnd) else inside[:1]  # it was said already
    shown = dict.fromkeys([*deepest, *inside[1:][-1:], *steps(excinfo, item.path.name)[-1:]])
    for step in shown:
        number = step.lineno + 1
        function = f", in {step.name}" if step.path.name == SOLUTION else ""
        lines += [
            f"{step.path.name}, line {number}{function}:",
            f"  {linecache.getline(str(step.path), number).strip()}",
        ]
    if printed.strip():
        last = printed.strip().splitlines()[-MAX_PRINTED:]
        lines += ["It printed:", *(f"  {line}" for line in last)]
    return "\n".join(lines)


def _message(excinfo: pytest.ExceptionInfo[BaseException], inside: list[Step]) -> str:
    """Return the message of an exception, with a hint where the message alone helps little."""
    error = excinfo.value
    if isinstance(error, time_limit.DoesNotEnd):
        where = time_limit.place_of(error, SOLUTION)
        name = inside[0].name if inside else "It"
        return f"{name} does not end; it was stopped on {where}" if where else f"{name} does not end"
    if isinstance(error, AssertionError) and str(error):
        return str(error).split("\nassert ")[0]
    message = excinfo.exconly()
    if "NoneType" in message:
        message += "  (Something is None: is a `return` missing?)"
    if isinstance(error, TypeError) and " positional argument" in message and " were given" in message:
        message += "  (Is `self` its first parameter?)"
    if isinstance(error, KeyError) and inside:
        message += _keys_there_are(inside[0], error.args[0])
    return message


def _keys_there_are(step: Step, key: object) -> str:
    """Name the dictionary that lacks a key, and the keys that it has, if the line tells which one it was."""
    line = linecache.getline(str(step.path), step.lineno + 1)
    for name in dict.fromkeys(re.findall(r"([A-Za-z_][\w.]*)\[", line)):
        first, *attributes = name.split(".")
        value = step.frame.f_locals.get(first)
        for attribute in attributes:
            value = getattr(value, attribute, None) if not isinstance(value, types.ModuleType) else None
        if isinstance(value, dict) and key not in value:
            return f"\n{name} holds {', '.join(map(str, value)) or 'nothing'}."
    return ""
