"""Keep one submission in a worker, and in a new one where that one is lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from autograder.assignment.config import Assignment
from autograder.common.keys import key_of
from autograder.intake.submission import Submission
from autograder.sandbox import guarantees, load_report, replies
from autograder.sandbox.errors import (
    BrokeProtocol,
    NotLoaded,
    NotWritten,
    Raised,
    Starved,
    Stopped,
    WorkerLost,
)
from autograder.sandbox.given import Given, GivenState
from autograder.sandbox.lockdown.escape_probes import HELD
from autograder.sandbox.process.worker_process import Responder, WorkerProcess
from autograder.sandbox.protocol import messages
from autograder.sandbox.time_budget import Budget


class Connection:
    """A submission, in as many workers, one after the other, as it takes.

    stand_ins: the functions that the reference answers for now.
    steps: which steps and probes of the isolation held, in every worker so far.
    worker_has_a_past: whether the worker in use has seen parts before this one.
    """

    def __init__(
        self,
        submission: Submission,
        assignment: Assignment,
        respond: Responder,
        given_state: GivenState | None = None,
        *,
        strict: bool = False,
    ) -> None:
        self.contract = assignment.contract
        self._source, self._places = submission.code, submission.places
        self._strict = strict
        self._limits = limits = assignment.limits
        self._respond = respond
        self._given = Given(given_state)
        self._budget = Budget(limits)
        self._function = "your file"  # whose checks are being run, as people read it
        self._worker: WorkerProcess | None = None
        self._has_read_file = self._was_helped = self.worker_has_a_past = False  # all of this worker
        self._unsent: list[tuple[messages.Message, str]] = []
        self._initializes = True
        self._not_attempted: set[str] = set()  # functions in which a worker was lost for the sake of others
        self._loaded: messages.Loaded | None = None
        self._not_loaded: NotLoaded | None = None
        self.workers = 0  # how many there have been
        self.stand_ins: tuple[str, ...] = ()
        self.steps: dict[str, str] = {}
        self._tried: set[str] = set()
        # What reading the file stopped at, if it did; from this line on it only defines things.
        self.import_stopped: Stopped | None = None
        self.definitions_from: int | None = None
        if submission.refusal:
            self._not_loaded = NotLoaded("your file", submission.refusal)
        else:
            self._worker = WorkerProcess(limits)

    # What the runner of the checks does with it.

    @contextmanager
    def checking(self, function: str, stand_ins: tuple[str, ...]) -> Iterator[None]:
        """Count the time of slow calls inside as that of `function`, with these stand-ins."""
        self._function, self.stand_ins = self.contract.shown.get(function, function), stand_ins
        try:
            self._unsent = [(messages.Forget(), function)]
            yield
            if len(self._unsent) > 1:  # an object that was made, and never asked anything
                self._exchange(self._unsent)
        finally:
            self.stand_ins = ()

    def new_part(self) -> None:
        """Note that what comes next is another part than what the worker has seen so far.

        A worker in which the reference has answered is not used for it, so that those answers are
        forgotten.
        """
        if self._was_helped:
            self.close()
        self.worker_has_a_past = self._worker is not None and self._has_read_file

    def close(self) -> None:
        """End every process of this submission; the next request, if one comes, meets a new one."""
        if self._worker is not None:
            self._worker.close()
            self._note({"nothing_left": self._worker.nothing_left})
            self._tried |= set(self._worker.tried)
            self._worker = None
        self._has_read_file = self._was_helped = self.worker_has_a_past = False
        self.workers += 1

    def require_isolation(self) -> None:
        """Raise NotIsolated if the worker that comes next lacks something and that is forbidden."""
        if self._strict and self._worker is not None:
            self._admit(self._worker)

    @property
    def seconds_used(self) -> float:
        """Return how long everything that was asked has taken."""
        return self._budget.used

    @property
    def stopped_at(self) -> str:
        """Name the place that reading the file stopped at, if it did."""
        return "" if self.definitions_from is None else self._places.of(self.definitions_from)

    @property
    def notes(self) -> list[str]:
        """Return what the worker did to the file, or saw in it, that costs nothing."""
        return [*(self._loaded.notes if self._loaded is not None else []), *self._given.notes]

    @property
    def tried(self) -> tuple[str, ...]:
        """Return what the submission tried in any worker that isolation forbids, for the staff."""
        return tuple(sorted(self._tried.union(self._worker.tried if self._worker else ())))

    # What is asked of the submission.

    def load(self) -> messages.Loaded:
        """Read the file in a worker, if that is not done yet, and tell what it holds.

        Raises NotLoaded when it cannot be read, even without what it runs at the top level.
        """
        if self._not_loaded is not None:
            raise self._not_loaded
        if self._worker is not None and self._worker.closed:
            self.close()
        if not self._has_read_file:
            self._worker = self._worker or WorkerProcess(self._limits)
            try:
                self._loaded = self._load_into(self._worker)
                load_report.require_anything(self._loaded, self.contract)
            except NotLoaded as reason:
                self._not_loaded = reason
                raise
            self._has_read_file = True
        assert self._loaded is not None
        return self._loaded

    def construct(self, message: messages.Construct) -> None:
        """Make an object, together with the next request; what goes wrong is seen only then.

        Raises NotWritten if the file has no such class.
        """
        if message.owner and message.owner not in self.load().found:
            raise NotWritten(message.owner, load_report.why_missing(self.load(), message.owner))
        message = self._given.complete(message)
        self.later(message if self._initializes else _uninitialized(message), message.owner)

    def later(self, message: messages.Message, called: str | None = None) -> None:
        """Send a request together with the next one: what it does is seen only then."""
        self._unsent.append((message, called or self._function))

    def attempt(self, message: messages.Attempt, key: str) -> None:
        """Call a function for the sake of others, with the next request, unless that loses workers."""
        if key not in self._not_attempted:
            self.later(message, key)

    def ask(self, message: messages.Message, called: str | None = None) -> messages.Value:
        """Send a request to the worker and return what it gives; raise what it raises."""
        return self._ask([*self._unsent, (message, called or self._function)])

    def _ask(self, requests: list[tuple[messages.Message, str]]) -> messages.Value:
        """Carry requests out; go round what this check is not about, if that is what fails."""
        try:
            return self._exchange(requests)
        except Raised as error:
            return self._ask_with_given(requests, error)
        except WorkerLost as lost:
            return self._ask_without_what_was_lost(requests, lost)

    def _ask_without_what_was_lost(
        self, requests: list[tuple[messages.Message, str]], lost: WorkerLost
    ) -> messages.Value:
        """Ask again without what the worker was lost in, if this check is not about that; else raise it.

        It may be what is called for the sake of others: after construction, or to have what another
        function is given.  If it is the constructor itself, the template's is used from now on.
        """
        in_making = lost.function in self.contract.owners
        repaired = None
        if isinstance(lost, Starved):
            raise lost
        if in_making and self._initializes:
            self._initializes = False
            repaired = [(_uninitialized(request), function) for request, function in requests]
        elif in_making:
            repaired = self._given.repair_lost(requests, lost)
        elif any(isinstance(one, messages.Attempt) and key == lost.function for one, key in requests):
            self._not_attempted.add(lost.function)
            repaired = [pair for pair in requests if not isinstance(pair[0], messages.Attempt)]
        if repaired is None:
            raise lost
        return self._ask(repaired)

    def _ask_with_given(self, requests: list[tuple[messages.Message, str]], error: Raised) -> messages.Value:
        """Ask again with what is given in the place of the student's, while that is what raises.

        Raises the error if it is something else that does.
        """
        while True:
            repaired = self._given.repair(requests, error)
            if repaired is None:
                raise error
            requests = repaired
            try:
                return self._exchange(requests)
            except Raised as next_error:
                error = next_error

    def _exchange(self, requests: list[tuple[messages.Message, str]]) -> messages.Value:
        """Carry requests out in order; return the last value, or raise the first failure."""
        self.load()
        assert self._worker is not None
        self._unsent = []
        worker = self._worker
        seconds, used = self._budget.seconds_for(self._function), worker.seconds_used
        received: list[messages.Message] = []
        try:
            for reply in worker.exchange(
                [message for message, _ in requests], seconds, self._answer, alone=bool(self.stand_ins)
            ):
                received.append(reply)
        except WorkerLost as lost:
            _, called = requests[len(received)]
            raise lost.while_calling(called) from None
        finally:
            self._budget.spend(self._function, worker.seconds_used - used)
        values = [self._value(reply, called) for reply, (_, called) in zip(received, requests, strict=True)]
        return values[-1]

    def _value(self, reply: messages.Message, called: str) -> messages.Value:
        if isinstance(reply, messages.Value):
            return reply
        if not isinstance(reply, messages.ExceptionRaised):
            assert self._worker is not None
            self._worker.close()
            raise BrokeProtocol("sent the grader an answer that it had not asked for", called)
        raise replies.error_of(reply, called, self.contract, self._places)

    def _answer(self, ask: messages.Ask) -> messages.Answer | messages.Refuse:
        """Answer for a function that has a stand-in now; about any other, the reference is silent."""
        if key_of(ask.owner, ask.method) not in self.stand_ins:
            return messages.Refuse(text="there is no stand-in for this function")
        self._was_helped = True
        return self._respond(ask)

    # How the file gets into a worker.

    def _load_into(self, worker: WorkerProcess) -> messages.Loaded:
        """Execute the file; if that stops at a statement, try once more without running such."""
        line = 0

        def entering(at: int) -> None:
            nonlocal line
            line = at

        self._admit(worker)
        request = messages.Load(
            source=self._source,
            cells=self._places.cells,
            wanted=load_report.wanted(self.contract),
            definitions_from=self.definitions_from,
        )
        try:
            (reply,) = worker.exchange([request], self._limits.import_seconds, entering=entering)
        except Starved:
            self.close()
            raise
        except WorkerLost as stop:
            if self.definitions_from is not None or line == 0:
                where = f"at {self._places.of(line)}" if line else "before its first line"
                raise NotLoaded("your file", f"Importing your file stopped {where}: {stop}") from None
            self.definitions_from, self.import_stopped = line, stop
            self.close()
            self._worker = WorkerProcess(self._limits)
            return self._load_into(self._worker)
        if isinstance(reply, messages.ExceptionRaised):
            raise replies.while_loading(reply, self._places, self._limits)
        if not isinstance(reply, messages.Loaded):
            worker.close()
            raise NotLoaded(
                "your file", "Importing your file sent the grader an answer that it had not asked for."
            )
        return load_report.fit_to_be_shown(reply, self.contract)

    def _admit(self, worker: WorkerProcess) -> None:
        """Look at what a worker reports before the submission is let into it."""
        self._note(worker.steps)
        if self._strict and guarantees.broken(worker.steps):
            raise guarantees.NotIsolated(guarantees.sentence(worker.steps))

    def _note(self, report: dict[str, str]) -> None:
        """Add to the steps of all workers so far; one that failed once has failed."""
        for name, state in report.items():
            if self.steps.get(name, HELD) == HELD:
                self.steps[name] = state


def _uninitialized(request: messages.Message) -> messages.Message:
    """Return the same request, but for the call after construction."""
    return (
        msgspec.structs.replace(request, after=None) if isinstance(request, messages.Construct) else request
    )
