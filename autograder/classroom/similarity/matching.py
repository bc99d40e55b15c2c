"""Find the stretches that two texts have in common, where a letter stands for a token of code."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator

# A stretch in common has at least so many tokens, two or three lines; shorter ones are idioms.
LENGTH = 20
MAX_PLACES = 20  # at which the same tokens are looked for in one file
NEAR = 4  # lines between two stretches that are shown as one

Span = tuple[int, int]  # the first and the last line


@dataclasses.dataclass(frozen=True)
class Stretch:
    """Where two files are alike: from which line to which, in each."""

    left: Span
    right: Span


def pieces(letters: str) -> dict[str, list[int]]:
    """Return every piece of LENGTH tokens, and where it begins."""
    places: dict[str, list[int]] = defaultdict(list)
    for at in range(len(letters) - LENGTH + 1):
        places[letters[at : at + LENGTH]].append(at)
    return places


def whole(lines: tuple[int, ...], first: int, last: int) -> list[int]:
    """Return the lines whose tokens are all between these two, without those that only begin or end there."""
    cut = {lines[at] for at in (first, last) if 0 < at < len(lines) and lines[at - 1] == lines[at]}
    return [line for line in dict.fromkeys(lines[first:last]) if line not in cut]


def matches(left: str, right: str, common: frozenset[str]) -> Iterator[tuple[int, int, int]]:
    """Yield the longest stretches in common, from the left one's first token to its last."""
    places = pieces(right)
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


def joined(stretches: list[Stretch]) -> Iterator[Stretch]:
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
