"""Compare two gradings of a class: whose score moves, through which checks, and why."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from autograder.classroom.grades_folder import read_all
from autograder.common.errors import UserError
from autograder.gradescope import results
from autograder.gradescope.results import CheckResult, Results
from autograder.grading.report import place, round_points

GRADER, SUBMISSION, BOTH = "the grader changed", "the submission changed", "both changed"
# The same file, graded by the same grader, must get the same score.
NEITHER = "neither changed: a fault of the grader"
MOST_NAMED = 5  # checks in the closing sentence

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


@dataclass(frozen=True)
class Move:
    """One student whose score differs, with the checks that do, the greatest difference first."""

    old: Results
    new: Results
    checks: tuple[CheckPair, ...]

    @property
    def by(self) -> float:
        """Return how much the score rises."""
        return round_points(self.new.score - self.old.score)

    @property
    def cause(self) -> str:
        """Say what changed between the two gradings."""
        grader = self.old.about.grader_sha256 != self.new.about.grader_sha256
        submission = self.old.about.submission_sha256 != self.new.about.submission_sha256
        return {(True, False): GRADER, (False, True): SUBMISSION, (True, True): BOTH}.get(
            (grader, submission), NEITHER
        )

    @property
    def why(self) -> str:
        """Say what changed, and what became of the submission if it is not graded as it was."""
        was, now = self.old.about.status, self.new.about.status
        return self.cause if was == now else f"{self.cause}; it was {was} and is {now}"


@dataclass(frozen=True)
class Changes:
    """What differs between two gradings of a class.

    came, went: students who are in one of them only.  checks: those of the class that are
    new, gone, or have another number or title.
    """

    compared: int
    moves: tuple[Move, ...]
    came: tuple[Results, ...]
    went: tuple[Results, ...]
    checks: tuple[CheckPair, ...]
    graded_with: tuple[str, ...] = ()  # which Python and NumPy, the old ones first

    @property
    def faults(self) -> int:
        """Count the scores that move although nothing changed."""
        return sum(move.cause == NEITHER for move in self.moves)

    @property
    def fault(self) -> str:
        """Say what it means that scores move although nothing changed; nothing if none does."""
        if not self.faults:
            return ""
        scores = f"{_count(self.faults, 'score')} {'moves' if self.faults == 1 else 'move'}"
        return f"{scores} although neither grader nor submission changed. This is a fault of the grader."

    @property
    def summary(self) -> str:
        """Sum everything up in one sentence."""
        if not self.moves:
            return f"None of {_count(self.compared, 'score')} moves{self._who_else()}."
        moved, up = len(self.moves), sum(move.by > 0 for move in self.moves)
        verb = "moves" if moved == 1 else "move"
        figures = f"{moved} of {_count(self.compared, 'score')} {verb}: {up} up, {moved - up} down"
        return f"{figures}{self._through()}{self._who_else()}."

    @property
    def through(self) -> list[tuple[CheckResult, int]]:
        """Return the checks through which scores move, and how many; most first."""
        counts = Counter(pair.check.number for move in self.moves for pair in move.checks)
        checks = {pair.check.number: pair.check for move in self.moves for pair in move.checks}
        ranked = sorted(counts, key=lambda number: (-counts[number], place(number)))
        return [(checks[number], counts[number]) for number in ranked]

    def _through(self) -> str:
        named = [f"{check.number} ({count})" for check, count in self.through[:MOST_NAMED]]
        left = len(self.through) - len(named)
        return f"; through {', '.join(named)}{f' and {left} more' if left else ''}" if named else ""

    def _who_else(self) -> str:
        came = f"; {len(self.came)} new" if self.came else ""
        return came + (f"; {len(self.went)} gone" if self.went else "")


def between(old: Path, new: Path) -> Changes:
    """Compare two folders that `class` wrote, or two results of one submission each.

    Raises UserError if they are no such things, or have nobody in common.
    """
    for path in (old, new):
        if not path.exists():
            raise UserError(f"{path} does not exist; name a folder that `class --out` wrote.")
    if old.is_dir() != new.is_dir():
        raise UserError(f"{old} and {new} are a folder and a file; name two folders or two files.")
    if not old.is_dir():
        return compare([(results.read(old), results.read(new))])
    pairs, came, went = match(_graded(old), _graded(new))
    if not pairs:
        raise UserError(f"{old} and {new} have no student in common; name two gradings of the same class.")
    return compare(pairs, came, went)


def compare(
    pairs: Sequence[tuple[Results, Results]], came: Iterable[Results] = (), went: Iterable[Results] = ()
) -> Changes:
    """Compare gradings of the same students; `came` and `went` have only one each."""
    moves = [
        Move(old, new, _differing(pair_checks(old.tests, new.tests)))
        for old, new in pairs
        if round_points(new.score - old.score)
    ]
    return Changes(
        compared=len(pairs),
        moves=tuple(sorted(moves, key=lambda move: (-abs(move.by), move.new.handin.names, move.new.key))),
        came=tuple(came),
        went=tuple(went),
        checks=tuple(pair for pair in _all_checks(pairs) if pair.difference),
        graded_with=tuple(dict.fromkeys(_graded_with(pairs))),
    )


def _graded_with(pairs: Sequence[tuple[Results, Results]]) -> Iterator[str]:
    """Yield with what the old ones were graded, then with what the new ones were."""
    for when, grades in (("Old", [old for old, _ in pairs]), ("New", [new for _, new in pairs])):
        yield from (
            f"{when}: {grade.about.graded_with[0].lower()}{grade.about.graded_with[1:]}"
            for grade in grades
            if grade.about.graded_with
        )


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


def content(changes: Changes) -> dict[str, Any]:
    """Return everything as plain JSON values."""
    return {
        "compared": changes.compared,
        "moves": [
            {
                "key": move.new.key,
                "names": move.new.handin.names,
                "old": {"score": move.old.score, "status": move.old.about.status},
                "new": {"score": move.new.score, "status": move.new.about.status},
                "by": move.by,
                "cause": move.cause,
                "checks": [
                    {**_sides(pair, ("number", "name", "score")), "by": pair.by} for pair in move.checks
                ],
            }
            for move in changes.moves
        ],
        "new": [grade.key for grade in changes.came],
        "gone": [grade.key for grade in changes.went],
        "checks": [_sides(pair, ("number", "name")) for pair in changes.checks],
        "summary": changes.summary,
    }


def _sides(pair: CheckPair, fields: tuple[str, ...]) -> dict[str, Any]:
    return {
        side: check and {field: getattr(check, field) for field in fields}
        for side, check in (("old", pair.old), ("new", pair.new))
    }


def _graded(folder: Path) -> list[Results]:
    grades = read_all(folder)
    if not grades:
        raise UserError(f"{folder} holds no graded submission; name the folder that `class --out` wrote.")
    return grades


def _marks(grade: Results) -> list[str]:
    """Return what people can be recognised by."""
    people = grade.handin.people
    return [mark.lower() for person in people for mark in (person.id, person.email) if mark]


def _differing(pairs: list[CheckPair]) -> tuple[CheckPair, ...]:
    differing = [pair for pair in pairs if pair.by]
    return tuple(sorted(differing, key=lambda pair: (-abs(pair.by), place(pair.check.number))))


def _all_checks(pairs: Sequence[tuple[Results, Results]]) -> list[CheckPair]:
    """Pair the checks of the class; who has none, because nothing was handed in, does not count."""
    graded = [(old.tests, new.tests) for old, new in pairs if old.tests and new.tests]
    before = {(check.number, check.name): check for old, _ in graded for check in old}
    after = {(check.number, check.name): check for _, new in graded for check in new}
    return pair_checks(before.values(), after.values())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
