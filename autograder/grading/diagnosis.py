"""Recognise known mistakes in a student's answers, from the numbers alone.

A check asks the reference a question and compares the answers.  Where they differ, the
same question is put to each wrong submission of the zoo that gets this function wrong: the
mistake whose answers are the student's in every example of the check is a suspect, and
the suspect that explains the most checks is the diagnosis.
"""

import copy
import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.grading.report import Outcome
from autograder.zoo import entries as zoo

Question = Callable[[Any], Any]
Same = Callable[[Any, Any], bool]


class Suspects:
    """Hold the known mistakes that explain every answer seen so far."""

    def __init__(self, mistakes: Iterable[zoo.Entry]) -> None:
        self.left = list(mistakes)
        self._something_was_wrong = False
        self._all_were_struck = False

    @property
    def culprits(self) -> tuple[str, ...] | None:
        """Name the mistakes that explain wrong answers and right ones alike; None if no answer tells."""
        if self._something_was_wrong or self._all_were_struck:
            return tuple(mistake.name for mistake in self.left)
        return None

    def hear(self, got: Any, nn: Any, question: Question, same: Same) -> None:
        """Strike every mistake that would not have given the answer `got` to this question."""
        if not _would_answer(got, fresh(nn), question, same):
            self._something_was_wrong = True
        self.left = [
            mistake for mistake in self.left if _would_answer(got, _with_mistake(nn, mistake), question, same)
        ]
        self._all_were_struck = not self.left


def settle(outcomes: list[Outcome]) -> list[Outcome]:
    """Choose, among the suspects of each wrong answer, the one that explains the most of them.

    One check alone may fit two mistakes, or fit one by chance; all checks of a function
    together seldom do.  Where more answers are explained by nobody, nobody is blamed.
    """
    counts = Counter(name for outcome in outcomes for name in outcome.suspects or ())
    settled = list(outcomes)
    for name, explained in counts.most_common():
        culprit = zoo.by_name(name)
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
    return dataclasses.replace(outcome, reason=reason, mistake=culprit.name)


_suspects: Suspects | None = None


@contextmanager
def suspecting(mistakes: Iterable[zoo.Entry]) -> Iterator[Suspects]:
    """Have checks that run inside put their answers to these suspects instead of judging them."""
    global _suspects  # noqa: PLW0603  # checks must not have to pass it on
    _suspects = Suspects(mistakes)
    try:
        yield _suspects
    finally:
        _suspects = None


def suspects() -> Suspects | None:
    """Return the suspects if answers are being collected; nothing should be judged then."""
    return _suspects


def fresh(nn: Any) -> Any:
    """Copy a network of ours; its data are shared, for no method of ours changes them."""
    twin = copy.copy(nn)
    twin.weights = {name: value.copy() for name, value in nn.weights.items()}
    twin.train_logs = {name: list(log) for name, log in nn.train_logs.items()}
    return twin


def _would_answer(got: Any, nn: Any, question: Question, same: Same) -> bool:
    try:
        with np.errstate(all="ignore"):
            return same(got, question(nn))
    except Exception:  # the mistake does not even give an answer here
        return False


def _with_mistake(nn: Any, mistake: zoo.Entry) -> Any:
    """Copy the reference's network, with the mistake in the place of the right method."""
    wrong = fresh(nn)
    method = vars(mistake.network)[mistake.function]
    wrong.__class__ = type(type(nn).__name__, (type(nn),), {mistake.function: method})
    return wrong
