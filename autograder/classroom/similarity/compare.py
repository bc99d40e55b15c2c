"""Find the pairs of submissions that have long stretches of code in common.

What the students wrote themselves is compared, as tokens: neither the template counts, nor what
a quarter of the class writes in the same way, nor names, comments and layout.  Each is compared with
its classmates, and with what comes from elsewhere: last year's class, a public solution, the reference.
The result is where a person may want to look: similar code need not be copied.
"""

import dataclasses
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.classroom.alphabet import alphabetical
from autograder.classroom.similarity import matching, tokens
from autograder.classroom.similarity.matching import LENGTH, Stretch
from autograder.intake.handin import Handin

# What more than a quarter of the class has, and more than so many, is the usual way to write it.
COMMON = 10
MIN_LINES = 10  # of a pair that is worth a look
MAX_PAIRS = 50  # within the class, and as many again with each crowd from elsewhere
MAX_WIDESPREAD = 3  # sources that are named of each origin
STANDS_OUT = 1.5  # times what is usual in the class; benchmarks/README.md says what that finds


@dataclasses.dataclass(frozen=True, eq=False)
class Compared:
    """One submission as it is compared: a letter for each token that its author wrote.

    origin: where it comes from; nothing, if from the class itself.
    """

    handins: tuple[Handin, ...]  # several, if they differ in nothing that is compared
    source: tuple[str, ...]  # the lines of the file
    letters: str
    lines: tuple[int, ...]  # in which each token stands
    origin: str = ""

    @property
    def names(self) -> str:
        """Return who handed this in."""
        return "; ".join(handin.names for handin in self.handins)


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two submissions, where they are alike, and the lines that are in both."""

    left: Compared  # of the class
    right: Compared  # of the class too, or from elsewhere
    stretches: tuple[Stretch, ...]
    left_lines: frozenset[int]
    right_lines: frozenset[int]

    @property
    def size(self) -> int:
        """Return how many lines are in both, to put the pairs in order."""
        return min(len(self.left_lines), len(self.right_lines))


class Alphabet:
    """A letter for every kind of token, so that stretches of code are pieces of text."""

    def __init__(self, template: str) -> None:
        self._letters: dict[str, str] = {}
        self._template = tokens.read(template)
        self.given = frozenset(matching.pieces(self._spelled(self._template)))

    def spell(self, handin: Handin, code: str, origin: str = "") -> Compared:
        """Make a submission ready to be compared."""
        own = tokens.written(tokens.read(code), self._template)
        lines = tuple(token.line for token in own)
        return Compared((handin,), tuple(code.split("\n")), self._spelled(own), lines, origin)

    def _spelled(self, found: list[tokens.Token]) -> str:
        return "".join(self._letter(token.kind) for token in found)

    def _letter(self, kind: str) -> str:
        return self._letters.setdefault(kind, chr(0x100 + len(self._letters)))


class Comparison:
    """A class, and what comes from elsewhere: read once, whatever is asked about them then.

    given: what does not count, as pieces of LENGTH tokens; see Alphabet.given.
    """

    def __init__(self, submissions: list[Compared], given: frozenset[str]) -> None:
        crowds = {origin: _Crowd(members) for origin, members in _crowds(submissions).items()}
        self._own = crowds.pop("")
        self._elsewhere = list(crowds.values())
        self._given = given
        self._common = given | self._own.common
        self._shared = _shared(self._own, self._own, self._common)

    def pairs(self) -> list[Pair]:
        """Return the pairs that have most lines in common, at most MAX_PAIRS with each origin.

        Those within the class come first.  What comes from elsewhere is not compared with itself.
        """
        own = self._own
        twins = [_pair(group[0], _as_one(group[1:]), self._given) for group in own.groups if len(group) > 1]
        near = _candidates(np.triu(self._shared, 1))
        within = [_pair(own.each[left], own.each[right], self._common) for left, right in near]
        found = _longest(twins + within)
        for others in self._elsewhere:
            found += _longest(self._between(others))
        return found

    def widespread(self) -> list[tuple[Compared, int]]:
        """Return the few of each origin that hold most lines that much of the class wrote, and how many.

        They do not count in pairs, so this is where it shows that everybody had the same source.  What much
        of the other class wrote as well is the usual way to write it.
        """
        found: list[tuple[Compared, int]] = []
        for crowd in self._elsewhere:
            telling = self._own.written_by_many() - self._given - crowd.written_by_many()
            counted = [
                (one, len(_lines_in(one, places, telling)))
                for group, places in zip(crowd.groups, crowd.places, strict=True)
                for one in group
            ]
            counted.sort(key=lambda one: (-one[1], alphabetical(one[0].names)))
            found += [(one, number) for one, number in counted if number >= MIN_LINES][:MAX_WIDESPREAD]
        return found

    def usual(self) -> float:
        """Return how many lines half of the class has in common with somebody in it, or more.

        Two students who found the same short ways have that many; a pair stands out if it has clearly more.
        """
        each = self._own.each
        if len(each) < 2:
            return 0
        others = self._shared - np.diag(np.diag(self._shared))
        nearest = zip(each, others.argmax(axis=1), strict=True)
        return statistics.median(_pair(one, each[other], self._common).size for one, other in nearest)

    def _between(self, others: "_Crowd") -> list[Pair]:
        common = self._common | others.common
        near = _candidates(_shared(self._own, others, common))
        return [_pair(self._own.each[left], others.each[right], common) for left, right in near]


def _crowds(submissions: list[Compared]) -> dict[str, list[Compared]]:
    """Return what can be compared by its origin, the class first."""
    crowds: dict[str, list[Compared]] = {"": []}
    for one in submissions:
        if len(one.letters) >= LENGTH:
            crowds.setdefault(one.origin, []).append(one)
    return crowds


def _lines_in(one: Compared, places: Mapping[str, list[int]], pieces: frozenset[str]) -> set[int]:
    """Return the lines of a submission that lie in one of these pieces, as a whole."""
    found: set[int] = set()
    for piece in places.keys() & pieces:
        for at in places[piece]:
            found.update(matching.whole(one.lines, at, at + LENGTH))
    return found


def plain(pair: Pair) -> dict[str, Any]:
    """Return a pair as plain values, for JSON."""
    return {
        "left": [handin.key for handin in pair.left.handins],
        "right": [handin.key for handin in pair.right.handins],
        "right_from": pair.right.origin or "the class",
        "lines_in_common": [len(pair.left_lines), len(pair.right_lines)],
        "stretches": [{"left": list(one.left), "right": list(one.right)} for one in pair.stretches],
    }


def _same_throughout(submissions: list[Compared]) -> list[list[Compared]]:
    """Group what does not differ in anything that is compared; it would fill the list of pairs."""
    groups: dict[str, list[Compared]] = defaultdict(list)
    for one in submissions:
        groups[one.letters].append(one)
    return list(groups.values())


def _as_one(group: list[Compared]) -> Compared:
    return dataclasses.replace(group[0], handins=tuple(handin for one in group for handin in one.handins))


class _Crowd:
    """Submissions of one origin in groups of those that do not differ, with the pieces that each group holds.

    common: the pieces that more than a quarter of the groups hold.
    """

    def __init__(self, members: list[Compared]) -> None:
        self.groups = _same_throughout(members)
        self.each = [_as_one(group) for group in self.groups]
        self.places = [matching.pieces(one.letters) for one in self.each]
        self.common = self._held_by_many([1] * len(self.groups))

    def written_by_many(self) -> frozenset[str]:
        """Return the pieces that more than a quarter of the people hold, also of those who do not differ."""
        return self._held_by_many([len(group) for group in self.groups])

    def _held_by_many(self, weights: list[int]) -> frozenset[str]:
        counted: Counter[str] = Counter()
        for found, weight in zip(self.places, weights, strict=True):
            for piece in found:
                counted[piece] += weight
        limit = max(COMMON, sum(weights) // 4)
        return frozenset(piece for piece, number in counted.items() if number > limit)


def _shared(left: _Crowd, right: _Crowd, common: frozenset[str]) -> npt.NDArray[np.int32]:
    """Count the pieces that each of the left has in common with each of the right."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, pieces in enumerate(right.places):
        for piece in pieces:
            holders[piece].append(number)
    shared = np.zeros((len(left.places), len(right.places)), dtype=np.int32)
    for number, pieces in enumerate(left.places):
        met = Counter(one for piece in pieces if piece not in common for one in holders.get(piece, ()))
        shared[number, list(met.keys())] = list(met.values())
    return shared


