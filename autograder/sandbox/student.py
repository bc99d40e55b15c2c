"""Give checks a `student` whose networks look local but live in a worker.

nn = student.NN(hidden_dims=(3, 2), data=data)
nn.weights = {"W1": ..., ...}
cache = nn.forward(x)          # plain arrays, or an exception from errors.py
nn.changed                     # the arguments that the last call changed (R23)
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from autograder.sandbox.connection import Connection
from autograder.sandbox.errors import Stopped
from autograder.sandbox.protocol import messages
from autograder.sandbox.remote import RemoteNetwork, Transcript


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

    # Its class.

    def NN(self, **keywords: Any) -> RemoteNetwork:  # noqa: N802
        """Construct the student's class, as `NN(**keywords)` would."""
        return self._construct(keywords, dims=None, attributes={})

    def network(
        self, dims: tuple[int, ...], weights: dict[str, Any] | None = None, **keywords: Any
    ) -> RemoteNetwork:
        """Construct a network D-h_1-...-C, initialise it, then give it these weights.

        Some right solutions only work after `initialize_weights`; so it is always called,
        and what becomes of it here is none of this check's business.
        """
        keywords = {"hidden_dims": dims[1:-1], **keywords}
        attributes = {} if weights is None else {"weights": weights}
        return self._construct(keywords, [dims[0], dims[-1]], attributes)

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
        self, keywords: dict[str, Any], dims: list[int] | None, attributes: dict[str, Any]
    ) -> RemoteNetwork:
        self._handles += 1
        self.transcript = [("construct", keywords), *(("set", item) for item in attributes.items())]
        message = messages.Construct(
            handle=self._handles,
            keywords=keywords,
            stand_ins=list(self.connection.stand_ins),
            dims=dims,
            attributes=attributes,
        )
        self.connection.construct(message)
        return RemoteNetwork(self.connection, self._handles, self.transcript)
