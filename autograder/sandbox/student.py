"""Give checks a `student`: the student's file, seen from afar.

nn = student.NN(hidden_dims=(3, 2), data=data)   # any class of the contract, or a plain function
nn.weights = {"W1": ..., ...}
cache = nn.forward(x)          # plain arrays, or an exception from errors.py
nn.changed                     # the arguments that the last call changed (R23)
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from autograder.common.keys import function_of, owner_of
from autograder.sandbox.connection import Connection
from autograder.sandbox.errors import Stopped
from autograder.sandbox.protocol import messages
from autograder.sandbox.remote import RemoteObject, Transcript


class Student:
    """A submission as checks see it.

    connection: what the runner of the checks, and no check, has to do with.
    transcript: what the check in hand did with the network it made last, to be written down as an example.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._handles = 0
        self.transcript: Transcript = []
        self._answers: dict[Hashable, tuple[Any, Transcript]] = {}
        self._answered_by = connection.workers

    @contextmanager
    def checking(self, function: str, stand_ins: tuple[str, ...] = ()) -> Iterator[None]:
        """Run a check of `function` inside, with the functions in `stand_ins` answered by the reference."""
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
        self, owner: str, keywords: dict[str, Any], *, after: list[Any] | None = None, state: dict[str, Any]
    ) -> RemoteObject:
        """Construct an object, call what its contract names with the arguments `after`, set its state.

        Some right objects only work after that call; so it is always made, unless `after` is None, and what
        becomes of it here is none of this check's business.  State is set in the shape that the
        constructor gave it, where that differs in dimensions of length one only.
        """
        return self._construct(owner, keywords, after, state)

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
        attributes = attributes or {}
        self.transcript = [("construct", (owner, keywords)), *(("set", item) for item in attributes.items())]
        message = messages.Construct(
            handle=self._handles,
            owner=owner,
            keywords=keywords,
            stand_ins=[function_of(key) for key in self.connection.stand_ins if owner_of(key) == owner],
            after=after,
            attributes=attributes,
        )
        self.connection.construct(message)
        return RemoteObject(self.connection, self._handles, owner, self.transcript)
