"""Read right and wrong submissions, each with the points it must get.

An entry is a few lines of TOML: how it differs from the reference, and what must become
of it.  In the zoo/ of a problem, `right/` holds what must get full marks however odd it looks;
in `wrong/` each file is named after the function that its entries get wrong (`relu`, or
`Class.method`).  A wrong entry that `says` something is also a diagnosis: when a student's answers
are just what the entry would have given, the student is told so (see diagnosis.py).

    [gradient-summed]                          # the name of the entry
    replace = [[' / n_rows', '']]              # old and new text; the old one stands there once
    says = "Your gradient is the sum ..."      # the diagnosis, with its ruling
    try = "Divide by ..."                      # what to do about it
    points = { backward = 2.4 }                # what it gets; every other function must get full marks
    breaks = ["R15"]                           # its rulings; not needed if `says` quotes them

One mistake costs one ruling: an entry should lose points only in checks whose titles quote a ruling
that it breaks.  `selfcheck` names those that do not.  An entry that neither has `breaks` nor quotes
a ruling in `says` is not judged so.
"""

import functools
import json
import re
import types
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import msgspec

from autograder.assignment import config, contract, template
from autograder.assignment.config import Assignment
from autograder.assignment.contract import Problem
from autograder.assignment.template import ANSWER
from autograder.common import toml_file
from autograder.common.errors import UserError


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
    text of its problem, instead of all these.  says, try: the diagnosis.  points: what the functions get
    that do not get full marks, counted in the weights of their checks.  breaks: the rulings.
    fragment: what the feedback must say somewhere.
    """

    name: str
    problem: str
    function: str = ""  # its key; nothing for a right entry
    answers: dict[str, str] = {}
    replace: list[tuple[str, str]] = []
    prepend: str = ""
    append: str = ""
    encoding: str = "utf-8"
    file: str | None = None
    says: str = ""
    hint: str = msgspec.field(name="try", default="")
    points: dict[str, float] = {}
    breaks: list[str] = []
    fragment: str = ""

    @property
    def right(self) -> bool:
        """Tell whether the entry must get full marks."""
        return not self.function

    @property
    def rulings(self) -> frozenset[str]:
        """Return the rulings that it breaks; none if that is not declared."""
        return frozenset(self.breaks or re.findall(r"\bR\d+\b", self.says))

    @functools.cached_property
    def text(self) -> str:
        """Return the reference of its problem, with what is different about it."""
        if self.file is not None:
            return self.file
        text = contract.problem(self.problem).reference_text
        for function, body in self.answers.items():
            text = _fill(text, function, body)
        for old, new in self.replace:
            if text.count(old) != 1:
                raise UserError(f"zoo entry {self.name}: {old!r} stands {text.count(old)} times, not once.")
            text = text.replace(old, new)
        return self.prepend + text + self.append

    @property
    def source(self) -> bytes:
        """Return the bytes of the submission to the assignment that is served."""
        return self.source_for(config.load())

    def source_for(self, assignment: Assignment) -> bytes:
        """Return the bytes of the submission; what is asked besides its problem is right."""
        return ENCODINGS[self.encoding](template.reference(assignment, {self.problem: self.text}))

    @functools.cached_property
    def module(self) -> types.ModuleType:
        """Return what the text defines; it is our own code, so it may run here."""
        module = types.ModuleType("solution")
        exec(compile(self.text, f"zoo/{self.name}.py", "exec"), vars(module))
        return module


def entries(assignment: Assignment | None = None) -> tuple[Entry, ...]:
    """Read every entry of an assignment, right ones first, each in the order of its file."""
    return tuple(_by_name(_problems(assignment)).values())


def by_name(name: str, assignment: Assignment | None = None) -> Entry:
    """Return the entry of this name; raises KeyError if there is none."""
    return _by_name(_problems(assignment))[name]


def known_mistakes(key: str, assignment: Assignment | None = None) -> tuple[Entry, ...]:
    """Return the entries that are a diagnosis for a function."""
    return tuple(entry for entry in entries(assignment) if entry.function == key and entry.says)


def _problems(assignment: Assignment | None) -> tuple[Problem, ...]:
    return (assignment or config.load()).contract.problems


@functools.cache
def _by_name(problems: tuple[Problem, ...]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for kind in ("right", "wrong"):
        for problem in problems:
            for file in sorted((problem.folder / "zoo" / kind).glob("*.toml")):
                for entry in _read(file, problem):
                    if entry.name in found:
                        raise UserError(
                            f"two zoo entries are called {entry.name}; give the file of one another name."
                        )
                    found[entry.name] = entry
    return found


@functools.cache
def _read(file: Path, problem: Problem) -> tuple[Entry, ...]:
    source = f"{problem.name}/zoo/{file.parent.name}/{file.name}"
    function = contract.contract_of((problem.name,)).key(file.stem) if file.parent.name == "wrong" else ""
    common = {"problem": problem.name, "function": function}
    return tuple(
        toml_file.convert({"name": f"{file.stem}/{name}", **common, **table}, Entry, source)
        for name, table in toml_file.read(file, source).items()
    )


def _fill(text: str, function: str, body: str) -> str:
    """Put another answer where the reference has its own."""
    answers = [answer for answer in ANSWER.finditer(text) if answer["function"] == function]
    if len(answers) != 1:
        raise UserError(f"the reference has no answer for {function}.")
    lines, indent = body.strip("\n").splitlines(), answers[0]["indent"]
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    indented = "".join(f"{indent}{line[margin:]}".rstrip() + "\n" for line in lines)
    return text[: answers[0].start()] + indented + text[answers[0].end() :]
