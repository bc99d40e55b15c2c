"""Find whom a decision fits: by mistake, by check and by person."""

import difflib
import functools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.classroom import counted
from autograder.classroom.decisions.records import Decision
from autograder.classroom.pages import clusters
from autograder.gradescope.results import CheckResult, Results
from autograder.grading.report import is_within
from autograder.grading.verdict import Verdict


class FitsNobody(Exception):
    """Why a record applies to nobody, in the words that follow "applies to nobody: "."""


@dataclass(frozen=True)
class Fit:
    """A submission that a decision is about, with those of its checks that it names; none: all of it."""

    grade: Results
    checks: tuple[CheckResult, ...] = ()


def find(decision: Decision, grades: Sequence[Results]) -> list[Fit]:
    """Return whom a decision fits; raises FitsNobody.

    A mistake and a check fit whoever loses points there.  A check of somebody who is named may also be one
    that passed, where points are taken.
    """
    among = of_person(decision.person, grades) if decision.person else list(grades)
    if not (decision.mistake or decision.checks):
        return [Fit(grade) for grade in among]
    exact = decision.exact
    also_passed = bool(decision.person and not decision.mistake and exact is not None and exact < 0)
    fits = [Fit(grade, _checks_of(grade, decision, also_passed)) for grade in among]
    found = [fit for fit in fits if fit.checks]
    if not found:
        raise FitsNobody(_why_nobody(decision, grades))
    return found


def of_person(written: str, grades: Sequence[Results]) -> list[Results]:
    """Return the submissions of somebody, by number, e-mail or key, or else by name; raises FitsNobody."""
    wanted = _folded(written)
    exact = [grade for grade in grades if wanted in _marks(grade)]
    if exact:
        return exact
    named = [
        (grade, person)
        for grade in grades
        for person in grade.handin.people
        if _folded(person.name) == wanted
    ]
    if not named:
        near = difflib.get_close_matches(wanted, _everybody(grades), n=1)
        raise FitsNobody(f"nobody here is called {written}" + (f"; did you mean {near[0]}?" if near else "."))
    if len(counted.same_person(named)) > 1:
        raise FitsNobody(f"several people are called {written}; give a number or an e-mail address.")
    return [grade for grade, _ in named]


def called(check: CheckResult) -> set[str]:
    """Return what the mistake of a check that failed can be called in a decision."""
    if check.mistake:
        return {_plain(check.mistake), _plain(check.diagnosis)}
    if check.verdict == Verdict.NOT_WRITTEN:
        return {_plain(f"{check.function} is not written yet.")}
    return {_without_numbers(clusters.sentence(check))}


def _checks_of(grade: Results, decision: Decision, also_passed: bool) -> tuple[CheckResult, ...]:
    # Nothing of a file that could not be read, or was not there, is a mistake in a check.
    if grade.about.status in ("refused", "missing"):
        return ()
    return tuple(
        check
        for check in grade.tests
        if (also_passed or not check.passed)
        and (not decision.checks or any(_is_within(check.number, number) for number in decision.checks))
        and (not decision.mistake or _makes(check, decision.mistake))
    )


def _makes(check: CheckResult, mistake: str) -> bool:
    names = {_plain(mistake), _without_numbers(mistake)}
    return check.verdict != Verdict.GRADER_FAULT and not names.isdisjoint(called(check))


def _is_within(number: str, written: str) -> bool:
    return is_within(number, written.strip().rstrip("."))


def _why_nobody(decision: Decision, grades: Sequence[Results]) -> str:
    checks = [check for grade in grades for check in grade.tests]
    for number in decision.checks:
        if checks and not any(_is_within(check.number, number) for check in checks):
            return f"there is no check {number}."
    if not decision.mistake:
        return "nobody whom it names loses points there."
    if any(not check.passed and _makes(check, decision.mistake) for check in checks):
        return "nobody whom it names makes this mistake there."
    known = {name for check in checks if not check.passed for name in called(check)}
    near = difflib.get_close_matches(_plain(decision.mistake), sorted(known), n=1, cutoff=0.8)
    return "nobody makes this mistake" + (f"; did you mean “{near[0]}”?" if near else ".")


@functools.cache  # many students read the same
def _plain(text: str) -> str:
    """Return text on one line and without Markdown's marks, as if it had been copied from a page."""
    return " ".join(text.replace("`", "").replace("*", "").split())


@functools.cache
def _without_numbers(text: str) -> str:
    """Return text without its numbers, so that it is the same for all who read the same sentence."""
    return _plain(clusters.NUMBER.sub("…", text))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _marks(grade: Results) -> set[str]:
    people = grade.handin.people
    told = [grade.key, *(mark for person in people for mark in (person.id, person.email) if mark)]
    return {_folded(mark) for mark in told}


def _everybody(grades: Iterable[Results]) -> list[str]:
    names = [person.name for grade in grades for person in grade.handin.people]
    return [*map(_folded, names), *(mark for grade in grades for mark in sorted(_marks(grade)))]
