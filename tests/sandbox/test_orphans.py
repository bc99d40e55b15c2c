"""What a worker may have started is found and ended, however it detached; nobody else's process is."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from autograder.intake.submission import accept
from autograder.sandbox import guarantees
from autograder.sandbox.lockdown.escape_probes import HELD
from autograder.sandbox.process import fork_server, reaper
from autograder.sandbox.process.worker_process import WorkerProcess
from tests.sandbox.conftest import KIT, QUICK, grade_some, linux_root

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux hands orphans over")
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
# Starts a process in a session of its own, tells its number, and stays or goes.
PARENT = """
import os, sys, time
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    os.write(writing, b"x")
    time.sleep(600)
os.read(reading, 1)
print({child}, flush=True)
{then}
"""


@pytest.fixture
def own() -> Iterator[subprocess.Popen[bytes]]:
    """Keep a child of this process that no submission started."""
    with subprocess.Popen(SLEEP) as process:
        yield process
        process.kill()


def parent(then: str) -> tuple[subprocess.Popen[str], int]:
    """Start a process that leads its own session, as a worker does; return it and the child it has."""
    children = "open(f'/proc/self/task/{os.getpid()}/children').read()"
    code = PARENT.format(child=children, then=then)
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def runs(pid: int) -> bool:
    """Tell whether a process runs; one that is dead and not yet reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@linux
def test_an_orphan_is_killed_and_children_of_our_own_are_not(own: subprocess.Popen[bytes]) -> None:
    assert fork_server.adopt_orphans()
    server = fork_server._server().pid
    dead, orphan = parent(then="os._exit(0)")
    with dead:
        dead.wait()
    assert orphan in reaper._children(), "Linux did not hand it over"
    assert reaper.reap_orphans() >= 1
    while reaper.reap_orphans():  # until it is reaped as well
        pass
    assert not psutil.pid_exists(orphan)
    assert own.poll() is None
    assert runs(server)


@linux
def test_where_orphans_are_not_handed_over_the_whole_family_is_killed(
    own: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, child = parent(then="time.sleep(600)")
    monkeypatch.setattr(reaper, "adopt_orphans", lambda: False)
    with worker:
        assert reaper.end(worker, None) == HELD
    assert worker.returncode == -9
    psutil.wait_procs([psutil.Process(child)] if psutil.pid_exists(child) else [], timeout=60)
    assert not runs(child)
    assert own.poll() is None


@linux_root
def test_processes_of_a_user_are_counted_as_long_as_they_run(own: subprocess.Popen[bytes]) -> None:
    uid = reaper.fresh_uid()
    assert uid is not None
    assert reaper.of_user(uid) == 0
    processes = [
        subprocess.Popen(["/bin/sleep", "600"], user=uid, start_new_session=detached)
        for detached in (False, True)
    ]
    assert reaper.of_user(uid) == 2
    reaper.kill_user(uid)
    for process in processes:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and not yet reaped
    assert reaper.of_user(uid) == 0
    assert [process.wait() for process in processes] == [-9, -9]
    assert own.poll() is None


@linux_root
def test_what_would_not_die_is_reported_and_is_not_called_isolated(
    isolation: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaper, "of_user", lambda uid: 1)
    monkeypatch.setattr(reaper, "PATIENCE", 0.0)
    with WorkerProcess(KIT.limits) as worker:
        assert guarantees.broken(worker.steps) == guarantees.broken(isolation)
    assert worker.nothing_left == "no: 1 processes would not die"
    assert "leave a process" in guarantees.sentence({**isolation, "nothing_left": worker.nothing_left})


@linux_root
@pytest.mark.parametrize("kept", ["user", "no user"])
def test_what_a_method_starts_is_gone_when_grading_ends(
    kept: str, isolation: dict[str, str], monkeypatch: pytest.MonkeyPatch, users: list[int], template: str
) -> None:
    """Without the step that refuses new processes: a child, and a daemon that has left every group."""
    missing = {"seccomp"} if kept == "user" else {"seccomp", "user"}
    left = tuple(step for step in guarantees.steps() if step not in missing)
    monkeypatch.setitem(guarantees.STEPS, "linux", left)
    starting = """
    def loss(self, prediction, labels):
        import os, time
        pids = []
        for leaves in (False, True):
            reading, writing = os.pipe()
            if os.fork() == 0:
                if leaves:
                    os.setsid()
                    if os.fork():
                        os._exit(0)
                os.write(writing, str(os.getpid()).encode())
                time.sleep(600)
            pids.append(int(os.read(reading, 20)))
        raise ValueError(f"started {pids}")
"""
    report = grade_some(accept("solution.py", f"{template}{starting}".encode()), assignment=QUICK)
    started = [
        int(word.strip("[],"))
        for outcome in report.outcomes
        if "started [" in outcome.reason
        for word in outcome.reason.split("started ")[1].split("]")[0].split()
    ]
    assert len(started) >= 2, [outcome.reason for outcome in report.outcomes]
    assert dict(report.isolation)["nothing_left"] == HELD
    assert not [pid for pid in started if runs(pid)]
    assert not any(reaper.of_user(uid) for uid in users)
