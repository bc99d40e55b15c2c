"""Run all public tests of a folder, and keep what became of each."""

import contextlib
import io
import os
from pathlib import Path
from typing import Any

import pytest

from autograder.public_tests import plugin
from autograder.public_tests.summary import Subject, Summary

OPTIONS = "PYTEST_ADDOPTS"  # of somebody's own, which might run only some of the tests


class Run:
    """What became of the public tests; what did not run has not passed.

    tests: pairs of the subject, the function that a test is about and its report, None if it did not run.
    """

    def __init__(self, tests: list[tuple[Subject, Any]], notes: list[str]) -> None:
        self.tests = tests
        self.notes = notes
        self.summary = Summary(report for _, report in tests if report is not None)

    @property
    def n_passed(self) -> int:
        """Count the tests that passed."""
        return sum(report is not None and report.passed for _, report in self.tests)

    @property
    def all_passed(self) -> bool:
        """Tell whether there are tests, and every one passed."""
        return bool(self.tests) and self.n_passed == len(self.tests) and not self.notes

    def of(self, function: Subject) -> tuple[int, int]:
        """Return how many tests of a function passed, and how many there are."""
        own = [report for subject, report in self.tests if subject == function]
        return sum(report is not None and report.passed for report in own), len(own)


class _Trouble:
    """The files of tests that could not be read, collected as a plugin of pytest."""

    def __init__(self) -> None:
        self.said: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collectreport(self, report: Any) -> None:
        """Keep why a file could not be read."""
        if report.failed:
            self.said.append(f"{report.nodeid} cannot be read, so no test can run.\n{report.longrepr}")

    def pytest_internalerror(self, excrepr: Any) -> None:
        """Keep what went wrong in pytest itself."""
        self.said.append(f"pytest itself failed: {excrepr}".strip().splitlines()[-1])


class _Keeper:
    """The plugin of the tests, found when pytest ends."""

    found: plugin.PublicTests | None = None

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Keep it."""
        self.found = session.config.pluginmanager.get_plugin(plugin.NAME)


def run(folder: Path) -> Run:
    """Run every test of the folder in this process, quietly."""
    trouble, keeper = _Trouble(), _Keeper()
    kept = os.environ.pop(OPTIONS, None)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            pytest.main([str(folder), "-q", "-p", "no:cacheprovider"], plugins=[trouble, keeper])
    finally:
        if kept is not None:
            os.environ[OPTIONS] = kept
    tests = keeper.found
    if tests is None:
        return Run([], [*trouble.said, "The public tests did not run."])
    notes = [*trouble.said, *tests.not_run(tests.told())]
    by_name = {report.nodeid: report for report in tests.reports}
    if not tests.collected and not notes:
        notes.append("There are no public tests in this folder; unpack the kit again.")
    return Run([(subject, by_name.get(nodeid)) for nodeid, subject in tests.collected.items()], notes)