def _candidates(shared: npt.NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share most pieces, more of them than will be shown."""
    for at in np.argsort(-shared, axis=None, kind="stable")[: 4 * MAX_PAIRS]:
        left, right = divmod(int(at), shared.shape[1])
        if shared[left, right]:
            yield left, right


def _longest(found: list[Pair]) -> list[Pair]:
    """Return those that are worth a look, most lines in common first."""
    found = [pair for pair in found if pair.size >= MIN_LINES]
    return sorted(
        found, key=lambda pair: (-pair.size, alphabetical(pair.left.names), alphabetical(pair.right.names))
    )[:MAX_PAIRS]


def _pair(left: Compared, right: Compared, common: frozenset[str]) -> Pair:
    stretches: list[Stretch] = []
    left_lines: set[int] = set()
    right_lines: set[int] = set()
    for at, there, length in matching.matches(left.letters, right.letters, common):
        mine = matching.whole(left.lines, at, at + length)
        theirs = matching.whole(right.lines, there, there + length)
        if mine and theirs:
            left_lines.update(mine)
            right_lines.update(theirs)
            stretches.append(Stretch((mine[0], mine[-1]), (theirs[0], theirs[-1])))
    return Pair(left, right, tuple(matching.joined(stretches)), frozenset(left_lines), frozenset(right_lines))
