"""Start a worker, exchange messages with it before a deadline, and end all of it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from autograder import ROOT
from autograder.assignment import SEED_PATH, Limits
from autograder.sandbox import ending, messages, promises, wire
from autograder.sandbox.canaries import HELD
from autograder.sandbox.failures import BrokeProtocol, CannotStart, Crashed, Stopped, TimedOut

WORKER = Path(__file__).with_name("worker.py")
START_SECONDS = 30.0  # a loaded machine may take its time; no student code runs yet
# What no submission may read; the canaries of every worker try each.
SECRETS = (ROOT / "reference" / "solution.py", ROOT / "autograder" / "checks", SEED_PATH)

Responder = Callable[[messages.Ask], messages.Answer | messages.Refuse]


class WorkerProcess:
    """Own one worker and everything it starts, from its first breath to its last.

    Making one returns at once; the first request waits until the worker is ready.
    """

    _alive: ClassVar[set[int]] = set()

    def __init__(self, limits: Limits) -> None:
        ending.adopt_orphans()
        self._folder = tempfile.mkdtemp(prefix="submission-")
        os.chmod(self._folder, 0o555)  # noqa: PTH101
        self._socket, theirs = socket.socketpair()
        steps = promises.steps()
        self._uid = ending.fresh_uid() if "user" in steps else None
        start = messages.Start(
            descriptor=theirs.fileno(),
            memory_mb=limits.memory_mb,
            cpu_seconds=int(limits.total_seconds) + 1,
            uid=self._uid,
            steps=steps,
            secrets=[str(path) for path in SECRETS],
            grader=os.getpid(),
        )
        with theirs:
            self._process = subprocess.Popen(
                # Not -I: it would switch hash randomisation on.  The environment is ours anyway.
                [sys.executable, "-s", "-B", "-X", "utf8", str(WORKER), msgspec.json.encode(start).decode()],
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
        self.nothing_left = ""  # until it is closed: then "held", or what is left

    @property
    def steps(self) -> dict[str, str]:
        """Tell which steps and canaries of the isolation hold; waits until the worker is ready.

        Raises CannotStart if it never is: no student code has run, so no student is to blame.
        """
        if self._steps is None:
            try:
                ready = self._receive(time.monotonic() + START_SECONDS, "start")
            except Stopped as stopped:
                raise CannotStart(f"the worker did not start: {stopped}") from None
            if not isinstance(ready, messages.Ready):
                raise CannotStart(f"the worker said {type(ready).__name__} before it was ready")
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
            if time.monotonic() > deadline:  # who never stops asking is out of time too
                raise self._timed_out(function)
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
        """Kill the worker and whatever it started, leave nothing behind, and check that."""
        if self.closed:
            return
        self.closed = True
        self._socket.close()
        # Without a report there is no telling whether the worker became its own user: ask for both.
        became = self._steps is None or self._steps.get("user") == HELD
        self.nothing_left = ending.end(self._process, self._uid if became else None, self._alive)
        self._alive.discard(self._process.pid)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> "WorkerProcess":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _send(self, message: messages.Message, deadline: float, function: str) -> None:
        try:
            frame = wire.pack(message)
        except wire.ProtocolError as error:  # the answer to a question of the submission's
            raise self._broken(function, str(error)) from None
        try:
            self._socket.settimeout(max(deadline - time.monotonic(), 1e-3))
            self._socket.sendall(frame)
        except TimeoutError:
            raise self._timed_out(function) from None
        except OSError:
            raise self._crashed(function) from None

    def _receive(self, deadline: float, function: str) -> Any:
        def read_exactly(count: int) -> bytearray:
            received = bytearray(count)
            left = memoryview(received)
            while left:
                if time.monotonic() > deadline:  # a byte now and then does not put it off
                    raise TimeoutError
                self._socket.settimeout(max(deadline - time.monotonic(), 1e-3))
                size = self._socket.recv_into(left)
                if not size:
                    raise ConnectionResetError
                left = left[size:]
            return received

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
