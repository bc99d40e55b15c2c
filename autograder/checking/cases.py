"""Situations in which a question is put to both sides, the student's and the reference's."""

import types
from typing import Any, Protocol


class Case(Protocol):
    """A situation that can be set up on both sides, the student's and the reference's."""

    def student(self, student: Any, **settings: Any) -> Any:
        """Make the student's object in this situation."""

    def reference(self, **settings: Any) -> Any:
        """Make the reference's object in the same situation: a new one, whatever was done to the last."""


class PlainFunctions:
    """The plain functions of a file as a case: there is nothing to set up."""

    def __init__(self, reference: types.ModuleType) -> None:
        self._reference = reference

    def student(self, student: Any) -> Any:
        """Return the student's file, whose functions can be called."""
        return student.functions()

    def reference(self) -> types.ModuleType:
        """Return the module of the reference."""
        return self._reference
