"""Give checks a `student`: the student's file, seen from afar.

nn = student.NN(hidden_dims=(3, 2), data=data)   # any class of the contract, or a plain function
nn.weights = {"W1": ..., ...}
cache = nn.forward(x)          # plain arrays, or an exception from errors.py
nn.changed                     # the arguments that the last call changed (R23)
"""

import itertools
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from autograder.common.keys import function_of, owner_of
from autograder.sandbox.connection import Connection
from autograder.sandbox.errors import Stopped
from autograder.sandbox.process.requests import REQUESTS
from autograder.sandbox.protocol import messages
from autograder.sandbox.remote import RemoteObject, Transcript

# Numbers of objects that many checks make alike; all others are numbered from 1.
NUMBERS = itertools.count(1_000_000)


class Student:
    """A submission as checks see it.

    connection: what the runner of the checks, and no check, has to do with.
    transcript: what the check in hand did with the network it made last, to be written down as an example.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._handles = 0
        self.transcript: Transcript = []
        self._made: Counter[Hashable] = Counter()  # how often each of the known objects, in this check
        self._answers: dict[Hashable, tuple[Any, Transcript]] = {}
        self._answered_by = connection.workers

    @contextmanager
    def checking(self, function: str, stand_ins: tuple[str, ...] = ()) -> Iterator[None]:
        """Run a check of `function` inside, with the functions in `stand_ins` answered by the reference."""
        self._made.clear()
        with self.connection.checking(function, stand_ins):
            yield

    # The file.

    def load(self) -> messages.Loaded:
        """Tell what the file holds; raises NotLoaded when it cannot be read."""
        return self.connection.load()

    @property
    def import_stopped(self) -> Stopped | None:
        """Tell what reading the file stopped at, if it did."""
        return self.connection.import_stopped

    @property
    def stopped_at(self) -> str:
        """Name the place that reading the file stopped at; from there on only its definitions were read."""
        return self.connection.stopped_at

    # What it defines.

    def __getattr__(self, name: str) -> Any:
        """Return a class of the student's, to be called with keywords, or a plain function."""
        owners = self.connection.contract.owners
        if name in owners:
            return partial(self._constructed, name)
        if "" in owners and name in owners[""].parameters:
            return getattr(self.functions(), name)
        raise AttributeError(f"no contract of this assignment has a class or plain function {name!r}")

    def functions(self) -> RemoteObject:
        """Return the plain functions of the file, as one object that knows what its last call changed."""
        return self._construct("", {})

    def prepared(
        self,
        owner: str,
        keywords: dict[str, Any],
        *,
        after: list[Any] | None = None,
        state: dict[str, Any],
        known_as: Hashable = None,
    ) -> RemoteObject:
        """Construct an object, call what its contract names with the arguments `after`, set its state.

        known_as: what decides all of these, if something does: then the request is written down only
        once, for all checks and all submissions.

        Some right objects only work after that call; so it is always made, unless `after` is None, and what
        becomes of it here is none of this check's business.  State is set in the shape that the
        constructor gave it, where that differs in dimensions of length one only.
        """
        if known_as is None:
            return self._construct(owner, keywords, after, state)
        name = (owner, known_as, self._stand_ins(owner))
        self._made[name] += 1  # a second one in the same check is an object of its own
        message = REQUESTS.get((*name, self._made[name]))
        if message is None:
            message = self._request(next(NUMBERS), owner, keywords, after, state)
            REQUESTS.keep((*name, self._made[name]), message)
        return self._make(message)

    def _constructed(self, owner: str, **keywords: Any) -> RemoteObject:
        return self._construct(owner, keywords)

    def once(self, question: Hashable, ask: Callable[[], Any]) -> Any:
        """Return what `ask` gets from the submission; asked once for all checks that put this question."""
        if self._answered_by != self.connection.workers:  # a new worker has the last word on everything
            self._answers.clear()
            self._answered_by = self.connection.workers
        question = (question, self.connection.stand_ins)
        if question not in self._answers:
            self._answers[question] = ask(), self.transcript
        answer, self.transcript = self._answers[question]
        return answer

    def _construct(
        self,
        owner: str,
        keywords: dict[str, Any],
        after: list[Any] | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> RemoteObject:
        self._handles += 1
        return self._make(self._request(self._handles, owner, keywords, after, attributes or {}))

    def _request(
        self,
        handle: int,
        owner: str,
        keywords: dict[str, Any],
        after: list[Any] | None,
        attributes: dict[str, Any],
    ) -> messages.Construct:
        return messages.Construct(
            handle=handle,
            owner=owner,
            keywords=keywords,
            stand_ins=list(self._stand_ins(owner)),
            after=after,
            attributes=attributes,
        )

    def _stand_ins(self, owner: str) -> tuple[str, ...]:
        return tuple(function_of(key) for key in self.connection.stand_ins if owner_of(key) == owner)

    def _make(self, message: messages.Construct) -> RemoteObject:
        sets = [("set", item) for item in message.attributes.items()]
        self.transcript = [("construct", (message.owner, message.keywords)), *sets]
        self.connection.construct(message)
        return RemoteObject(self.connection, message.handle, message.owner, self.transcript)
