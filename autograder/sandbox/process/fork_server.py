"""Start workers: forked by a fork server on Linux, each from scratch elsewhere.

One fork server lasts as long as the grader and serves every submission.
"""

import atexit
import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from autograder.common import threads
from autograder.common.errors import UserError
from autograder.sandbox.errors import CannotStart

SCRIPT = Path(__file__).parents[1] / "worker" / "start.py"
START_SECONDS = 30.0  # a loaded machine may take its time; no student code runs yet
FOREVER = 20.0  # and then again: shorter than the patience with the fork server itself
PR_SET_CHILD_SUBREAPER = 36


class Child(Protocol):
    """What a worker's process is to the grader, however it was started."""

    @property
    def pid(self) -> int:
        """Return its number; raises CannotStart if it has none."""

    @property
    def returncode(self) -> int | None:
        """Tell how it ended, as in subprocess: negative for a signal; None if nobody knows yet."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ends; raises subprocess.TimeoutExpired."""

    def kill(self) -> None:
        """Kill it, if it has not ended."""


def start(connection: socket.socket) -> Child:
    """Start a worker that speaks through this connection; returns at once.

    Raises UserError where no worker can be started at all.
    """
    if sys.platform == "win32":  # CPython cannot hand a connection to a new process there
        raise UserError("grading needs Linux or macOS; on Windows, run the same command in WSL.")
    return _server().fork(connection) if adopt_orphans() else _spawn("worker", connection)


def prepare() -> None:
    """Start what workers are forked from, while this process has other things to do: it takes its time."""
    if adopt_orphans():
        _server()


def fork_server() -> int | None:
    """Return the process that workers are forked from, if there is one: a child that is no orphan."""
    return _running.pid if _running is not None and _running.usable else None


def kill_user(uid: int) -> None:
    """Kill every process of a worker's own user."""
    _server().ask(f"kill {uid}")


@cache
def adopt_orphans() -> bool:
    """Have Linux hand this process whatever a dead worker leaves behind, so that it can be killed.

    Tells whether this system can.
    """
    if not sys.platform.startswith("linux"):
        return False
    return ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0  # type: ignore[no-any-return]


class Forked:
    """A worker that the fork server makes."""

    def __init__(self, server: "ForkServer") -> None:
        self._server = server
        self.number: int | None = None
        self.returncode: int | None = None

    @property
    def pid(self) -> int:
        """Return its number; waits until it is born."""
        while self.number is None:
            self._server.hear()
        return self.number

    def kill(self) -> None:
        """Kill it, if it has not ended."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ends, as Popen.wait does."""
        while self.returncode is None:
            answer = self._server.ask(f"wait {self.pid} {FOREVER if timeout is None else timeout}")
            if answer != "running":
                self.returncode = int(answer)
            elif timeout is not None:
                raise subprocess.TimeoutExpired("worker", timeout)
        return self.returncode


class ForkServer:
    """The grader's end of the connection to the fork server of this process."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._unborn: deque[Forked] = deque()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(START_SECONDS)
        with theirs:
            self._process = _spawn("fork-server", theirs)

    @property
    def pid(self) -> int:
        """Return the number of its process."""
        return self._process.pid

    @property
    def usable(self) -> bool:
        """Tell whether it can still be asked, and by this process: a fork has a server of its own."""
        return self._control.fileno() >= 0 and self.owner == os.getpid()

    def fork(self, connection: socket.socket) -> Forked:
        """Have a worker forked; do not wait for it."""
        worker = Forked(self)
        self._unborn.append(worker)
        self._say("fork", [connection.fileno()])
        return worker

    def ask(self, request: str) -> str:
        """Say something and return the answer."""
        while self._unborn:
            self.hear()
        self._say(request)
        return self._answer()

    def hear(self) -> None:
        """Learn the number of the worker that was asked for first."""
        number = int(self._answer())
        self._unborn.popleft().number = number

    def close(self) -> None:
        """End it, or, in a fork of the grader, leave it alone."""
        self._control.close()
        if self.owner == os.getpid():
            self._process.kill()
            self._process.wait()

    def _say(self, request: str, descriptors: Sequence[int] = ()) -> None:
        with contextlib.suppress(OSError):  # whoever waits for the answer hears of it
            socket.send_fds(self._control, [request.encode()], descriptors)

    def _answer(self) -> str:
        try:
            answer = self._control.recv(64)
        except OSError as error:
            self.close()
            raise CannotStart(f"the fork server does not answer ({error})") from None
        if not answer:
            self.close()
            raise CannotStart("the fork server has ended")
        return answer.decode()


_running: ForkServer | None = None


def _server() -> ForkServer:
    """Return the fork server of this process; start one if there is none that can be used."""
    global _running  # noqa: PLW0603  # one for all submissions that this process grades
    if _running is None or not _running.usable:
        if _running is not None:
            _running.close()
        _running = ForkServer()
        atexit.register(_running.close)
    return _running


def _spawn(role: str, connection: socket.socket) -> subprocess.Popen[bytes]:
    """Start the script of the worker with an environment from nothing: no surprises, no secrets."""
    # Not -I: it would switch hash randomisation on.  The environment is ours anyway.
    options = ["-s", *(["-B"] if sys.dont_write_bytecode else []), "-X", "utf8"]
    return subprocess.Popen(
        [sys.executable, *options, str(SCRIPT), role, str(connection.fileno())],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[connection.fileno()],
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",  # sets in the same order every time: the same file, the same score
        **threads.ONE,
    }
