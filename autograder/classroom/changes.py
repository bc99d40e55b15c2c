"""Compare two gradings of a class: whose score changes, in which checks, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.classroom.alphabet import alphabetical
from autograder.classroom.decisions import totals_file
from autograder.classroom.decisions.totals import NOTHING_DECIDED, Total, Totals
from autograder.classroom.grades_folder import read_all
from autograder.classroom.pairing import CheckPair, match, pair_checks
from autograder.common.errors import UserError
from autograder.gradescope import results
from autograder.gradescope.results import CheckResult, Results
from autograder.grading.report import place, round_points

GRADER, SUBMISSION, BOTH = "the grader changed", "the submission changed", "both changed"
# The same file, graded by the same grader, must get the same score.
NEITHER = "neither changed: a fault of the grader"
DECISIONS, LATE = "decisions", "late days"
MOST_NAMED = 5  # checks in the closing sentence


@dataclass(frozen=True)
class Move:
    """One student whose points differ, with the checks that do, the greatest difference first.

    old_total, new_total: what was published, which decisions and late days may have moved as well.
    """

    old: Results
    new: Results
    checks: tuple[CheckPair, ...]
    old_total: Total
    new_total: Total

    @property
    def by(self) -> float:
        """Return how much the total rises."""
        return round_points(self.new_total.points - self.old_total.points)

    @property
    def by_grader(self) -> float:
        """Return how much the grader's points rise."""
        return round_points(self.new.score - self.old.score)

    @property
    def by_people(self) -> dict[str, float]:
        """Return how much decisions and late days add, where that differs."""
        old, new = self.old_total, self.new_total
        added = {
            DECISIONS: round_points(new.decided - old.decided),
            LATE: round_points(new.taken_for_late - old.taken_for_late),
        }
        return {what: by for what, by in added.items() if by}

    @property
    def moves(self) -> bool:
        """Tell whether the total changes, or anything that it is made of."""
        return bool(self.by or self.by_grader or self.by_people)

    @property
    def cause(self) -> str:
        """Say what changed between the two gradings."""
        people = " and ".join(self.by_people)
        if not self.by_grader:
            return f"{people} changed"
        return f"{self._cause_of_the_graders}; {people} changed" if people else self._cause_of_the_graders

    @property
    def is_a_fault(self) -> bool:
        """Tell whether the grader's points changed although neither grader nor submission did."""
        return bool(self.by_grader) and self._cause_of_the_graders == NEITHER

    @property
    def _cause_of_the_graders(self) -> str:
        grader = self.old.about.grader_sha256 != self.new.about.grader_sha256
        submission = self.old.about.submission_sha256 != self.new.about.submission_sha256
        return {(True, False): GRADER, (False, True): SUBMISSION, (True, True): BOTH}.get(
            (grader, submission), NEITHER
        )

    @property
    def why(self) -> str:
        """Say what changed, and what became of the submission if it is not graded as it was."""
        was, now = self.old.about.status, self.new.about.status
        return self.cause if was == now else f"{self.cause}; it was {was} and is now {now}"


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
        """Count the scores that change although nothing else did."""
        return sum(move.is_a_fault for move in self.moves)

    @property
    def fault(self) -> str:
        """Say what it means that scores change although nothing else did; nothing if none does."""
        if not self.faults:
            return ""
        scores = f"{_count(self.faults, 'score')} changed"
        return f"{scores} although neither the grader nor the submission did. This is a fault of the grader."

    @property
    def summary(self) -> str:
        """Sum everything up in one sentence."""
        if not self.moves:
            return f"None of {_count(self.compared, 'score')} changes{self._who_else()}."
        moved, up = len(self.moves), sum(move.by > 0 for move in self.moves)
        down = sum(move.by < 0 for move in self.moves)
        verb = "changes" if moved == 1 else "change"
        same = moved - up - down
        figures = f"{moved} of {_count(self.compared, 'score')} {verb}: {up} up, {down} down"
        figures += f", {same} with the same total" if same else ""
        return f"{figures}{self._through()}{self._who_else()}."

    @property
    def through(self) -> list[tuple[CheckResult, int]]:
        """Return the checks in which scores change, and how many scores do; most first."""
        counts = Counter(pair.check.number for move in self.moves for pair in move.checks)
        checks = {pair.check.number: pair.check for move in self.moves for pair in move.checks}
        ranked = sorted(counts, key=lambda number: (-counts[number], place(number)))
        return [(checks[number], counts[number]) for number in ranked]

    def _through(self) -> str:
        people = Counter(what for move in self.moves for what in move.by_people)
        named = [f"{what} ({count})" for what, count in people.items()]
        named += [f"{check.number} ({count})" for check, count in self.through[:MOST_NAMED]]
        left = max(0, len(self.through) - MOST_NAMED)
        return f"; in {', '.join(named)}{f' and {left} more' if left else ''}" if named else ""

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
    before, after = _graded(old), _graded(new)
    pairs, came, went = match(before, after)
    if not pairs:
        raise UserError(f"{old} and {new} have no student in common; name two gradings of the same class.")
    return compare(pairs, came, went, totals=(totals_file.read(old, before), totals_file.read(new, after)))


