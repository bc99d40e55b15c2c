"""Start a worker, exchange messages with it before a deadline, and end all of it."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from autograder.assignment import Limits
from autograder.sandbox import messages, wire
from autograder.sandbox.failures import BrokeProtocol, Crashed, TimedOut

WORKER = Path(__file__).with_name("worker.py")
START_SECONDS = 30.0  # a loaded machine may take its time; no student code runs yet
PR_SET_CHILD_SUBREAPER = 36

Responder = Callable[[messages.Ask], messages.Answer | messages.Refuse]


class WorkerProcess:
    """Own one worker and everything it starts, from its first breath to its last.

    Making one returns at once; the first request waits until the worker is ready.
    """

    _alive: ClassVar[set[int]] = set()

    def __init__(self, limits: Limits) -> None:
        adopt_orphans()
        self._folder = tempfile.mkdtemp(prefix="submission-")
        os.chmod(self._folder, 0o555)  # noqa: PTH101
        self._socket, theirs = socket.socketpair()
        options = {
            "descriptor": theirs.fileno(),
            "memory_mb": limits.memory_mb,
            "cpu_seconds": int(limits.total_seconds),
        }
        with theirs:
            self._process = subprocess.Popen(
                # Not -I: it would switch hash randomisation on.  The environment is ours anyway.
                [sys.executable, "-s", "-B", "-X", "utf8", str(WORKER), json.dumps(options)],
                cwd=self._folder,
                env=_environment(self._folder),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._alive.add(self._process.pid)
        self._steps: dict[str, str] | None = None
        self.closed = False

    @property
    def steps(self) -> dict[str, str]:
        """Tell which steps of the isolation hold; waits until the worker is ready."""
        if self._steps is None:
            ready = self._receive(time.monotonic() + START_SECONDS, "start")
            if not isinstance(ready, messages.Ready):
                raise self._broken("start", f"said {type(ready).__name__} before it was ready")
            self._steps = ready.steps
        return self._steps

    def request(
        self,
        message: messages.Message,
        *,
        seconds: float,
        function: str,
        respond: Responder | None = None,
        entering: Callable[[int], None] = lambda line: None,
    ) -> messages.Value | messages.Loaded | messages.Raised:
        """Send a request and wait for its reply, answering what the worker asks meanwhile.

        Raises TimedOut, Crashed or BrokeProtocol, after which the worker is gone;
        `function` is what their sentence names.
        """
        _ = self.steps
        deadline = time.monotonic() + seconds
        self._send(message, deadline, function)
        while True:
            reply = self._receive(deadline, function)
            match reply:
                case messages.Ask() if respond is not None:
                    self._send(respond(reply), deadline, function)
                case messages.Entering():
                    entering(reply.line)
                case messages.Value() | messages.Loaded() | messages.Raised():
                    return reply
                case _:
                    raise self._broken(function, f"an unexpected {type(reply).__name__}")

    def close(self) -> None:
        """Kill the worker and whatever it started, and leave nothing behind."""
        if self.closed:
            return
        self.closed = True
        self._socket.close()
        descendants = _descendants(self._process.pid)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._alive.discard(self._process.pid)
        _kill_all(descendants)
        _kill_orphans(known=self._alive)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> "WorkerProcess":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _send(self, message: messages.Message, deadline: float, function: str) -> None:
        try:
            self._socket.settimeout(max(deadline - time.monotonic(), 1e-3))
            self._socket.sendall(wire.pack(message))
        except TimeoutError:
            raise self._timed_out(function) from None
        except OSError:
            raise self._crashed(function) from None

    def _receive(self, deadline: float, function: str) -> Any:
        def read_exactly(count: int) -> bytes:
            received = bytearray()
            while len(received) < count:
                self._socket.settimeout(max(deadline - time.monotonic(), 1e-3))
                chunk = self._socket.recv(min(count - len(received), 1 << 20))
                if not chunk:
                    raise ConnectionResetError
                received += chunk
            return bytes(received)

        try:
            return wire.unpack(wire.receive(read_exactly), messages.Reply)
        except TimeoutError:
            raise self._timed_out(function) from None
        except OSError:
            raise self._crashed(function) from None
        except wire.ProtocolError as error:
            raise self._broken(function, str(error)) from None

    def _timed_out(self, function: str) -> TimedOut:
        self.close()
        return TimedOut(function, f"`{function}` did not finish in time.")

    def _crashed(self, function: str) -> Crashed:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)  # its end reaches us a moment after its last byte
        status = self._process.returncode
        self.close()
        return Crashed(function, f"`{function}` ended the whole process ({_ending(status)}).")

    def _broken(self, function: str, what: str) -> BrokeProtocol:
        self.close()
        return BrokeProtocol(function, f"`{function}` sent the grader something it cannot read: {what}.")


@cache
def adopt_orphans() -> bool:
    """Have Linux hand this process whatever a dead worker leaves behind, so that it can be killed."""
    if not sys.platform.startswith("linux"):
        return False
    return ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0  # type: ignore[no-any-return]


def _environment(home: str) -> dict[str, str]:
    """Build the worker's environment from nothing: one thread, no surprises, no secrets."""
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",  # sets in the same order every time: the same file, the same score
        **dict.fromkeys(threads, "1"),
    }


def _ending(status: int | None) -> str:
    if status is None:
        return "it closed its connection"
    if status < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit status {status}"


def _descendants(pid: int) -> list[Any]:
    import psutil  # only here: a grade in which nothing goes wrong need not wait for it

    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return []


def _kill_all(processes: list[Any]) -> None:
    import psutil

    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()


def _kill_orphans(known: set[int]) -> None:
    """Kill, until none is left, the children that dead workers bequeathed to this process.

    They are told from children of our own making by their session: a worker leads its own.
    """
    if not adopt_orphans():
        return
    import psutil

    me, session = psutil.Process(), os.getsid(0)
    for _ in range(100):
        orphans = [
            child for child in me.children() if child.pid not in known and _session(child.pid) != session
        ]
        if not orphans:
            return
        for orphan in orphans:
            _kill_all([*orphan.children(recursive=True), orphan])
            with contextlib.suppress(psutil.Error):
                orphan.wait(1)


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return os.getsid(0)
