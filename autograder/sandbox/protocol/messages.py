"""Define what the grader and a worker may say to each other; anything else ends the worker.

A field of type `Any` holds a plain value: None, bool, int, float, str, list, dict with
string keys, ndarray, or an `Opaque` that names the type of what could not be sent.
"""

from typing import Any

import msgspec


class Message(msgspec.Struct, tag=True, forbid_unknown_fields=True):
    """Carry one thing to say, under the name of its class."""


# What the grader says.


class Start(Message):
    """Tell a worker how to lock itself in: the first thing it hears.

    folder: where to stand; uid: the user to become, if the grader is root; steps: what to
    try, by the names of steps.py; secrets, grader: what its probes must not be able to
    read, and the process they must not be able to signal.
    """

    folder: str
    memory_mb: int
    cpu_seconds: int
    uid: int | None
    steps: list[str]
    secrets: list[str]
    grader: int


class Load(Message):
    """Execute a submission; from line `definitions_from` on, only what defines something."""

    source: bytes
    definitions_from: int | None = None


class Construct(Message):
    """Make a network under a number; the methods in `stand_ins` call back to the grader.

    If `dims` is given, `initialize_weights` is called with it, whatever becomes of that;
    last, the attributes are set.
    """

    handle: int
    keywords: dict[str, Any]
    stand_ins: list[str]
    dims: list[int] | None
    attributes: dict[str, Any]


class Call(Message):
    """Call a method of a network."""

    handle: int
    method: str
    arguments: list[Any]
    keywords: dict[str, Any]


class GetAttribute(Message):
    """Read an attribute of a network."""

    handle: int
    name: str


class SetAttribute(Message):
    """Write an attribute of a network."""

    handle: int
    name: str
    value: Any


class Forget(Message):
    """Drop every network made so far."""


class Answer(Message):
    """Answer an `Ask`: the value to return, and the attributes to set on the network."""

    value: Any
    attributes: dict[str, Any]


class Refuse(Message):
    """Answer an `Ask` that has no answer, with the error to raise."""

    text: str


Request = Start | Load | Construct | Call | GetAttribute | SetAttribute | Forget | Answer | Refuse


# What a worker says.


class Ready(Message):
    """Report, before any student code is there, which steps and probes of the isolation hold."""

    steps: dict[str, str]


class Entering(Message):
    """Announce the line of the top-level statement that runs next."""

    line: int


class Loaded(Message):
    """Tell what the file holds: the class to grade, if there is one, and what was odd."""

    class_name: str | None
    candidates: list[str]
    missing_methods: list[str]
    failures: list[str]
    absent: list[str]
    notes: list[str]


class Value(Message):
    """Return a plain value, and which parts of the arguments the call changed."""

    value: Any
    changed: list[str]


class Raised(Message):
    """Report an exception: its type, its text, and the line of the submission it came from."""

    kind: str
    text: str
    line: int | None
    code: str


class Ask(Message):
    """Ask the grader to answer for a method that the reference stands in for."""

    method: str
    arguments: list[Any]
    keywords: dict[str, Any]
    attributes: dict[str, Any]


Reply = Ready | Entering | Loaded | Value | Raised | Ask
