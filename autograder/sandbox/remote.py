"""Let checks hold a network that looks local and lives in a worker."""

from functools import partial
from typing import Any

from autograder.assignment.contract import PARAMETERS
from autograder.common import sanitize
from autograder.sandbox.connection import Connection
from autograder.sandbox.errors import NotWritten
from autograder.sandbox.protocol import messages

# What was done with one network, in order: ("construct", keywords), ("set", (name, value)) and
# ("call", (method, arguments, keywords)).
Transcript = list[tuple[str, Any]]


class RemoteNetwork:
    """A network that looks like an `NN`; every call goes to the worker and comes back as plain data."""

    def __init__(self, connection: Connection, handle: int, transcript: Transcript) -> None:
        self.__dict__.update(_connection=connection, _handle=handle, _transcript=transcript, changed=())

    def __getattr__(self, name: str) -> Any:
        if name in PARAMETERS:
            return partial(self._call, name)
        return self._connection.ask(messages.GetAttribute(handle=self._handle, name=name)).value

    def __setattr__(self, name: str, value: Any) -> None:
        self._transcript.append(("set", (name, value)))
        self._connection.later(messages.SetAttribute(handle=self._handle, name=name, value=value))

    def _call(self, method: str, *arguments: Any, **keywords: Any) -> Any:
        self._transcript.append(("call", (method, arguments, keywords)))
        if method in self._connection.load().missing_methods:
            raise NotWritten(method, f"Your class has no method `{method}`.")
        call = messages.Call(handle=self._handle, method=method, arguments=list(arguments), keywords=keywords)
        reply = self._connection.ask(call, method)
        names = PARAMETERS[method]
        self.__dict__["changed"] = tuple(
            names[int(path[0])] + sanitize.clean(path[1:]).replace("`", "'")
            for path in reply.changed[:20]
            if _is_path(path, len(arguments))
        )
        return reply.value


def _is_path(path: str, count: int) -> bool:
    """Tell whether a worker's report of a changed argument makes sense; it need not be honest."""
    return len(path) < 80 and path[:1] in "0123456789"[:count] and path != ""
