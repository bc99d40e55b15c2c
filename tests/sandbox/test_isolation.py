"""The lock, one step at a time: what is lost without it, how that is said, and what --strict does."""

import json
import os
import signal
import types
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder import ROOT, doctor
from autograder.__main__ import commands
from autograder.grading import cache, suite
from autograder.grading.grade import grade
from autograder.grading.stand_ins import StandIns
from autograder.grading.verdict import Verdict
from autograder.intake.submission import accept
from autograder.sandbox import guarantees
from autograder.sandbox.connection import Connection
from autograder.sandbox.errors import CannotStart
from autograder.sandbox.lockdown.escape_probes import HELD
from autograder.sandbox.process import fork_server, reaper
from autograder.sandbox.process.worker_process import WorkerProcess
from tests.sandbox.conftest import KIT, QUICK, grade_some, linux_root, reasons, rendered
from tests.sentences import NOT_YOURS, NOTHING_GRADED


def without(monkeypatch: pytest.MonkeyPatch, *steps: str) -> None:
    """Leave steps out, as a machine would that lacks them."""
    left = tuple(step for step in guarantees.steps() if step not in steps)
    monkeypatch.setitem(guarantees.STEPS, "linux", left)


def report_of_a_worker() -> dict[str, str]:
    with WorkerProcess(KIT.limits) as worker:
        return worker.steps


def test_kept_inputs_cannot_be_read(template: str, isolation: dict[str, str]) -> None:
    """Not even by a submission that knows what their file is called."""
    suite.collect(KIT)  # keeps them, if they are not kept yet
    (*_, file) = cache.FOLDER.iterdir()
    code = f"""
def loss(self, prediction, labels):
    return len(open({str(file)!r}, "rb").read())
NN.loss = loss
"""
    assert file.read_bytes()
    report = grade_some(accept("solution.py", f"{template}\n{code}".encode()))
    assert "PermissionError" in reasons(report)


def test_every_step_and_probe_is_reported(isolation: dict[str, str]) -> None:
    probes = {guarantee.probe for guarantee in guarantees.GUARANTEES if guarantee.probe}
    assert set(isolation) == {*guarantees.steps(), *probes}


