"""Define what the grader and a worker may say to each other; anything else ends the worker.

A field of type `Any` holds a plain value: None, bool, int, float, str, list, dict with
string keys, ndarray, or an `Opaque` that names the type of what could not be sent.
"""

from typing import Any

import msgspec


class Message(msgspec.Struct, tag=True, forbid_unknown_fields=True):
    """One thing to say, under the name of its class."""


# What the grader says.


class Start(Message):
    """How a worker is to lock itself in: the first thing it hears.

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


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """A class that is graded, or, without a name, the plain functions of the file.

    graded: what it must have; state: the attributes that a stand-in's question tells;
    after_construction: the method that `Construct.after` calls; keywords: what the constructor takes;
    keys: by the method, a pattern of the keys that are asked for in the dict it returns.
    """

    name: str
    graded: list[str]
    state: list[str]
    after_construction: str
    keywords: list[str]
    keys: dict[str, str] = {}


class Load(Message):
    """A submission to execute; from line `definitions_from` on, only what defines something.

    cells: where the cells of a notebook begin; see Places.
    """

    source: bytes
    wanted: list[Wanted]
    cells: tuple[tuple[int, int], ...] = ()
    definitions_from: int | None = None


class Construct(Message):
    """An object to make under a number; the methods in `stand_ins` call back to the grader.

    owner: its class; without a name, the plain functions.  after: arguments for the method that
    is called after construction, whatever becomes of that; nothing is called if it is None.
    state: if it is given, the constructor is not called, and these are the attributes instead.
    missing: attributes that are set where the constructor leaves them out.
    Last, `attributes` are set.
    """

    handle: int
    owner: str
    keywords: dict[str, Any]
    stand_ins: list[str]
    after: list[Any] | None
    attributes: dict[str, Any]
    state: dict[str, Any] | None = None
    missing: dict[str, Any] = {}


class Call(Message):
    """A call of a method of an object."""

    handle: int
    method: str
    arguments: list[Any]
    keywords: dict[str, Any]


class Attempt(Message):
    """A call for the sake of others: what becomes of it is nobody's business.

    hand_on_to: the method whose next call is handed the result, if that is a dict; what is in that
    call's own first argument is put into it.
    """

    handle: int
    method: str
    arguments: list[Any]
    hand_on_to: str


class GetAttribute(Message):
    """A question for an attribute of an object.

    only_shapes: of a dict, send the shape of each entry in its place.
    """

    handle: int
    name: str
    only_shapes: bool = False


class SetAttribute(Message):
    """A new value for an attribute of an object."""

    handle: int
    name: str
    value: Any


class Forget(Message):
    """The order to drop every object made so far."""


class Answer(Message):
    """The answer to an `Ask`: the value to return, and the attributes to set on the object."""

    value: Any
    attributes: dict[str, Any]


class Refuse(Message):
    """The answer to an `Ask` that has no answer: the error to raise."""

    text: str


Request = Start | Load | Construct | Attempt | Call | GetAttribute | SetAttribute | Forget | Answer | Refuse


# What a worker says.


class Ready(Message):
    """Which steps and probes of the isolation hold, before any student code is there."""

    steps: dict[str, str]


class Entering(Message):
    """The line of the top-level statement that runs next."""

    line: int


class Tried(Message):
    """Something that the submission tried and the lock-down forbids: for the staff to look at."""

    what: str


class Loaded(Message):
    """What the file holds of what is wanted, and what was odd.

    found: by the name of a wanted class, the name it has in the file.  candidates: by the name
    of a class that was not found, those that could be meant.  missing: the keys of graded
    functions that a class that was found, or the file, does not have.
    """

    found: dict[str, str]
    candidates: dict[str, list[str]]
    missing: list[str]
    failures: list[str]
    absent: list[str]
    notes: list[str]


class Value(Message):
    """A plain value, whether it was a tuple, and which parts of the arguments the call changed."""

    value: Any
    changed: list[str]
    was_tuple: bool = False


class ExceptionRaised(Message):
    """An exception: its type, its text, and the line of the submission it came from."""

    kind: str
    text: str
    line: int | None
    code: str


class Ask(Message):
    """A question to the grader, for a method that the reference stands in for."""

    owner: str
    method: str
    arguments: list[Any]
    keywords: dict[str, Any]
    attributes: dict[str, Any]


Reply = Ready | Entering | Tried | Loaded | Value | ExceptionRaised | Ask
