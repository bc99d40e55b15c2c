"""What the handout fixes about the things students write, read from autograder/problems/*/problem.toml.

Everything that grades reads it here; nothing but a problem's own folder knows a class by name.

    title = "..."                   # what it is, in a line
    reference = "solution.py"       # the whole answer, in reference/
    draft = true                    # its zoo is still small: `zip` warns of that

    [classes.NN]                    # or [functions], for plain functions of the file
    graded = { relu = ["x"] }       # what students write, in order, with the parameters in order
    given = { evaluate = [] }       # what comes with the template, and may be called
    uses = { forward = ["relu"] }   # what a function may call: graded or given, in no circle
    state = ["weights"]             # attributes from which the reference can answer in an object's place
    writes = { update = ["weights"] }   # attributes that it changes then
    keys = { forward = "[AZ]\\d+" }   # a pattern of the keys that are looked at in a dict that is returned
    after_construction = "..."      # a method without which some right objects do not work
    keywords = ["stride"]           # of the constructor: renamed classes are told apart by them
    handed_on = { backward = "forward" }    # a function whose first argument is a dict that this one makes:
                                    # what a check gives is put into the student's own, and the rest stays
    smallest = { hidden_dims = [1] }    # keywords that make the smallest object there is

A function is known by its key: "NN.relu" for a method, "output_size" for a plain function.
"""

import graphlib
import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec

from autograder import ROOT
from autograder.assignment.values import Line, Module, Name
from autograder.common import text_file, toml_file
from autograder.common.errors import UserError
from autograder.common.keys import function_of, key_of, owner_of

PROBLEMS = ROOT / "autograder" / "problems"
REFERENCES = ROOT / "reference"

Parameters = dict[Name, tuple[Name, ...]]


