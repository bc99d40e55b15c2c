"""Let checks hold an object that looks local and lives in a worker."""

from functools import partial
from typing import Any

from autograder.assignment.contract import Owner
from autograder.common import sanitize
from autograder.common.keys import key_of
from autograder.sandbox.connection import Connection
from autograder.sandbox.errors import NotWritten
from autograder.sandbox.protocol import messages
from autograder.sandbox.protocol.codec import Tuple

# What was done with one object, in order: ("construct", (class, keywords)), ("set", (name, value))
# and ("call", (method, arguments, keywords)).
Transcript = list[tuple[str, Any]]


class RemoteObject:
    """An object of a student's class, or the plain functions of the file.

    Every call goes to the worker and comes back as plain data.
    changed: which arguments the last call changed (R23).
    """

    def __init__(self, connection: Connection, handle: int, owner_name: str, transcript: Transcript) -> None:
        self.__dict__.update(
            _connection=connection,
            _handle=handle,
            _owner_name=owner_name,
            _owner=connection.contract.owners[owner_name],
            _transcript=transcript,
            _handed_on=set(),
            changed=(),
        )

    def __getattr__(self, name: str) -> Any:
        owner: Owner = self._owner
        if name in owner.parameters:
            return partial(self._call, name)
        return self._connection.ask(messages.GetAttribute(handle=self._handle, name=name)).value

    def shapes_of(self, name: str) -> Any:
        """Return an attribute with the shapes of its entries in their place, if it is a dict.

        Large arrays need not travel to be measured.
        """
        question = messages.GetAttribute(handle=self._handle, name=name, only_shapes=True)
        return self._connection.ask(question).value

    def __setattr__(self, name: str, value: Any) -> None:
        self._transcript.append(("set", (name, value)))
        self._connection.later(messages.SetAttribute(handle=self._handle, name=name, value=value))

    def _call(self, method: str, *arguments: Any, **keywords: Any) -> Any:
        self._transcript.append(("call", (method, arguments, keywords)))
        if key_of(self._owner_name, method) in self._connection.load().missing:
            what = (
                f"Your class has no method `{method}`."
                if self._owner_name
                else f"Your file has no function `{method}`."
            )
            raise NotWritten(method, what)
        self._hand_on(method, arguments)
        call = messages.Call(handle=self._handle, method=method, arguments=list(arguments), keywords=keywords)
        reply = self._connection.ask(call, method)
        names = self._owner.parameters[method]
        self.__dict__["changed"] = tuple(
            names[int(path[0])] + sanitize.clean(path[1:]).replace("`", "'")
            for path in reply.changed[:20]
            if _is_path(path, min(len(arguments), len(names)))
        )
        return Tuple(reply.value) if reply.was_tuple and isinstance(reply.value, list) else reply.value

    def attempt(self, method: str, *arguments: Any, hand_on_to: str = "") -> None:
        """Call one of the student's functions for the sake of others; it may fail, and nobody sees how.

        hand_on_to: the function whose next call gets the result; see `handed_on` in contract.py.
        """
        self._handed_on.add(hand_on_to)
        attempt = messages.Attempt(
            handle=self._handle, method=method, arguments=list(arguments), hand_on_to=hand_on_to
        )
        self._connection.attempt(attempt, key_of(self._owner_name, method))

    def _hand_on(self, method: str, arguments: tuple[Any, ...]) -> None:
        """Have the student's own function make what this one is handed, unless it has done so already."""
        if method in self._owner.handed_on and method not in self._handed_on:
            maker = self._owner.handed_on[method]
            made_of = [arguments[0][name] for name in self._owner.parameters[maker]]
            self.attempt(maker, *made_of, hand_on_to=method)
        self._handed_on.discard(method)


def _is_path(path: str, count: int) -> bool:
    """Tell whether a worker's report of a changed argument makes sense; it need not be honest."""
    return len(path) < 80 and path[:1] in "0123456789"[:count] and path != ""