def compare(
    pairs: Sequence[tuple[Results, Results]],
    came: Iterable[Results] = (),
    went: Iterable[Results] = (),
    *,
    totals: tuple[Totals, Totals] = (NOTHING_DECIDED, NOTHING_DECIDED),
) -> Changes:
    """Compare gradings of the same students; `came` and `went` have only one each.

    totals: what people decided in the old grading and in the new one.
    """
    everybody = [_move(old, new, totals) for old, new in pairs]
    moves = [move for move in everybody if move.moves]
    return Changes(
        compared=len(pairs),
        moves=tuple(
            sorted(moves, key=lambda move: (-abs(move.by), alphabetical(move.new.handin.names), move.new.key))
        ),
        came=tuple(came),
        went=tuple(went),
        checks=tuple(pair for pair in _all_checks(pairs) if pair.difference),
        graded_with=tuple(dict.fromkeys(_graded_with(pairs))),
    )


def _move(old: Results, new: Results, totals: tuple[Totals, Totals]) -> Move:
    moved = bool(round_points(new.score - old.score))
    checks = _differing(pair_checks(old.tests, new.tests)) if moved else ()
    return Move(old, new, checks, totals[0].total(old), totals[1].total(new))


def _graded_with(pairs: Sequence[tuple[Results, Results]]) -> Iterator[str]:
    """Yield the versions that the old ones were graded with, then those of the new ones."""
    for when, grades in (("Old", [old for old, _ in pairs]), ("New", [new for _, new in pairs])):
        yield from (
            f"{when}: {grade.about.graded_with[0].lower()}{grade.about.graded_with[1:]}"
            for grade in grades
            if grade.about.graded_with
        )


def content(changes: Changes) -> dict[str, Any]:
    """Return everything as plain JSON values."""
    return {
        "compared": changes.compared,
        "moves": [
            {
                "key": move.new.key,
                "names": move.new.handin.names,
                "old": _points_of(move.old, move.old_total),
                "new": _points_of(move.new, move.new_total),
                "by": move.by,
                "by_grader": move.by_grader,
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


def _points_of(grade: Results, total: Total) -> dict[str, Any]:
    return {
        "score": grade.score,
        "decisions": total.decided,
        "late_points": total.taken_for_late,
        "total": total.points,
        "status": grade.about.status,
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


def _differing(pairs: list[CheckPair]) -> tuple[CheckPair, ...]:
    differing = [pair for pair in pairs if pair.by]
    return tuple(sorted(differing, key=lambda pair: (-abs(pair.by), place(pair.check.number))))


def _all_checks(pairs: Sequence[tuple[Results, Results]]) -> list[CheckPair]:
    """Pair the checks of the class, leaving out students who have none because they handed nothing in."""
    graded = [(old.tests, new.tests) for old, new in pairs if old.tests and new.tests]
    before = {(check.number, check.name): check for old, _ in graded for check in old}
    after = {(check.number, check.name): check for _, new in graded for check in new}
    return pair_checks(before.values(), after.values())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
