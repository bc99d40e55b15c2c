"""Start a worker, exchange messages with it before a deadline, and end all of it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograder import ROOT
from autograder.assignment.config import SEED_PATH, Limits
from autograder.common import sanitize
from autograder.sandbox import guarantees
from autograder.sandbox.errors import BrokeProtocol, CannotStart, Crashed, TimedOut, WorkerLost
from autograder.sandbox.lockdown.escape_probes import HELD
from autograder.sandbox.process import fork_server, reaper
from autograder.sandbox.protocol import codec, messages
from autograder.sandbox.protocol.framing import FrameReader

# What no submission may read; the probes of every worker try each.
SECRETS = (ROOT / "reference", ROOT / "autograder" / "problems", SEED_PATH)

Responder = Callable[[messages.Ask], messages.Answer | messages.Refuse]
Answered = messages.Value | messages.Loaded | messages.ExceptionRaised
MOST_ATTEMPTS = 10  # that are kept of what a submission may have made up
TOGETHER = 64 << 10  # bytes that certainly fit into a socket, whether or not the worker reads


class WorkerProcess:
    """A worker and everything it starts, from its first breath to its last.

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
        self.tried: list[str] = []  # what the submission tried and may not, for the staff
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
            self._socket.sendall(codec.pack(start, keep_tuples=True))

    @property
    def steps(self) -> dict[str, str]:
        """Tell which steps and probes of the isolation hold; waits until the worker is ready.

        Raises CannotStart if it never is: no student code has run, so no student is to blame.
        """
        if self._steps is None:
            try:
                ready = self._receive(time.monotonic() + fork_server.START_SECONDS)
            except WorkerLost as stopped:
                raise CannotStart(f"the worker did not start: it {stopped.what}") from None
            if not isinstance(ready, messages.Ready):
                raise CannotStart(f"the worker said {type(ready).__name__} before it was ready")
            self._steps = ready.steps
        return self._steps

    def exchange(
        self,
        requests: Sequence[messages.Message],
        seconds: float,
        respond: Responder | None = None,
        *,
        alone: bool = False,
        entering: Callable[[int], None] = lambda line: None,
    ) -> Iterator[Answered]:
        """Send requests and yield the reply to each, which must come within `seconds`.

        respond: answers what the worker asks meanwhile.  entering: called with each line of the
        submission that is about to run.  Small requests travel together, which saves waiting;
        `alone` forbids that, for a worker that asks questions while the next request is on its
        way would wait for ever.
        Raises TimedOut, Crashed or BrokeProtocol, after which the worker is gone.
        """
        _ = self.steps
        frames = [codec.pack(request, keep_tuples=True) for request in requests]
        if not alone and sum(map(len, frames)) <= TOGETHER:
            frames = [b"".join(frames), *[b""] * (len(frames) - 1)]
        for frame in frames:
            self._send(frame, time.monotonic() + seconds)
            yield self._reply(time.monotonic() + seconds, respond, entering)

    def _reply(self, deadline: float, respond: Responder | None, entering: Callable[[int], None]) -> Answered:
        while True:
            reply = self._receive(deadline)
            if time.monotonic() > deadline:  # who never stops asking is out of time too
                raise self._timed_out()
            match reply:
                case messages.Ask() if respond is not None:
                    self._answer(respond(reply), deadline)
                case messages.Entering():
                    entering(reply.line)
                case messages.Tried():
                    self._note_attempt(reply.what)
                case messages.Value() | messages.Loaded() | messages.ExceptionRaised():
                    return reply
                case _:
                    raise self._broken(f"an unexpected {type(reply).__name__}")

    def _note_attempt(self, what: str) -> None:
        what = sanitize.clean(what, 120)
        if what not in self.tried and len(self.tried) < MOST_ATTEMPTS:
            self.tried.append(what)

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

    def _answer(self, message: messages.Message, deadline: float) -> None:
        try:
            frame = codec.pack(message, keep_tuples=True)
        except codec.ProtocolError as error:  # the answer to a question of the submission's
            raise self._broken(str(error)) from None
        self._send(frame, deadline)

    def _send(self, frame: bytes, deadline: float) -> None:
        try:
            self._socket.settimeout(max(deadline - time.monotonic(), 1e-3))
            self._socket.sendall(frame)
        except TimeoutError:
            raise self._timed_out() from None
        except OSError:
            raise self._crashed() from None

    def _receive(self, deadline: float) -> Any:
        def be_in_time() -> None:
            if time.monotonic() > deadline:  # a byte now and then does not put it off
                raise TimeoutError
            self._socket.settimeout(max(deadline - time.monotonic(), 1e-3))

        try:
            return codec.unpack(self._frames.frame(be_in_time), messages.Reply)
        except TimeoutError:
            raise self._timed_out() from None
        except (OSError, EOFError):
            raise self._crashed() from None
        except codec.ProtocolError as error:
            raise self._broken(str(error)) from None

    def _timed_out(self) -> TimedOut:
        self.close()
        return TimedOut("did not finish in time")

    def _crashed(self) -> Crashed:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)  # its end reaches us a moment after its last byte
        status = self._process.returncode
        self.close()
        return Crashed(f"ended the whole process ({_ending(status)})")

    def _broken(self, what: str) -> BrokeProtocol:
        self.close()
        return BrokeProtocol(f"sent the grader something it cannot read: {what}")


def _ending(status: int | None) -> str:
    if status is None:
        return "it closed its connection"
    if status < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit status {status}"
