"""Shorten and soften what pytest says, and end every test that hangs.

For each wrong function a student sees one failing test; for a function that relies on a wrong
one, only its name, since the other must be fixed first.  --tb=short shows everything pytest has to say.
"""

import contextlib
import os
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pytest

from autograder import ROOT
from autograder.common import time_limit, toml_file
from autograder.public_tests import explain, solution, summary
from autograder.public_tests.assertions import Explained
from autograder.public_tests.solution import CannotRun
from autograder.public_tests.summary import BLANK, CANNOT_RUN, WRONG, Subject, Summary

NAME = "public tests"
MAX_HANGS = 4  # tests that may take all their time; the others are not waited for
SECONDS_AFTER_A_HANG = 1.0


class Waits(Exception):
    """A test that is not run, because a function that it relies on does not end."""

    def __init__(self, function: Subject) -> None:
        super().__init__(f"This test was not run, because {function} does not end.")
        self.function = function


class PublicTests:
    """What pytest does with public tests, as a plugin."""

    def __init__(self, config: pytest.Config, folder: Path) -> None:
        self.folder = folder
        self.reports: list[Any] = []
        self.collected: dict[str, Subject] = {}  # the function that each test is about
        self.hung: list[Subject] = []  # the function of each test that did not end
        self.interrupted = ""
        self.rests_on: dict[Subject, Sequence[Subject]] = {}
        self.terminal = _real_stderr(config)

    def told(self) -> Summary:
        """Return the summary of all tests that ran."""
        return Summary(self.reports)

    def pytest_report_header(self) -> str:
        """Say first what a newcomer needs to know."""
        return "Tests of functions that are not written yet fail; at the start that is as it should be."

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave out the tests of problems that are not in this assignment."""
        if collection_path.parent != self.folder or not collection_path.name.startswith("test_"):
            return None
        path = self.folder.parent / "assignment.toml"
        parts = toml_file.read(path)["parts"] if path.is_file() else ()
        problems = {part["problem"] for part in parts if "problem" in part}
        return True if problems and collection_path.stem.removeprefix("test_") not in problems else None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Learn which function rests on which, and run the tests in the order of the handout."""
        modules = {item.path.stem: getattr(item, "module", None) for item in items}
        for file, module in modules.items():
            for function, others in getattr(module, "RESTS_ON", {}).items():
                self.rests_on[Subject(file, function)] = [Subject(file, other) for other in others]
        order = _functions_in_order()
        items.sort(key=lambda item: order.get(explain.subject(item), len(order)))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep which tests there are: what does not run has not passed."""
        self.collected = {item.nodeid: explain.subject(item) for item in session.items}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Limit the time of the test, except in a debugger."""
        subject = explain.subject(item)
        needed = [name for name in (subject, *self.rests_on.get(subject, ())) if name in self.hung]
        if needed or len(self.hung) >= MAX_HANGS:
            raise Waits((needed or self.hung)[0])
        if item.config.option.usepdb or sys.gettrace() is not None:
            return (yield)
        seconds = SECONDS_AFTER_A_HANG if self.hung else time_limit.SECONDS
        with time_limit.limit(explain.SOLUTION, self.terminal, what=str(subject), seconds=seconds):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, Any]:
        """Keep what helps to fix a failure, and which functions may be to blame."""
        option = item.config.option
        in_short = option.tbstyle == "auto"
        if in_short:
            option.tbstyle = "line"  # a long traceback takes a tenth of a second, and nobody sees it
        try:
            report = yield
        finally:
            option.tbstyle = "auto" if in_short else option.tbstyle
        report.subject = explain.subject(item)
        report.rests_on = tuple(self.rests_on.get(report.subject, ()))
        report.passed_through = []
        if call.excinfo is not None and report.failed:
            self._judge(report, item, call.excinfo)
            if in_short:
                report.longrepr = f"{explain.title(item)}\n{report.what_happened}"
        return report

    def _judge(self, report: Any, item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Say what became of a test that fails."""
        error = excinfo.value
        report.passed_through = explain.passed_through(
            excinfo, {each for each in self.collected.values() if each.file == report.subject.file}
        )
        report.state, report.explained = WRONG, isinstance(error, Explained)
        if isinstance(error, NotImplementedError):
            report.state, report.what_happened = BLANK, f"{BLANK}: {error}"
        elif isinstance(error, CannotRun):
            report.state, report.what_happened = CANNOT_RUN, str(error)
        elif isinstance(error, Waits):
            report.passed_through, report.what_happened = [error.function], f"  {error}"
        else:
            report.what_happened = explain.what_happened(item, excinfo, report.capstdout)
        if isinstance(error, time_limit.DoesNotEnd):
            self.hung.append(next(iter(report.passed_through), report.subject))

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep one report of each test."""
        if report.when == "call" or report.failed:
            self.reports.append(report)

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self, report: Any) -> Generator[None, Any, Any]:
        """Count what is not written apart from what is wrong."""
        status = yield
        state = getattr(report, "state", None)
        return (state, "-" if state == BLANK else "F", state.upper()) if state else status

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        """Shorten the report of a test file that cannot be read to the line that is wrong, and why."""
        report = yield
        if report.failed and collector.config.option.tbstyle == "auto":
            lines = str(report.longrepr).splitlines()
            told = [line for line in lines if line.startswith("E ") or f"{explain.SOLUTION}:" in line]
            report.longrepr = "\n".join(told or lines[-3:])
        return report

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Keep the student's line that was running at control-C."""
        where = time_limit.place_of(excinfo.value, explain.SOLUTION)
        self.interrupted = f"Interrupted on {where}" if where else "Interrupted."

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show one failing test of each function that can be fixed now, and name the other functions."""
        told = self.told()
        for line in self.not_run(told):
            terminalreporter.line(f"\n{line}")
        for function in told.to_mend:
            terminalreporter.section(f"{told.named(function)}: {summary.failing(told.wrong[function])}", "-")
            terminalreporter.line(str(told.wrong[function][0].longrepr))
        for function, reports in told.wrong.items():
            if function not in told.to_mend:
                causes = " and ".join(map(str, told.causes(function)))
                name = told.named(function)
                terminalreporter.line(f"\n{name}: {summary.failing(reports)}; fix {causes} first.")
        blank = told.having(BLANK)
        if blank:
            following = blank[0].what_happened.removeprefix(f"{BLANK}: ")
            terminalreporter.line(
                f"\nTests of functions that are {BLANK}: {len(blank)}.  The next one to write is {following}."
            )

    def not_run(self, told: Summary) -> Iterator[str]:
        """Say which tests could not run, or did not, and why."""
        reasons: dict[str, int] = {}
        for report in told.having(CANNOT_RUN):
            reasons[report.what_happened] = reasons.get(report.what_happened, 0) + 1
        for why, number in reasons.items():
            yield f"{number} of {len(self.collected)} tests cannot run.\n{why}"
        left = len(self.collected) - len(self.reports)
        if self.interrupted:
            yield self.interrupted
        if left:
            yield f"{left} of {len(self.collected)} tests did not run."


def start(config: pytest.Config, folder: Path) -> None:
    """Import the solution.py of a folder and let pytest treat its tests as public ones."""
    plugin = PublicTests(config, folder)
    solution.load(folder / explain.SOLUTION, plugin.terminal)
    config.pluginmanager.register(plugin, NAME)


def _functions_in_order() -> dict[Subject, int]:
    """Number the functions of the assignment in the order of the handout; none where there is none."""
    path = ROOT / "assignment.toml"
    order: dict[Subject, int] = {}
    for part in toml_file.read(path)["parts"] if path.is_file() else ():
        for function in part["functions"]:
            for name in (function, f"{part.get('class')}.{function}"):  # if others have its name
                order.setdefault(Subject(f"test_{part.get('problem')}", name), len(order))
    return order


def _real_stderr(config: pytest.Config) -> IO[str] | None:
    """Open what is on standard error outside of pytest, which keeps what tests print."""
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else contextlib.nullcontext():
        try:
            return os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
        except OSError:  # it is closed
            return None
