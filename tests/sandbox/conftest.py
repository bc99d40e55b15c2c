"""Grade small hostile or odd submissions quickly: a few checks, short deadlines, in this process."""

import io
import os
import stat
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings
from rich.console import Console

from autograder import ROOT
from autograder.assignment import config
from autograder.commands import report_table
from autograder.gradescope.from_report import results_of
from autograder.gradescope.results import to_json
from autograder.grading.report import Report
from autograder.grading.runner import CheckRunner
from autograder.grading.stand_ins import StandIns
from autograder.intake.submission import Submission
from autograder.sandbox import guarantees
from autograder.sandbox.connection import Connection
from autograder.sandbox.process import reaper
from autograder.sandbox.process.worker_process import WorkerProcess
from autograder.sandbox.student import Student

linux_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or not Path("/proc/self/status").exists(),
    reason="only root on Linux can give a worker a user of its own",
)

# pytest --hypothesis-profile=nightly tests/sandbox
settings.register_profile("nightly", max_examples=100_000, derandomize=False, deadline=None)

KIT = config.load()
QUICK = msgspec.structs.replace(
    KIT,
    limits=msgspec.structs.replace(
        KIT.limits, import_seconds=2.0, call_seconds=1.0, function_seconds=2.0, memory_mb=512
    ),
)
LOSS = ("1.0", "1.5")  # the file itself, and one part


def grade_some(
    submission: Submission, parts: tuple[str, ...] = LOSS, assignment: config.Assignment = KIT
) -> Report:
    """Grade as grading.grade does, but on the checks of these parts only."""
    connection = Connection(submission, assignment, StandIns(assignment.contract).respond)
    try:
        runner = CheckRunner(Student(connection), assignment, seed=1)
        wanted = [one for one in runner.checks if one.check.part in parts]
        outcomes = [runner.run(one.check, one.bound) for one in wanted]
    finally:
        connection.close()
    return Report(
        assignment=assignment,
        submission=submission.name,
        sha256=submission.sha256,
        outcomes=tuple(outcomes),
        notes=(*submission.notes, *connection.notes),
        isolation=tuple(connection.steps.items()),
        tried=connection.tried,
    )


def rendered(report: Report) -> dict[str, str]:
    """Render a report in every way there is."""
    console = Console(width=200, record=True, file=io.StringIO(), force_terminal=False)
    report_table.show(report, console, verbose=True)
    return {
        "results.json": to_json(results_of(report)),
        "terminal": console.export_text(),
    }


def reasons(report: Report) -> str:
    return "\n".join([*(outcome.reason for outcome in report.outcomes), *report.notes])


@pytest.fixture(scope="session")
def template() -> str:
    return (ROOT / "template" / "solution.py").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def reference() -> str:
    return (ROOT / "reference" / "solution.py").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def isolation() -> dict[str, str]:
    """Return what a worker reports here; skip where this machine cannot isolate anything."""
    with WorkerProcess(KIT.limits) as worker:
        report = worker.steps
    if guarantees.broken(report):
        pytest.skip(guarantees.sentence(report))
    return report


@pytest.fixture
def public_results():
    """Make a results.json that anybody may overwrite, in a folder that anybody may write."""
    folder = Path(tempfile.mkdtemp(prefix="public-"))
    results = folder / "results.json"
    results.write_text("untouched")
    folder.chmod(0o777)
    results.chmod(0o666)
    yield results
    results.unlink(missing_ok=True)
    folder.rmdir()


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note every user id that a worker is given."""
    given: list[int] = []
    draw = reaper.fresh_uid

    def noting() -> int | None:
        uid = draw()
        if uid is not None:
            given.append(uid)
        return uid

    monkeypatch.setattr(reaper, "fresh_uid", noting)
    return given


def descriptors() -> set[str]:
    """Name what this process has open, but for what comes and goes with memory."""
    return {entry for entry in os.listdir("/proc/self/fd") if _stays(entry)}  # noqa: PTH208


def _stays(descriptor: str) -> bool:
    try:
        mode = os.stat(f"/proc/self/fd/{descriptor}").st_mode  # noqa: PTH116
    except OSError:
        return False
    return stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode) or stat.S_ISREG(mode)
