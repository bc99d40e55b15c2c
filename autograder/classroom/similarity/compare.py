"""Find the pairs of submissions that have long stretches of code in common.

Compared is what the students wrote themselves, as tokens: neither the template counts, nor what
a quarter of the class writes in the same way, nor names, comments and layout.  Each is compared with
its classmates, and with what comes from elsewhere: last year's class, a public solution, the reference.
What comes out is where a person may want to look; alike is not copied.
"""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.classroom.similarity import tokens
from autograder.intake.handin import Handin

# A stretch in common has at least so many tokens, two or three lines; shorter ones are idioms.
LENGTH = 20
# What more than a quarter of the class has, and more than so many, is how one writes it.
COMMON = 10
MIN_LINES = 10  # of a pair that is worth a look
MAX_PAIRS = 50  # within the class, and as many again with each crowd from elsewhere
MAX_PLACES = 20  # at which the same tokens are looked for in one file
NEAR = 4  # lines between two stretches that are shown as one


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


Span = tuple[int, int]  # the first and the last line


@dataclasses.dataclass(frozen=True)
class Stretch:
    """Where two files are alike: from which line to which, in each."""

    left: Span
    right: Span


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
        self.given = frozenset(_places(self._spelled(self._template)))

    def spell(self, handin: Handin, code: str, origin: str = "") -> Compared:
        """Make a submission ready to be compared."""
        own = tokens.written(tokens.read(code), self._template)
        lines = tuple(token.line for token in own)
        return Compared((handin,), tuple(code.split("\n")), self._spelled(own), lines, origin)

    def _spelled(self, found: list[tokens.Token]) -> str:
        return "".join(self._letter(token.kind) for token in found)

    def _letter(self, kind: str) -> str:
        return self._letters.setdefault(kind, chr(0x100 + len(self._letters)))


def pairs(submissions: list[Compared], given: frozenset[str]) -> list[Pair]:
    """Return the pairs that have most lines in common, at most MAX_PAIRS with each origin.

    Those within the class come first.  What comes from elsewhere is not compared with itself.
    given: what does not count, as pieces of LENGTH tokens; see Alphabet.given.
    """
    crowds = _crowds(submissions)
    groups = _same_throughout(crowds.pop(""))
    own = _Crowd([_as_one(group) for group in groups])
    twins = [_pair(group[0], _as_one(group[1:]), given) for group in groups if len(group) > 1]
    found = _longest(twins + _within(own, given))
    for crowd in crowds.values():
        others = _Crowd([_as_one(group) for group in _same_throughout(crowd)])
        found += _longest(_between(own, others, given))
    return found


def widespread(submissions: list[Compared], given: frozenset[str]) -> list[tuple[Compared, int]]:
    """Return what from elsewhere holds many lines that much of the class wrote, and how many.

    They do not count in pairs, so this is where it shows that everybody had the same source.
    """
    crowds = _crowds(submissions)
    common = _Crowd(crowds.pop("")).common - given
    counted = [
        (one, len(lines))
        for crowd in crowds.values()
        for one in crowd
        if len(lines := _lines_of(one, common)) >= MIN_LINES
    ]
    return sorted(counted, key=lambda found: -found[1])[:MAX_PAIRS]


def _crowds(submissions: list[Compared]) -> dict[str, list[Compared]]:
    """Return what can be compared by its origin, the class first."""
    crowds: dict[str, list[Compared]] = {"": []}
    for one in submissions:
        if len(one.letters) >= LENGTH:
            crowds.setdefault(one.origin, []).append(one)
    return crowds


def _lines_of(one: Compared, pieces: frozenset[str]) -> set[int]:
    """Return the lines of a submission that lie in one of these pieces, as a whole."""
    found: set[int] = set()
    for piece, places in _places(one.letters).items():
        if piece in pieces:
            for at in places:
                found.update(_whole(one.lines, at, at + LENGTH))
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


def _places(letters: str) -> dict[str, list[int]]:
    """Return every piece of LENGTH tokens, and where it begins."""
    places: dict[str, list[int]] = defaultdict(list)
    for at in range(len(letters) - LENGTH + 1):
        places[letters[at : at + LENGTH]].append(at)
    return places


class _Crowd:
    """Submissions of one origin, each differing from the others, with the pieces that each holds."""

    def __init__(self, each: list[Compared]) -> None:
        self.each = each
        self.places = [_places(one.letters) for one in each]
        counted = Counter(piece for found in self.places for piece in found)
        limit = max(COMMON, len(each) // 4)
        self.common = frozenset(piece for piece, number in counted.items() if number > limit)


def _within(crowd: _Crowd, given: frozenset[str]) -> list[Pair]:
    common = given | crowd.common
    shared = np.triu(_shared(crowd, crowd, common), 1)
    return [_pair(crowd.each[left], crowd.each[right], common) for left, right in _candidates(shared)]


def _between(own: _Crowd, others: _Crowd, given: frozenset[str]) -> list[Pair]:
    common = given | own.common | others.common
    shared = _shared(own, others, common)
    return [_pair(own.each[left], others.each[right], common) for left, right in _candidates(shared)]


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
    return sorted(found, key=lambda pair: (-pair.size, pair.left.names, pair.right.names))[:MAX_PAIRS]


def _pair(left: Compared, right: Compared, common: frozenset[str]) -> Pair:
    stretches: list[Stretch] = []
    left_lines: set[int] = set()
    right_lines: set[int] = set()
    for at, there, length in _matches(left.letters, right.letters, common):
        mine, theirs = _whole(left.lines, at, at + length), _whole(right.lines, there, there + length)
        if mine and theirs:
            left_lines.update(mine)
            right_lines.update(theirs)
            stretches.append(Stretch((mine[0], mine[-1]), (theirs[0], theirs[-1])))
    return Pair(left, right, tuple(_joined(stretches)), frozenset(left_lines), frozenset(right_lines))


def _whole(lines: tuple[int, ...], first: int, last: int) -> list[int]:
    """Return the lines whose tokens are all between these two, without those that only begin or end there."""
    cut = {lines[at] for at in (first, last) if 0 < at < len(lines) and lines[at - 1] == lines[at]}
    return [line for line in dict.fromkeys(lines[first:last]) if line not in cut]


def _matches(left: str, right: str, common: frozenset[str]) -> Iterator[tuple[int, int, int]]:
    """Yield the longest stretches in common, from the left one's first token to its last."""
    places = _places(right)
    at = 0
    while at + LENGTH <= len(left):
        piece = left[at : at + LENGTH]
        starts = [] if piece in common else places.get(piece, [])[:MAX_PLACES]
        lengths = [_extent(left[at:], right[there:], common) for there in starts]
        if lengths:
            longest = max(lengths)
            yield at, starts[lengths.index(longest)], longest
        at += max(lengths, default=1)


def _extent(left: str, right: str, common: frozenset[str]) -> int:
    """Return for how many tokens two pieces of code go on alike."""
    length = LENGTH
    while (
        length < min(len(left), len(right))
        and left[length] == right[length]
        and left[length - LENGTH + 1 : length + 1] not in common
    ):
        length += 1
    return length


def _joined(stretches: list[Stretch]) -> Iterator[Stretch]:
    """Join stretches that follow each other closely in both files."""
    last: Stretch | None = None
    for one in stretches:
        if last and 0 <= one.left[0] - last.left[1] <= NEAR and 0 <= one.right[0] - last.right[1] <= NEAR:
            last = Stretch((last.left[0], one.left[1]), (last.right[0], one.right[1]))
            continue
        if last:
            yield last
        last = one
    if last:
        yield last
