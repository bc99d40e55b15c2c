"""Run the public tests on a solution.py, in a process of its own, and say which failure comes first."""

import contextlib
import io
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import msgspec

from autograder import ROOT
from autograder.common.errors import UserError

FOLDER = ROOT / "template"
ANSWER = "failure.json"
PLUGIN = "public tests"  # the name of what treats them so, in autograder/public_tests/
TIMEOUT_SECONDS = 180  # a right solution takes one, and a test that does not end is given up before
MAX_LETTERS = 200  # of what a test says: arrays can be long


class FailingTest(msgspec.Struct, frozen=True):
    """A public test that fails: the function that is to blame, and what the test says."""

    function: str
    is_blank: bool
    title: str
    message: str


def first_failure(solution: Path, problem: str) -> FailingTest | None:
    """Return the failure to fix first; None if all tests pass, or if there are none here.

    problem: whose public tests are run: a folder in autograder/problems.
    Raises UserError if the tests cannot be run with this file at all, or do not end.
    """
    files = [FOLDER / "conftest.py", FOLDER / f"test_{problem}.py"]
    if not all(file.exists() for file in files):
        return None  # somebody copied report_tools alone
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for file in files:
            shutil.copy(file, folder)
        shutil.copy(solution, folder / "solution.py")  # where the tests look for it, whatever its name was
        output = _run(folder, solution.name)
        try:
            answer = (folder / ANSWER).read_bytes()
        except FileNotFoundError:  # not even one test could begin, or the whole process was ended
            raise UserError(
                f"the public tests cannot be run with {solution.name}: {_last_line(output)}."
            ) from None
    return msgspec.json.decode(answer, type=FailingTest | None)


def _run(folder: Path, name: str) -> str:
    """Run `main` below on a folder of tests; return what it printed."""
    # A process of its own: the file may end it, hang, or change what everybody shares.
    # Autoloading plugins takes longer than the tests; one thread is enough for arrays this small.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment.pop("PYTEST_ADDOPTS", None)  # options of somebody's own, which might run only some tests
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, str(folder)],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UserError(
            f"the public tests of {name} take more than {TIMEOUT_SECONDS} seconds; is there an endless loop?"
        ) from None
    return done.stdout


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it says nothing"])[-1].rstrip(".")


class FirstFailure:
    """The failure to fix first, found as a plugin of pytest when all tests have run."""

    def __init__(self) -> None:
        self.found: FailingTest | None = None
        self.unreadable = ""

    def pytest_collectreport(self, report: Any) -> None:
        """Keep why a file of tests could not be read."""
        if report.failed:
            self.unreadable = _last_line(str(report.longrepr))

    def pytest_sessionfinish(self, session: Any) -> None:
        """Choose the failure on which no other rests, as the summary for students does."""
        # The tests come with a plugin that tells a cause from what rests on it; it is not repeated here.
        told = session.config.pluginmanager.get_plugin(PLUGIN).told()
        cannot_run, blank = told.having("cannot run"), told.having("not written yet")
        if cannot_run:
            self.unreadable = " ".join(cannot_run[0].what_happened.split())
        failing = [report for report in (told.first_wrong(), *blank) if report is not None]
        if failing:
            report = failing[0]
            title, *lines = str(report.longrepr).splitlines()
            to_mend = [*told.to_mend, *report.passed_through, report.subject][0]
            self.found = FailingTest(str(to_mend), report.state != "wrong", title, _message(lines))


def _message(lines: list[str]) -> str:
    """Put on one line what a test says, without the lines of code that conftest.py quotes after it."""
    said = itertools.takewhile(lambda line: line.startswith("  "), lines)
    return textwrap.shorten(" ".join(said), MAX_LETTERS, placeholder=" ...")


def main(folder: Path) -> None:
    """Run the tests of the folder and write the first failure into it."""
    import pytest

    failure = FirstFailure()
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([str(folder), "-q", "-p", "no:cacheprovider", f"--rootdir={folder}"], plugins=[failure])
    if failure.unreadable:
        sys.exit(failure.unreadable)
    (folder / ANSWER).write_bytes(msgspec.json.encode(failure.found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