class Owner(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A class that students write, or the plain functions of their file."""

    graded: Parameters
    given: Parameters = {}
    uses: Parameters = {}
    state: tuple[Name, ...] = ()
    writes: Parameters = {}
    keys: dict[Name, str] = {}
    after_construction: Name = ""
    keywords: tuple[Name, ...] = ()
    handed_on: dict[Name, Name] = {}
    smallest: dict[Name, Any] = {}

    @property
    def parameters(self) -> Parameters:
        """Map everything that can be called to its parameters, in order."""
        return {**self.graded, **self.given}


class Problem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, eq=False):
    """Something students write, with all that the grader knows of it."""

    title: Line
    reference: Module
    draft: bool = False
    classes: dict[Name, Owner] = {}
    functions: Owner | None = None
    name: str = ""  # of its folder

    @property
    def folder(self) -> Path:
        """Return the folder with its checks, inputs and zoo."""
        return PROBLEMS / self.name

    @property
    def reference_path(self) -> Path:
        """Return the file with the whole answer."""
        return REFERENCES / self.reference

    @property
    def reference_text(self) -> str:
        """Return the whole answer; raises UserError if it cannot be read."""
        return text_file.read(self.reference_path, f"reference/{self.reference}")

    @property
    def owners(self) -> dict[str, Owner]:
        """Map the name of each class to what is fixed about it; plain functions go by no name."""
        return {**self.classes, **({"": self.functions} if self.functions else {})}


class Contract:
    """What is fixed about everything that an assignment grades: the problems, together.

    owners: by the name of the class; plain functions go by no name.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        self.owners: dict[str, Owner] = {}
        for problem in problems:
            for name, owner in problem.owners.items():
                if name in self.owners:
                    raise UserError(
                        f"two problems of the assignment define the same {name or 'plain functions'}."
                    )
                self.owners[name] = owner

    @cached_property
    def graded(self) -> tuple[str, ...]:
        """Return the key of every graded function, in the order of the problems."""
        return tuple(
            key_of(name, function) for name, owner in self.owners.items() for function in owner.graded
        )

    @cached_property
    def shown(self) -> dict[str, str]:
        """Map each key to what people read: the bare name, where only one function has it."""
        every = [key_of(name, one) for name, owner in self.owners.items() for one in owner.parameters]
        bare = [function_of(key) for key in every]
        return {key: function_of(key) if bare.count(function_of(key)) == 1 else key for key in every}

    def uses(self, key: str) -> tuple[str, ...]:
        """Return the keys of what a function may call."""
        name, function = owner_of(key), function_of(key)
        owner = self.owners.get(name)
        return tuple(key_of(name, used) for used in owner.uses.get(function, ())) if owner else ()

    def key(self, name: str, owner: str | None = None) -> str:
        """Return the key for a key as it is, or for a bare name that is unique.

        owner: the class that is spoken of, if one is.  Raises UserError if there is no such function.
        """
        wanted = [key_of(owner, name)] if owner is not None else [name]
        found = [key for key in self.graded if key in wanted]
        found = found or [key for key in self.graded if owner is None and function_of(key) == name]
        if len(found) != 1:
            why = f"several functions have this name: {', '.join(found)}" if found else "no problem has it"
            raise UserError(f"it is not clear which function `{name}` is: {why}.")
        return found[0]


@cache
def problem(name: str) -> Problem:
    """Read a problem's contract; raises UserError with one sentence if there is no such problem."""
    path = PROBLEMS / name / "problem.toml"
    source = f"problems/{name}/problem.toml"
    if not path.is_file():
        known = sorted(file.parent.name for file in PROBLEMS.glob("*/problem.toml"))
        raise UserError(f"there is no problem {name!r}: {', '.join(known)} have a problem.toml.")
    read = toml_file.convert(toml_file.read(path, source), Problem, source)
    if not read.reference_path.is_file():
        raise UserError(f"{source}: there is no reference/{read.reference}; write the whole answer there.")
    for owner_name, owner in read.owners.items():
        for slip in _slips(owner_name or "the plain functions", owner):
            raise UserError(f"{source}: {slip}")
    return msgspec.structs.replace(read, name=name)


@cache
def contract_of(names: tuple[str, ...]) -> Contract:
    """Return what is fixed about these problems, together."""
    return Contract(tuple(problem(name) for name in names))


def _slips(whose: str, owner: Owner) -> Iterator[str]:
    """Yield a sentence for everything that cannot be meant in what is fixed about a class."""
    yield from _unknown(whose, owner)
    for function, parameters in owner.parameters.items():
        if len(set(parameters)) < len(parameters):
            yield f"`{function}` of {whose} has two parameters with the same name."
    for function, pattern in owner.keys.items():
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"`{function}` in keys of {whose} is not a regular expression: {error}."
    yield from _circle(whose, owner)


def _unknown(whose: str, owner: Owner) -> Iterator[str]:
    """Yield a sentence for each name of a function that is neither graded nor given."""
    known = owner.parameters
    tables: dict[str, Iterable[str]] = {
        "uses": owner.uses,
        "writes": owner.writes,
        "keys": owner.keys,
        "handed_on": [*owner.handed_on, *owner.handed_on.values()],
        "after_construction": [owner.after_construction] if owner.after_construction else [],
    }
    for table, functions in tables.items():
        for function in functions:
            if function not in known:
                yield f"`{function}` in {table} of {whose} is neither graded nor given."
    for function, used in owner.uses.items():
        for one in used:
            if one not in known:
                yield f"`{function}` uses `{one}`, which is neither graded nor given."


def _circle(whose: str, owner: Owner) -> Iterator[str]:
    """Yield a sentence if functions use each other: none of them could be answered for by the reference."""
    try:
        graphlib.TopologicalSorter(owner.uses).prepare()
    except graphlib.CycleError as error:
        circle = error.args[1][::-1]  # from who uses to what is used
        links = ", ".join(f"`{one}` uses `{other}`" for one, other in itertools.pairwise(circle))
        yield (
            f"the uses of {whose} form a circle: {links}; leave one of them out, "
            "since these functions cannot stand in for each other."
        )
