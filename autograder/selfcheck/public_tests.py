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
from typing import Any

import numpy as np
import pytest

from autograder import ROOT
from autograder.zoo import entries as zoo

PUBLIC_TESTS = ROOT / "template" / "test_public.py"
SECONDS = 5  # others take a fifth of one; a submission that hangs is revealed


def revealed(entry: zoo.Entry) -> bool:
    """Tell whether at least one public test fails on this entry."""
    previous = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            for call in calls(entry.network):
                call()
    except (Exception, pytest.fail.Exception):
        return True
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
    return False


def calls(network: type[Any]) -> Iterator[Callable[[], None]]:
    """Yield every public test, with each of its parameters, bound to this NN."""
    module = _load(network)
    for name, test in vars(module).items():
        if name.startswith("test_"):
            for keywords in _parameters(test):
                yield functools.partial(test, **keywords)


def titles() -> list[str]:
    """Return the titles of all public tests, in order, with their parameters filled in."""
    module = _load(object)
    return [
        (test.__doc__ or "").splitlines()[0].format(**keywords)
        for name, test in vars(module).items()
        if name.startswith("test_")
        for keywords in _parameters(test)
    ]


def _load(network: type[Any]) -> types.ModuleType:
    """Execute test_public.py with this NN in the place of the student's."""
    solution = types.ModuleType("solution")
    solution.NN = network  # type: ignore[attr-defined]
    module = types.ModuleType("test_public")
    module.__file__ = str(PUBLIC_TESTS)
    before, path = sys.modules.get("solution"), list(sys.path)
    sys.modules["solution"] = solution
    try:
        exec(compile(PUBLIC_TESTS.read_text(encoding="utf-8"), str(PUBLIC_TESTS), "exec"), vars(module))
    finally:
        sys.path[:] = path
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
