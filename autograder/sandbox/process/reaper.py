"""End a worker and everything it may have started, and check that nothing is left.

Seccomp refuses new processes; this is what stands behind it.  As root, each worker has a
user of its own, and all that runs as this user is killed at once, however it detached.
Otherwise Linux hands a dead worker's orphans to the grader, which kills them.
"""

import contextlib
import os
import secrets
import signal
import sys
import time
from pathlib import Path
from typing import Any

from autograder.sandbox.lockdown.escape_probes import HELD
from autograder.sandbox.process import fork_server
from autograder.sandbox.process.fork_server import Child, adopt_orphans

# A range that neither Linux distributions nor containers give to anybody.
FIRST_UID, UIDS = 1_900_000_000, 200_000_000
STATUS = 1024  # bytes of what Linux says of a process: its state and its users come first
PATIENCE = 5.0  # seconds until what does not die is reported


def fresh_uid() -> int | None:
    """Draw a user id that nobody has, if this process may become it."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return None
    return FIRST_UID + secrets.randbelow(UIDS)


def end(process: Child, uid: int | None) -> str:
    """Kill a worker and all that came of it; return "held" if nothing is left, else what is.

    uid: the worker's own user, if it became one.  Raises CannotStart if it never was one.
    """
    family = [] if adopt_orphans() else _descendants(process.pid)
    for kill in (process.kill, lambda: os.killpg(process.pid, signal.SIGKILL)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill()
    process.wait()
    for descendant in family:
        with contextlib.suppress(Exception):  # psutil's own: it is gone, or not ours to kill
            descendant.kill()
    deadline = time.monotonic() + PATIENCE
    while True:
        if uid is not None:
            kill_user(uid)
        left = reap_orphans() + (of_user(uid) if uid is not None else 0)
        if not left:
            return HELD
        if time.monotonic() > deadline:
            return f"no: {left} processes would not die"
        time.sleep(0.01)


def kill_user(uid: int) -> None:
    """Kill every process of a worker's own user."""
    if uid < FIRST_UID:
        raise ValueError(f"{uid} may be somebody, and somebody's processes are not ours to kill")
    fork_server.kill_user(uid)


def of_user(uid: int) -> int:
    """Count the processes that run as a user; one that is dead and not yet reaped does not run."""
    return sum(_runs_as(uid, entry.name) for entry in os.scandir("/proc") if entry.name.isdigit())


def reap_orphans() -> int:
    """Kill the children that dead workers bequeathed to this process; return how many there were.

    They are told from children of our own making by their session: a worker leads its own.
    """
    if not adopt_orphans():
        return 0
    session, server = os.getsid(0), fork_server.fork_server()
    orphans = [pid for pid in _children() if pid != server and _session(pid) not in (session, None)]
    for pid in orphans:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(pid, os.WNOHANG)
    return len(orphans)


def _runs_as(uid: int, pid: str) -> bool:
    try:
        # Asked of each process of this machine at the end of each worker: pathlib would take twice the time.
        with open(f"/proc/{pid}/status", "rb", buffering=0) as file:  # noqa: PTH123
            status = file.read(STATUS)
    except OSError:  # it has just ended
        return False
    dead = b"\nState:\tZ" in status or b"\nState:\tX" in status
    return not dead and b"\nUid:\t%d\t" % uid in status


def _children() -> list[int]:
    """List the children of this process, as each of its threads made or adopted them."""
    with contextlib.suppress(OSError):
        return [
            int(pid)
            for task in Path("/proc/self/task").iterdir()
            for pid in (task / "children").read_text().split()
        ]
    import psutil  # a kernel without that file

    return [child.pid for child in psutil.Process().children()]


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _descendants(pid: int) -> list[Any]:
    import psutil

    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return []
