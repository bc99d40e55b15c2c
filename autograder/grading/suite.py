"""Collect the hidden checks and call them one by one.

pytest collects them: files, parameters, titles.  What is drawn for the term's seed is kept, so
that in one process the same inputs meet every submission after the first without being drawn again.
"""

import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder import ROOT
from autograder.assignment.config import Assignment
from autograder.checking.expect import Expect
from autograder.checking.inputs import Drawn, Inputs, draw, shrink

# Of the file itself, whatever is asked of it.
FILE_CHECKS = ROOT / "autograder" / "checking" / "test_file.py"
FILE = "file"  # what their @tags say
# What collecting has no use for; each plugin that is not loaded saves time.
UNUSED_PLUGINS = (
    "cacheprovider",
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "pastebin",
    "setuponly",
    "stepwise",
    "subtests",
    "terminal",
    "terminalprogress",
    "threadexception",
    "unittest",
    "unraisableexception",
    "warnings",
)

Call = Callable[[Any, Expect], None]


class SuiteError(Exception):
    """Checks that cannot be read: a fault of the grader."""


class BoundCheck:
    """One check with its parameters, ready to be called with a student and a judge."""

    def __init__(self, item: pytest.Function) -> None:
        self.function = item.obj
        self.parameters: dict[str, Any] = dict(item.callspec.params) if hasattr(item, "callspec") else {}
        self.indices = tuple(item.callspec.indices.values()) if hasattr(item, "callspec") else ()
        self.title = self._filled((self.function.__doc__ or item.name).splitlines()[0])
        self.tag = self._filled(self.function.__tags__[0])  # the graded function, as the check calls it
        self.problem = item.path.parent.parent.name
        self.weight: float = self.function.__weight__
        self._id = f"{item.path.stem}::{item.name}"
        self._drawn: dict[int, list[Drawn]] = {}

    @property
    def draws(self) -> bool:
        """Tell whether inputs are drawn for this check."""
        return hasattr(self.function, "strategies")

    def examples(self) -> Iterator[Call]:
        """Yield the check for each input that is written beside it, or as it is if it draws none."""
        without: tuple[Inputs, ...] = () if self.draws else ({},)
        for inputs in getattr(self.function, "examples", without):
            yield functools.partial(self._call, inputs)

    def drawn(self, seed: int) -> Iterator[Call]:
        """Yield the check for each input drawn from this seed."""
        for drawn in self.inputs(seed):
            yield functools.partial(self._call, drawn.inputs)

    def inputs(self, seed: int) -> list[Drawn]:
        """Draw the inputs of this seed, once for all submissions."""
        if not self.draws:
            return []
        if seed not in self._drawn:
            # By name, not by number: a check that is put in before it leaves its inputs as they are.
            self._drawn[seed] = draw(self.function.strategies, seed, self._id)
        return self._drawn[seed]

    def shrink(self, seed: int) -> Call:
        """Return the check for the smallest input, near those that `drawn` has, that fails."""

        def smallest(student: Any, expect: Expect) -> None:
            shrink(
                self.function.strategies,
                self.inputs(seed),
                lambda **inputs: self._call(inputs, student, expect),
            )

        return smallest

    def _call(self, inputs: Inputs, student: Any, expect: Expect) -> None:
        check = getattr(self.function, "undrawn", self.function)
        check(student=student, expect=expect, **self.parameters, **inputs)

    def _filled(self, text: str) -> str:
        return text.format(**self.parameters) if self.parameters else text


def collect(assignment: Assignment) -> tuple[BoundCheck, ...]:
    """Return every hidden check of an assignment, in the order in which they are written.

    Raises SuiteError if a file of checks cannot be read.
    """
    folders = [problem.folder / "checks" for problem in assignment.contract.problems]
    return collect_from((FILE_CHECKS, *folders))


@functools.cache
def collect_from(paths: tuple[Path, ...]) -> tuple[BoundCheck, ...]:
    """Return every check of these files and folders; see `collect`."""
    collector = _Collector()
    os.environ.setdefault("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for settings in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):  # of whoever grades
        os.environ.pop(settings, None)
    above = os.path.commonpath([path.parent for path in paths])
    options = [
        "--collect-only",
        "-s",
        "--assert=plain",
        "--noconftest",
        # No settings of whoever grades.  Without the folder being named, pytest would list each
        # folder above it in search of a conftest.py, up to the root of the disk.
        *("-c", os.devnull, f"--rootdir={above}", f"--confcutdir={above}"),
    ]
    options += [word for name in UNUSED_PLUGINS for word in ("-p", f"no:{name}")]
    status = pytest.main([*options, *map(str, paths)], plugins=[collector])
    if collector.errors or status != pytest.ExitCode.OK:
        raise SuiteError("\n".join(collector.errors) or f"collecting the checks ended with {status!r}")
    return tuple(collector.checks)


def draw_all(assignment: Assignment, seed: int) -> None:
    """Draw the inputs of every check: worth its time before forking, or before a long queue."""
    for check in collect(assignment):
        check.inputs(seed)


class _Collector:
    """A pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.checks: list[BoundCheck] = []
        self.errors: list[str] = []

    @pytest.fixture
    def student(self) -> None:
        """Stand for the student that the runner hands to a check."""

    @pytest.fixture
    def expect(self) -> None:
        """Stand for the judge that the runner hands to a check."""

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Keep every check."""
        self.checks = [BoundCheck(item) for item in items]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what kept a file of checks from being read."""
        if report.failed:
            self.errors.append(str(report.longrepr))
