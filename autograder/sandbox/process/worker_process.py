"""Start a worker, exchange messages with it before a deadline, and end all of it."""

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograder import ROOT
from autograder.assignment.config import SEED_PATH, Limits
from autograder.common import sanitize
from autograder.sandbox import guarantees
from autograder.sandbox.errors import BrokeProtocol, CannotStart, Crashed, Starved, TimedOut, WorkerLost
from autograder.sandbox.lockdown.escape_probes import HELD
from autograder.sandbox.process import fork_server, reaper
from autograder.sandbox.process.deadline import Deadline, WorkerClock
from autograder.sandbox.process.requests import REQUESTS
from autograder.sandbox.protocol import codec, messages
from autograder.sandbox.protocol.framing import FrameReader

# What no submission may read; the probes of every worker try each.
SECRETS = (ROOT / "reference", ROOT / "autograder" / "problems", SEED_PATH)

# What a worker answers to most requests; it is not read anew each time.
NOTHING = messages.Value(value=None, changed=[])
NOTHING_FRAME = codec.pack(NOTHING)[codec.INDEX.size :]

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
        self._clock: WorkerClock | None = None
        self._poll = select.poll()
        self.seconds_used = 0.0  # by all requests so far
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
                self._clock = WorkerClock(self._process.pid)
                ready = self._receive(Deadline(self._clock, fork_server.START_SECONDS))
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
        """Send requests and yield the reply to each, which must come within `seconds` of the worker's time.

        respond: answers what the worker asks meanwhile.  entering: called with each line of the
        submission that is about to run.  Small requests travel together, which saves waiting;
        `alone` forbids that, for a worker that asks questions while the next request is on its
        way would wait for ever.
        Raises TimedOut, Starved, Crashed or BrokeProtocol, after which the worker is gone.
        """
        _ = self.steps
        assert self._clock is not None
        frames = [REQUESTS.frame(request) for request in requests]
        if not alone and sum(map(len, frames)) <= TOGETHER:
            frames = [b"".join(frames), *[b""] * (len(frames) - 1)]
        for frame in frames:
            deadline = Deadline(self._clock, seconds)
            try:
                self._send(frame, deadline)
                reply = self._reply(deadline, respond, entering)
            finally:
                self.seconds_used += deadline.used()
            yield reply

    def _reply(
        self, deadline: Deadline, respond: Responder | None, entering: Callable[[int], None]
    ) -> Answered:
        while True:
            match self._receive(deadline):
                case messages.Ask() as ask if respond is not None:
                    if not deadline.left():  # who never stops asking is out of time too
                        raise self._out_of_time(deadline)
                    self._answer(respond(ask), deadline)
                case messages.Entering() as entered:
                    entering(entered.line)
                case messages.Tried() as tried:
                    self._note_attempt(tried.what)
                case messages.Value() | messages.Loaded() | messages.ExceptionRaised() as reply:
                    return reply
                case other:
                    raise self._broken(f"an unexpected {type(other).__name__}")

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
        if self._clock is not None:
            self._clock.close()
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

    def _answer(self, message: messages.Message, deadline: Deadline) -> None:
        try:
            frame = codec.pack(message, keep_tuples=True)
        except codec.ProtocolError as error:  # the answer to a question of the submission's
            raise self._broken(str(error)) from None
        self._send(frame, deadline)

    def _send(self, frame: bytes, deadline: Deadline) -> None:
        unsent = memoryview(frame)
        try:
            while unsent:
                try:
                    unsent = unsent[self._socket.send(unsent, socket.MSG_DONTWAIT) :]
                except BlockingIOError:
                    self._wait(select.POLLOUT, deadline)
        except OSError:
            raise self._crashed() from None

    def _receive(self, deadline: Deadline) -> Any:
        try:
            body = self._frames.frame(lambda: self._wait(select.POLLIN, deadline))
            return NOTHING if body == NOTHING_FRAME else codec.unpack(body, messages.Reply)
        except (OSError, EOFError):
            raise self._crashed() from None
        except codec.ProtocolError as error:
            raise self._broken(str(error)) from None

    def _wait(self, event: int, deadline: Deadline) -> None:
        """Wait until the connection is ready for this; raise TimedOut or Starved after the deadline.

        A byte now and then does not put the deadline off.
        """
        self._poll.register(self._socket, event)
        while left := deadline.left():
            if self._poll.poll(1e3 * left):
                return
        raise self._out_of_time(deadline)

    def _out_of_time(self, deadline: Deadline) -> WorkerLost:
        starved = deadline.starved
        self.close()
        return Starved("had no core to run on") if starved else TimedOut("did not finish in time")

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
        return "it closed its connection to the grader"
    if status < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-status).name
    return f"exit status {status}"
