"""Recognise known mistakes in a student's answers, from the numbers alone.

A check asks the reference a question and compares the answers.  Where they differ, the
same question is put to each wrong submission of the zoo that gets this function wrong: the
mistake whose answers are the student's in every example of the check is a suspect, and
the suspect that explains the most checks is the diagnosis.
"""

import dataclasses
import types
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.assignment.config import Assignment
from autograder.checking.expect import Choice, Expect, Make, Question, Same, Wrong, everything
from autograder.common.keys import function_of, owner_of
from autograder.grading import zoo
from autograder.grading.report import Outcome


class Lineup(Expect):
    """A judge that puts each question to known mistakes as well, and keeps those that explain every answer.

    suspects: the mistakes that would have given all answers heard so far.
    """

    def __init__(self, assignment: Assignment, mistakes: Iterable[zoo.Entry]) -> None:
        super().__init__(assignment)
        self.suspects = list(mistakes)
        self._something_was_wrong = False
        self._all_were_struck = False

    @property
    def culprits(self) -> tuple[str, ...] | None:
        """Return the mistakes that explain every answer, wrong and right; None if no answer could tell."""
        if self._something_was_wrong or self._all_were_struck:
            return tuple(mistake.name for mistake in self.suspects)
        return None

    def answer(
        self,
        got: Any,
        reference: Make,
        question: Question,
        name: str,
        *,
        only: Choice = everything,
        gradient: bool = False,
        any_ones: bool = False,
    ) -> None:
        """Compare an answer with those of the mistakes: it is the same if it would pass for it."""

        def same(got: Any, answer: Any) -> bool:
            try:
                self.same_as(got, only(answer), name, gradient=gradient, any_ones=any_ones)
            except Wrong:
                return False
            return True

        self.recognise(got, reference, question, same)

    def recognise(self, got: Any, reference: Make, question: Question, same: Same) -> None:
        """Drop every mistake that would not have given the answer `got` to this question."""

        def gives(answerer: Callable[[], Any]) -> bool:
            try:
                with np.errstate(all="ignore"):
                    return same(got, question(answerer()))
            except Exception:  # the mistake does not even give an answer here
                return False

        if not gives(reference):
            self._something_was_wrong = True
        self.suspects = [
            mistake
            for mistake in self.suspects
            if gives(lambda mistake=mistake: _with(mistake, reference()))  # type: ignore[misc]
        ]
        self._all_were_struck = not self.suspects


def settle(outcomes: list[Outcome], assignment: Assignment) -> list[Outcome]:
    """Choose, among the suspects of each wrong answer, the one that explains the most of them.

    One check alone may fit two mistakes, or fit one by chance; all checks of a function
    together seldom do.  Where more answers are explained by nobody, nobody is blamed.
    """
    counts = Counter(name for outcome in outcomes for name in outcome.suspects or ())
    settled = list(outcomes)
    for name, explained in counts.most_common():
        culprit = zoo.by_name(name, assignment)
        unexplained = [o for o in outcomes if o.check.function == culprit.function and o.suspects == ()]
        if explained >= len(unexplained):
            settled = [
                _diagnosed(outcome, culprit)
                if name in (outcome.suspects or ()) and not outcome.mistake
                else outcome
                for outcome in settled
            ]
    return settled


def _diagnosed(outcome: Outcome, culprit: zoo.Entry) -> Outcome:
    reason = f"{outcome.reason} {culprit.says} Try: {culprit.hint}"
    return dataclasses.replace(outcome, reason=reason, symptom=outcome.reason, mistake=culprit.name)


def _with(mistake: zoo.Entry, reference: Any) -> Any:
    """Put the mistake in the place of the right method of an object of the reference's."""
    if isinstance(reference, types.ModuleType):
        return mistake.module
    function = function_of(mistake.function)
    method = vars(getattr(mistake.module, owner_of(mistake.function)))[function]
    reference.__class__ = type(type(reference).__name__, (type(reference),), {function: method})
    return reference
