"""Start a worker, exchange messages with it before a deadline, and end all of it."""

import contextlib
import dataclasses
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

from autograder import ROOT
from autograder.assignment.config import SEED_PATH, Limits
from autograder.sandbox import guarantees
from autograder.sandbox.errors import BrokeProtocol, CannotStart, Crashed, Stopped, TimedOut
from autograder.sandbox.lockdown.escape_probes import HELD
from autograder.sandbox.process import fork_server, reaper
from autograder.sandbox.protocol import codec, messages
from autograder.sandbox.protocol.framing import FrameReader

# What no submission may read; the probes of every worker try each.
SECRETS = (ROOT / "reference" / "solution.py", ROOT / "autograder" / "checks", SEED_PATH)

Responder = Callable[[messages.Ask], messages.Answer | messages.Refuse]
Answered = messages.Value | messages.Loaded | messages.Raised
TOGETHER = 64 << 10  # bytes that certainly fit into a socket, whether or not the worker reads


@dataclasses.dataclass(frozen=True)
class Errand:
    """Hold a request, the function that its failure names, and the seconds it may take."""

    message: messages.Message
    function: str
    seconds: float


class WorkerProcess:
    """Own one worker and everything it starts, from its first breath to its last.

    Making one returns at once; the first request waits until the worker is ready.
    """

    def __init__(self, limits: Limits) -> None:
        self._socket, theirs = socket.socketpair()
        self._frames = FrameReader(self._socket)
        with theirs:
            self._process = fork_server.start(theirs)
        self._folder = tempfile.mkdtemp(prefix="submission-")
        os.chmod(self._folder, 0o555)  # noqa: PTH101
        steps = guarantees.steps()
        self._uid = reaper.fresh_uid() if "user" in steps else None
        self._steps: dict[str, str] | None = None
        self.closed = False
        self.nothing_left = ""  # until it is closed: then "held", or what is left
        start = messages.Start(
            folder=self._folder,
            memory_mb=limits.memory_mb,
            cpu_seconds=int(limits.total_seconds) + 1,
            uid=self._uid,
            steps=list(steps),
            secrets=[str(path) for path in SECRETS],
            grader=os.getpid(),
        )
        with contextlib.suppress(OSError):  # a worker that cannot start is reported when it is needed
            self._socket.sendall(codec.pack(start))

    @property
    def steps(self) -> dict[str, str]:
        """Tell which steps and probes of the isolation hold; waits until the worker is ready.

        Raises CannotStart if it never is: no student code has run, so no student is to blame.
        """
        if self._steps is None:
            try:
                ready = self._receive(time.monotonic() + fork_server.START_SECONDS, "start")
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
        entering: Callable[[int], None] = lambda line: None,
    ) -> Answered:
        """Send one request and wait for its reply; see carry_out."""
        errand = Errand(message, function, seconds)
        _ = self.steps
        self._send(codec.pack(message), time.monotonic() + seconds, function)
        return self._reply(errand, None, entering)

    def carry_out(self, errands: Sequence[Errand], respond: Responder, *, alone: bool) -> list[Answered]:
        """Send requests and wait for the reply to each, answering what the worker asks meanwhile.

        Small ones travel together, which saves waiting; `alone` forbids that, for a worker that
        asks questions while the next request is on its way would wait for ever.
        Raises TimedOut, Crashed or BrokeProtocol, after which the worker is gone.
        """
        _ = self.steps
        frames = [codec.pack(errand.message) for errand in errands]
        if not alone and sum(map(len, frames)) <= TOGETHER:
            first = errands[0]
            self._send(b"".join(frames), time.monotonic() + first.seconds, first.function)
            return [self._reply(errand, respond) for errand in errands]
        replies = []
        for frame, errand in zip(frames, errands, strict=True):
            self._send(frame, time.monotonic() + errand.seconds, errand.function)
            replies.append(self._reply(errand, respond))
        return replies

    def _reply(
        self,
        errand: Errand,
        respond: Responder | None,
        entering: Callable[[int], None] = lambda line: None,
    ) -> Answered:
        deadline, function = time.monotonic() + errand.seconds, errand.function
        while True:
            reply = self._receive(deadline, function)
            if time.monotonic() > deadline:  # who never stops asking is out of time too
                raise self._timed_out(function)
            match reply:
                case messages.Ask() if respond is not None:
                    self._answer(respond(reply), deadline, function)
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
        try:
            self.nothing_left = reaper.end(self._process, self._uid if became else None)
        except CannotStart as error:
            self.nothing_left = f"no: {error}"
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> "WorkerProcess":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _answer(self, message: messages.Message, deadline: float, function: str) -> None:
        try:
            frame = codec.pack(message)
        except codec.ProtocolError as error:  # the answer to a question of the submission's
            raise self._broken(function, str(error)) from None
        self._send(frame, deadline, function)

    def _send(self, frame: bytes, deadline: float, function: str) -> None:
        try:
            self._socket.settimeout(max(deadline - time.monotonic(), 1e-3))
            self._socket.sendall(frame)
        except TimeoutError:
            raise self._timed_out(function) from None
        except OSError:
            raise self._crashed(function) from None

    def _receive(self, deadline: float, function: str) -> Any:
        def be_in_time() -> None:
            if time.monotonic() > deadline:  # a byte now and then does not put it off
                raise TimeoutError
            self._socket.settimeout(max(deadline - time.monotonic(), 1e-3))

        try:
            return codec.unpack(self._frames.frame(be_in_time), messages.Reply)
        except TimeoutError:
            raise self._timed_out(function) from None
        except (OSError, EOFError):
            raise self._crashed(function) from None
        except codec.ProtocolError as error:
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


def _ending(status: int | None) -> str:
    if status is None:
        return "it closed its connection"
    if status < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit status {status}"
