"""Have pytest collect the checks: their files, their parameters, their names."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from autograder.grading.cache import Collected

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


class SuiteError(Exception):
    """Checks that cannot be read: a fault of the grader."""


def collect(paths: Sequence[Path]) -> list[Collected]:
    """Return every check of these files and folders, in the order in which they are written.

    Raises SuiteError if a file of checks cannot be read.
    """
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
    return collector.checks


class _Collector:
    """A pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.checks: list[Collected] = []
        self.errors: list[str] = []

    @pytest.fixture
    def student(self) -> None:
        """Stand for the student that the runner hands to a check."""

    @pytest.fixture
    def expect(self) -> None:
        """Stand for the judge that the runner hands to a check."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make one check of each value of a parameter; see `parametrize` in checking/inputs.py."""
        for name, values in getattr(metafunc.function, "each", ()):
            metafunc.parametrize(name, values)

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Keep every check."""
        self.checks = [_collected(item) for item in items]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what kept a file of checks from being read."""
        if report.failed:
            self.errors.append(str(report.longrepr))


def _collected(item: pytest.Function) -> Collected:
    call = getattr(item, "callspec", None)  # of those that have parameters
    parameters = dict(call.params) if call else {}
    return Collected(item.path, item.obj, item.name, parameters, tuple(call.indices.values()) if call else ())
