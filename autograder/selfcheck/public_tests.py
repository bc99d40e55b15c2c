"""Tell which wrong submissions the students' public tests reveal.

Only for submissions that we wrote ourselves: they run in this process.
"""

import contextlib
import functools
import io
import itertools
import signal
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import ROOT
from autograder.assignment import contract
from autograder.grading import stand_ins, zoo

SECONDS = 5  # others take a fifth of one; a submission that hangs is revealed


def revealed(entry: zoo.Entry) -> bool:
    """Tell whether at least one public test of its problem fails on this entry."""
    previous = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            for call in calls(entry.problem, entry.module):
                call()
    except (Exception, pytest.fail.Exception):
        return True
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
    return False


def calls(problem: str, solution: types.ModuleType) -> Iterator[Callable[[], None]]:
    """Yield every public test of a problem, with each of its parameters, bound to this solution."""
    module = _load(problem, solution)
    for name, test in vars(module).items():
        if name.startswith("test_"):
            for keywords in _parameters(test):
                yield functools.partial(test, **keywords)


def titles(problem: str) -> list[str]:
    """Return the titles of all public tests of a problem, in order, with their parameters filled in."""
    return [
        (test.__doc__ or "").splitlines()[0].format(**keywords)
        for name, test in vars(load(problem)).items()
        if name.startswith("test_")
        for keywords in _parameters(test)
    ]


def load(problem: str) -> types.ModuleType:
    """Return the public tests of a problem as a module, with the reference as the solution."""
    return _load(problem, stand_ins.reference_module(contract.problem(problem)))


def file_of(problem: str) -> Path:
    """Return the file with the public tests of a problem."""
    return ROOT / "template" / f"test_{problem}.py"


def _load(problem: str, solution: types.ModuleType) -> types.ModuleType:
    """Execute the public tests with this module in the place of the student's."""
    file = file_of(problem)
    module = types.ModuleType(file.stem)
    module.__file__ = str(file)
    before = sys.modules.get("solution")
    sys.modules["solution"] = solution
    try:
        exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), vars(module))
    finally:
        del sys.modules["solution"]
        if before is not None:
            sys.modules["solution"] = before
    return module


def _parameters(test: Any) -> list[dict[str, Any]]:
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    choices = [[{mark.args[0]: value} for value in mark.args[1]] for mark in marks]
    return [
        dict(pair for choice in choice for pair in choice.items()) for choice in itertools.product(*choices)
    ]


def _too_long(*signal_and_frame: object) -> None:
    raise TimeoutError
