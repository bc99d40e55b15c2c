"""Find each student, and each check, in two gradings of a class."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from autograder.gradescope.results import CheckResult, Results
from autograder.grading.report import place, round_points

Thing = TypeVar("Thing", Results, CheckResult)


@dataclass(frozen=True)
class CheckPair:
    """A check of the old grading beside the same one of the new; None where it is not."""

    old: CheckResult | None
    new: CheckResult | None

    @property
    def check(self) -> CheckResult:
        """Return what it is called: by its new number, if it has one."""
        check = self.new or self.old
        assert check is not None, "a pair holds at least one check"
        return check

    @property
    def difference(self) -> str:
        """Say what became of the check itself; nothing if it is the same."""
        if self.old is None or self.new is None:
            return "gone" if self.new is None else "new"
        renumbered = f"was {self.old.number}" if self.old.number != self.new.number else ""
        retitled = f"was “{self.old.name}”" if self.old.name != self.new.name else ""
        return renumbered or retitled

    @property
    def by(self) -> float:
        """Return the points that a student gains through it."""
        return round_points((self.new.score if self.new else 0) - (self.old.score if self.old else 0))


def match(
    old: list[Results], new: list[Results]
) -> tuple[list[tuple[Results, Results]], list[Results], list[Results]]:
    """Find each student in both gradings: by key, or else by id or e-mail address.

    Returns the pairs, who is only in the new one, and who is only in the old one.
    """
    pairs, went, came = _pair(old, new, lambda grade: [grade.key])
    more, went, came = _pair(went, came, _marks)
    return pairs + more, came, went


def pair_checks(old: Iterable[CheckResult], new: Iterable[CheckResult]) -> list[CheckPair]:
    """Find each check in both gradings: by number and title, or else by title, or else by number.

    The title goes before the number because a check that is put in renumbers those after it.
    """
    gone, fresh = list(old), list(new)
    pairs: list[CheckPair] = []
    for marks in (_number_and_title, _title, _number):
        found, gone, fresh = _pair(gone, fresh, marks)
        pairs += [CheckPair(*twins) for twins in found]
    pairs += [CheckPair(check, None) for check in gone] + [CheckPair(None, check) for check in fresh]
    return sorted(pairs, key=lambda pair: place(pair.check.number))


def _pair(
    old: list[Thing], new: list[Thing], marks: Callable[[Thing], Iterable[Hashable]]
) -> tuple[list[tuple[Thing, Thing]], list[Thing], list[Thing]]:
    """Pair things that share a mark, each once; return the pairs, and what is left of old and of new."""
    known = {mark: index for index, thing in enumerate(old) for mark in marks(thing)}
    pairs, fresh, free = [], [], set(range(len(old)))
    for thing in new:
        twin = next((known[mark] for mark in marks(thing) if known.get(mark) in free), None)
        if twin is None:
            fresh.append(thing)
        else:
            free.remove(twin)
            pairs.append((old[twin], thing))
    return pairs, [old[index] for index in sorted(free)], fresh


def _number_and_title(check: CheckResult) -> list[Hashable]:
    return [(check.number, check.name)]


def _title(check: CheckResult) -> list[Hashable]:
    return [check.name]


def _number(check: CheckResult) -> list[Hashable]:
    return [check.number]


def _marks(grade: Results) -> list[str]:
    """Return what people can be recognised by."""
    people = grade.handin.people
    return [mark.lower() for person in people for mark in (person.id, person.email) if mark]