@linux_root
@pytest.mark.parametrize(
    ("missing", "lost", "probe"),
    [
        (("landlock", "user"), "read the reference", "cannot_read_reference"),
        (("landlock", "seccomp"), "write files", "cannot_write_files"),
        (("seccomp",), "start programs", "cannot_start_programs"),
        (("seccomp", "network"), "use the network", "cannot_use_network"),
        (("limits",), "use unlimited memory and time", ""),
        (("no_new_privs",), "gain privileges", ""),
    ],
)
def test_what_a_missing_step_costs(
    missing: tuple[str, ...],
    lost: str,
    probe: str,
    isolation: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without(monkeypatch, *missing)
    report = report_of_a_worker()
    assert any(guarantee.forbidden.startswith(lost) for guarantee in guarantees.broken(report))
    assert guarantees.sentence(report).startswith("not isolated: on this machine a submission could ")
    assert lost in guarantees.sentence(report)
    assert probe == "" or report[probe] != HELD, "the probe did not notice"


def test_a_probe_that_gets_out_outweighs_every_step(isolation: dict[str, str]) -> None:
    report = {**isolation, "cannot_read_reference": "no: a probe got out"}
    assert "read the reference" in guarantees.sentence(report)
    assert "leave a process" in guarantees.sentence({**isolation, "nothing_left": "no: 1 process"})
    assert guarantees.sentence(isolation) == ""


def test_macos_is_never_called_isolated() -> None:
    report = dict.fromkeys(guarantees.STEPS["darwin"], HELD) | {"cannot_use_network": "no: a probe got out"}
    assert "grade only files you trust" in guarantees.sentence(report)


def test_windows_is_told_in_a_sentence_where_to_grade(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fork_server, "sys", types.SimpleNamespace(platform="win32"))
    run = CliRunner().invoke(commands, ["grade", str(ROOT / "template" / "solution.py")])
    says = "grading needs Linux or macOS; on Windows, run the same command in WSL."
    assert run.exit_code == 2
    assert run.output.endswith(f": {says}\n")
    assert run.output.count("\n") == 1
    assert [line for works, line in doctor.lines() if not works] == [f"isolation: {says}"]


@linux_root
def test_strict_refuses_and_every_output_says_why(
    isolation: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without(monkeypatch, "seccomp")
    results = tmp_path / "results.json"
    arguments = ["grade", str(ROOT / "template" / "solution.py"), "--results", str(results)]
    run = CliRunner().invoke(commands, [*arguments, "--strict"])
    assert run.exit_code == 1
    assert run.output.count("\n") == 1
    assert NOTHING_GRADED in run.output
    content = json.loads(results.read_text())
    assert content["score"] == 0
    assert "not isolated" in content["output"]
    with pytest.raises(guarantees.NotIsolated):
        grade(accept("solution.py", b"class NN: pass"), strict=True)

    report = grade_some(accept("solution.py", b"class NN: pass"))
    assert report.not_isolated
    for text in rendered(report).values():
        assert "not isolated: on this machine a submission could start programs" in text


@linux_root
def test_daemons_are_gone_when_grading_ends_even_without_seccomp(
    isolation: dict[str, str], monkeypatch: pytest.MonkeyPatch, users: list[int], template: str
) -> None:
    daemons = (
        "import os, time\nfor _ in range(5):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        if os.fork() == 0:\n            time.sleep(20)\n        os._exit(0)\n"
    )
    without(monkeypatch, "seccomp")
    report = grade_some(accept("solution.py", f"{template}\n{daemons}".encode()), assignment=QUICK)
    assert users
    assert not any(reaper.of_user(uid) for uid in users)
    assert dict(report.isolation)["nothing_left"] == HELD


@linux_root
def test_daemons_are_gone_without_a_user_of_their_own_too(
    isolation: dict[str, str], monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    daemon = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(20)\n    os._exit(0)\n"  # noqa: E501
    without(monkeypatch, "seccomp", "user")
    before = set(reaper._children())
    report = grade_some(accept("solution.py", f"{template}\n{daemon}".encode()), assignment=QUICK)
    assert dict(report.isolation)["nothing_left"] == HELD
    assert set(reaper._children()) <= before


def test_no_user_that_may_be_somebody_is_ever_killed() -> None:
    for uid in (0, 1000, 99_999, 165_536):
        with pytest.raises(ValueError, match="may be somebody"):
            reaper.kill_user(uid)


def test_a_worker_that_does_not_start_is_the_graders_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fork_server, "SCRIPT", Path("/nonexistent.py"))
    monkeypatch.setattr(fork_server, "_running", None)
    report = grade_some(accept("solution.py", b"class NN: pass"))
    assert {outcome.verdict for outcome in report.outcomes} == {Verdict.GRADER_FAULT}
    assert NOT_YOURS in reasons(report)


@linux_root
def test_a_fork_server_that_was_killed_is_started_again(isolation: dict[str, str], template: str) -> None:
    server = fork_server._server()
    os.kill(server.pid, signal.SIGKILL)
    with pytest.raises(CannotStart):
        fork_server.kill_user(reaper.FIRST_UID)
    report = grade_some(accept("solution.py", template.encode()))
    assert Verdict.GRADER_FAULT not in {outcome.verdict for outcome in report.outcomes}
    assert fork_server._server() is not server


def test_a_worker_knows_nothing_of_the_one_before(template: str) -> None:
    remembering = (
        "import builtins, os\nimport numpy as np\n"
        "if hasattr(builtins, 'kept') or 'KEPT' in os.environ or hasattr(np, 'kept'):\n"
        "    raise SystemExit('remembered')\n"
        "builtins.kept = np.kept = os.environ['KEPT'] = 'x'\n"
    )
    for _ in range(2):
        report = grade_some(accept("solution.py", f"{template}\n{remembering}".encode()))
        assert "remembered" not in str(report)


@pytest.mark.parametrize(
    ("statement", "fails"),
    [
        ("open('log.txt', 'w').write('x')", ""),
        ("open(b'log.txt', mode='xb').write(b'x')", ""),
        ("open('log.txt', 'w'); open('log.txt').read()", "FileNotFoundError"),
        ("import os; os.makedirs('a/b'); open('a/b/c', 'a').write('x')", ""),
        ("open('/tmp/log.txt', 'w')", "PermissionError"),
        ("open('../log.txt', 'w')", "PermissionError"),
        ("import os; os.mkdir('/tmp/folder')", "PermissionError"),
        ("for number in range(1000): open(f'{number}.txt', 'w').write('x' * 100_000)", ""),
        ("print('x', file=open(__import__('os').devnull, 'w'))", ""),
        ("np.savez('weights.npz', W=np.ones((300, 300)), b=np.ones(9)); np.save('b.npy', np.ones(9))", ""),
        ("file = open('log.txt', 'w+'); file.write('12'); assert (file.tell(), file.read()) == (2, '')", ""),
    ],
)
def test_files_are_written_to_nowhere_but_only_here(
    template: str, isolation: dict[str, str], statement: str, fails: str
) -> None:
    submission = accept("solution.py", f"{template}\n{statement}\n".encode())
    connection = Connection(submission, KIT, StandIns(KIT.contract).respond)
    try:
        failures = connection.load().failures
        assert [failure.split(": ")[1] for failure in failures] == ([fails] if fails else [])
        assert not list(Path(connection._worker._folder).iterdir())
    finally:
        connection.close()
