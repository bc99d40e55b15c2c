"""Keep right and wrong submissions, each with the points it must get.

An entry is a few lines of TOML: how it differs from the reference, and what must become
of it.  `right/` holds what must get full marks however odd it looks; in `wrong/` each file
is named after the function that its entries get wrong.  A wrong entry that `says`
something is also a diagnosis: when a student's answers are just what the entry would have
given, the student is told so (see diagnosis.py).

    [gradient-summed]                          # the name of the entry
    replace = [[' / n_rows', '']]              # old and new text; the old one stands there once
    says = "Your gradient is the sum ..."      # the diagnosis, with its ruling
    try = "Divide by ..."                      # what to do about it
    points = { backward = 2.4 }                # what it gets; everything else must get full marks
"""

import functools
import json
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from autograder.assignment.template import ANSWER, REFERENCE_PATH
from autograder.common import toml_file
from autograder.common.errors import UserError

ZOO = Path(__file__).parent


def _as_notebook(text: str) -> bytes:
    """Put each top-level definition into a cell of its own."""
    cells = [{"cell_type": "code", "source": cell} for cell in text.split("\n\n\n")]
    return json.dumps({"nbformat": 4, "cells": cells}).encode()


ENCODINGS: MappingProxyType[str, Callable[[str], bytes]] = MappingProxyType(
    {
        "utf-8": lambda text: text.encode(),
        "byte-order-mark": lambda text: text.encode("utf-8-sig"),
        "crlf": lambda text: text.replace("\n", "\r\n").encode(),
        "notebook": _as_notebook,
        "tabs": lambda text: text.replace("    ", "\t").encode(),
    }
)


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """One submission by how it differs from the reference.

    answers: new bodies for graded functions.  replace: pairs of old and new text.
    prepend, append: text around the file.  encoding: one of ENCODINGS.  file: the whole
    text, instead of all these.  says, try: the diagnosis.  points: what the functions get
    that do not get full marks, counted in the weights of their checks.
    fragment: what the feedback must say somewhere.
    """

    name: str
    function: str = ""
    answers: dict[str, str] = {}
    replace: list[tuple[str, str]] = []
    prepend: str = ""
    append: str = ""
    encoding: str = "utf-8"
    file: str | None = None
    says: str = ""
    hint: str = msgspec.field(name="try", default="")
    points: dict[str, float] = {}
    fragment: str = ""

    @property
    def right(self) -> bool:
        """Tell whether the entry must get full marks."""
        return not self.function

    @functools.cached_property
    def text(self) -> str:
        """Return the text of the submission."""
        if self.file is not None:
            return self.file
        text = _reference()
        for function, body in self.answers.items():
            text = _fill(text, function, body)
        for old, new in self.replace:
            if text.count(old) != 1:
                raise UserError(f"zoo entry {self.name}: {old!r} stands {text.count(old)} times, not once.")
            text = text.replace(old, new)
        return self.prepend + text + self.append

    @property
    def source(self) -> bytes:
        """Return the bytes of the submission."""
        return ENCODINGS[self.encoding](self.text)

    @functools.cached_property
    def network(self) -> type[Any]:
        """Return the entry's NN; it is our own code, so it may run here."""
        module: dict[str, Any] = {"__name__": f"zoo.{self.name}"}
        exec(compile(self.text, f"zoo/{self.name}.py", "exec"), module)
        network: type[Any] = module["NN"]
        return network


@functools.cache
def entries() -> tuple[Entry, ...]:
    """Read every entry of the zoo, right ones first, each in the order of its file."""
    files = [*sorted((ZOO / "right").glob("*.toml")), *sorted((ZOO / "wrong").glob("*.toml"))]
    return tuple(entry for file in files for entry in _read(file))


def by_name(name: str) -> Entry:
    """Return the entry of this name; raises KeyError if there is none."""
    return _by_name()[name]


def known_mistakes(function: str) -> tuple[Entry, ...]:
    """Return the entries that are a diagnosis for a function."""
    file = ZOO / "wrong" / f"{function}.toml"
    return tuple(entry for entry in _read(file) if entry.says) if file.exists() else ()


@functools.cache
def _read(file: Path) -> tuple[Entry, ...]:
    source = f"zoo/{file.parent.name}/{file.name}"
    function = file.stem if file.parent.name == "wrong" else ""
    return tuple(
        toml_file.convert({"name": f"{file.stem}/{name}", "function": function, **table}, Entry, source)
        for name, table in toml_file.read(file, source).items()
    )


@functools.cache
def _by_name() -> dict[str, Entry]:
    return {entry.name: entry for entry in entries()}


@functools.cache
def _reference() -> str:
    return REFERENCE_PATH.read_text(encoding="utf-8")


def _fill(text: str, function: str, body: str) -> str:
    """Put another answer where the reference has its own."""
    lines = body.strip("\n").splitlines()
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    indented = "".join(f"        {line[margin:]}".rstrip() + "\n" for line in lines)
    answers = [answer for answer in ANSWER.finditer(text) if answer["function"] == function]
    if len(answers) != 1:
        raise UserError(f"the reference has no answer for {function}.")
    return text[: answers[0].start()] + indented + text[answers[0].end() :]
