"""Answer, with the reference, what a stand-in in the worker asks.

What arrives was written by the submission: a nonsensical question gets a refusal, a huge
one is not even tried, and nothing but values ever travels back.
"""

import contextlib
import copy
import importlib
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numpy.random import mtrand

from autograder.assignment.contract import Contract, Problem
from autograder.common.keys import key_of
from autograder.sandbox.protocol.messages import Answer, Ask, Refuse

ANOTHER = np.random.MT19937()  # a generator for what the reference draws
MAX_ELEMENTS = 4_000_000  # of one array: more than any honest question holds


class StandIns:
    """The reference, in the place of functions that others use."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._problems = {name: problem for problem in contract.problems for name in problem.owners}
        self._used = {
            key_of(name, used)
            for name, owner in contract.owners.items()
            for uses in owner.uses.values()
            for used in uses
        }

    def respond(self, ask: Ask) -> Answer | Refuse:
        """Let the reference answer for one function, from the state of the student's object."""
        try:
            with _generator_kept():
                value, attributes = self._answer(ask)
        except Exception as error:
            why = f"{ask.method} was called with something it cannot use ({type(error).__name__})"
            return Refuse(text=why)
        return Answer(value=value, attributes=attributes)

    def given_state(self, owner_name: str, keywords: dict[str, Any]) -> dict[str, Any]:
        """Return the attributes that the template's constructor makes from these keywords."""
        cls = getattr(reference_module(self._problems[owner_name]), owner_name)
        with _generator_kept():
            return dict(vars(cls(**keywords)))

    def _answer(self, ask: Ask) -> tuple[Any, dict[str, Any]]:
        if key_of(ask.owner, ask.method) not in self._used:
            raise ValueError("nothing stands in for it")
        arguments = [_measured(argument) for argument in ask.arguments]
        keywords = {name: _measured(value) for name, value in ask.keywords.items()}
        problem, owner = self._problems[ask.owner], self._contract.owners[ask.owner]
        asked = _object(problem, ask.owner)
        for name in owner.state:
            if name in ask.attributes:
                setattr(asked, name, _measured(ask.attributes[name]))
        refuse_bombs(problem)(ask.method, asked, arguments, keywords)
        with np.errstate(all="ignore"):
            value = getattr(asked, ask.method)(*arguments, **keywords)
        return value, {name: getattr(asked, name) for name in owner.writes.get(ask.method, ())}


@contextlib.contextmanager
def _generator_kept() -> Iterator[None]:
    """Leave NumPy's global generator as it was: what seeds it inside would seed the grader's (R2)."""
    generator = mtrand.get_bit_generator()
    mtrand.set_bit_generator(ANOTHER)  # in a twentieth of the time that a copy takes
    try:
        yield
    finally:
        mtrand.set_bit_generator(generator)


def reference_module(problem: Problem) -> ModuleType:
    """Import the file with the whole answer."""
    return importlib.import_module(f"reference.{problem.reference_path.stem}")


@cache
def refuse_bombs(problem: Problem) -> Callable[[str, Any, list[Any], dict[str, Any]], None]:
    """Return what raises ValueError, before anything is computed, for what would take too much of it.

    A problem whose answers can take long says so in bombs.py, beside its contract.
    """
    if not (problem.folder / "bombs.py").is_file():
        return lambda method, asked, arguments, keywords: None
    refuse: Callable[..., None] = importlib.import_module(f"autograder.problems.{problem.name}.bombs").refuse
    return refuse


@cache
def _smallest(problem: Problem, owner_name: str) -> Any:
    cls = getattr(reference_module(problem), owner_name)
    return cls(**problem.owners[owner_name].smallest)


def _object(problem: Problem, owner_name: str) -> Any:
    """Return an object of the reference's class; of plain functions, their module."""
    if not owner_name:
        return reference_module(problem)
    return copy.copy(_smallest(problem, owner_name))


def _measured(value: Any) -> Any:
    """Make arrays of all lists, so that their shape is known before anything is computed."""
    if isinstance(value, dict):
        return {key: _measured(item) for key, item in value.items()}
    if isinstance(value, list):
        value = np.array(value)
    if isinstance(value, np.ndarray) and (value.dtype.kind not in "biuf" or value.size > MAX_ELEMENTS):
        raise ValueError("not an array that an honest question holds")
    return value
