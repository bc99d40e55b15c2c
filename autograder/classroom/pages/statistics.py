"""Sum up a class: how the scores are distributed, and how often each check is passed."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.classroom.pages import item_analysis
from autograder.gradescope.results import Results
from autograder.grading.report import place

WIDTHS = (0.5, 1, 2, 5, 10, 20, 50, 100)  # of a bar, in points
MOST_BARS = 20
NOTHING_HANDED_IN = "No file was handed in."


@dataclass(frozen=True)
class Bar:
    """The scores from `low` to `high`; `high` itself belongs to the next bar, if there is one."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Rate:
    """How many of those who were graded passed a check.

    written: how many failed in code that they had written; recognised: of them, those whose mistake is known.
    discrimination: see item_analysis.py; None for a small class.
    """

    number: str
    title: str
    function: str
    passed: int
    graded: int
    written: int
    recognised: int
    discrimination: float | None

    @property
    def percent(self) -> float:
        """Return the success rate."""
        return 100 * self.passed / self.graded

    @property
    def failed(self) -> int:
        """Return how many of those who were graded failed it."""
        return self.graded - self.passed


@dataclass(frozen=True)
class Overview:
    """The figures of a class; all but `statuses` count only what was graded."""

    statuses: dict[str, int]
    bars: tuple[Bar, ...]
    rates: tuple[Rate, ...]
    median: float
    mean: float

    @property
    def written(self) -> int:
        """Return how many checks failed in code that was written, of all submissions together."""
        return sum(rate.written for rate in self.rates)

    @property
    def recognised(self) -> int:
        """Return how many of them have a mistake that is known."""
        return sum(rate.recognised for rate in self.rates)


def sum_up(grades: list[Results], most: float) -> Overview:
    """Return the figures of a class; `most`: what a right submission gets."""
    graded = [grade for grade in grades if grade.about.status == "graded"]
    scores = [grade.score for grade in graded]
    return Overview(
        statuses=dict(Counter(grade.about.status for grade in grades)),
        bars=histogram(scores, most),
        rates=rates(graded),
        median=statistics.median(scores or [0]),
        mean=statistics.fmean(scores or [0]),
    )


def histogram(scores: Iterable[float], most: float) -> tuple[Bar, ...]:
    """Count scores in bars of a round width; the last bar ends at `most` or above."""
    width = next((width for width in WIDTHS if most / width <= MOST_BARS), WIDTHS[-1])
    bars = max(1, math.ceil(most / width))
    counts = Counter(min(int(score / width), bars - 1) for score in scores)
    return tuple(Bar(i * width, min((i + 1) * width, most), counts[i]) for i in range(bars))


def notes(grades: Iterable[Results]) -> list[tuple[str, list[Results]]]:
    """Return each note with everybody who got it, the most frequent first."""
    found = defaultdict(list)
    for grade in grades:
        for note in dict.fromkeys(grade.about.notes if grade.about.status == "graded" else ()):
            found[note].append(grade)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def rates(graded: list[Results]) -> tuple[Rate, ...]:
    """Return the success rate of every check, in the order of the handout."""
    discriminations = item_analysis.discrimination(graded)
    results = defaultdict(list)
    for grade in graded:
        for check in grade.tests:
            results[check.number].append(check)
    return tuple(
        Rate(
            number,
            checks[0].name,
            checks[0].function,
            sum(check.passed for check in checks),
            len(checks),
            sum(item_analysis.was_written(check) for check in checks),
            sum(bool(check.mistake) for check in checks),
            discriminations.get(number),
        )
        for number, checks in sorted(results.items(), key=lambda item: place(item[0]))
    )


def why_not_graded(grade: Results) -> str:
    """Say, in Markdown, why a file was not graded; nothing if it was."""
    if grade.about.status == "graded":
        return ""
    said = [check.output for check in grade.tests if not check.passed and check.output]
    notes = " ".join(grade.about.notes)
    if grade.about.status == "missing":
        return notes or NOTHING_HANDED_IN
    return said[0] if said and grade.about.status == "refused" else notes or "".join(said[:1])
