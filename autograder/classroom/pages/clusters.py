"""Find the students who made the same mistake."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.classroom.decisions import records
from autograder.gradescope.results import CheckResult, Results
from autograder.grading.report import place
from autograder.grading.verdict import Verdict

RECOGNISED, NOT_WRITTEN, OTHER = "recognised", "not written", "other"
KINDS = (RECOGNISED, NOT_WRITTEN, OTHER)
# A number, but not the digits of a name such as `dW1` or of a ruling such as R15.
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d*)?(?:e[+-]?\d+)?", re.IGNORECASE)

Failure = tuple[Results, CheckResult]


@dataclass(frozen=True)
class Cluster:
    """One mistake and who made it; `title` is Markdown, `mistake` the zoo's name of one that is recognised.

    numbers: the checks that show it.  lost: what it costs each of them, on average.
    explained: how many of them have a recognised mistake in the same function.
    """

    kind: str
    function: str
    title: str
    numbers: tuple[str, ...]
    members: tuple[Results, ...]
    lost: float
    explained: int = 0
    mistake: str = ""

    @property
    def to_decide(self) -> str:
        """Return the lines of decisions.toml that fit its members; what is not written is not decided."""
        if self.kind == NOT_WRITTEN:
            return ""
        if self.mistake:
            return records.snippet(mistake=self.mistake)
        return records.snippet(mistake=self.title, checks=self.numbers)

    @property
    def shared(self) -> bool:
        """Tell whether more than one made it."""
        return len(self.members) > 1


def find(grades: Iterable[Results]) -> list[Cluster]:
    """Return the mistakes of a class: recognised ones first, then what is not written, then others.

    Within a kind the most frequent comes first.  Files that could not be read, and checks
    in which the grader failed, are nobody's mistake of this sort and are left out.
    """
    groups: defaultdict[tuple[str, ...], list[Failure]] = defaultdict(list)
    failures = _failures(grades)
    for grade, check in failures:
        groups[_alike(check)].append((grade, check))
    known = {(grade.key, check.function) for grade, check in failures if check.mistake}
    clusters = [_cluster(kind, group, known) for (kind, *_), group in groups.items()]
    return sorted(_fused(clusters), key=_rank)


def sentence(check: CheckResult) -> str:
    """Return what a student reads, without the input that shows it."""
    if check.explanation.reason:
        return check.explanation.reason
    return check.output.split("```")[0].removesuffix("This shows it:\n\n").strip()


def _failures(grades: Iterable[Results]) -> list[Failure]:
    return [
        (grade, check)
        for grade in grades
        if grade.about.status != "refused"
        for check in grade.tests
        if not check.passed and check.verdict != Verdict.GRADER_FAULT
    ]


def _alike(check: CheckResult) -> tuple[str, ...]:
    """Return what two failures have in common that belong together; its kind first."""
    if check.mistake:
        return RECOGNISED, check.function, check.mistake
    if check.verdict == Verdict.NOT_WRITTEN:
        return NOT_WRITTEN, check.function
    return OTHER, check.number, check.verdict.value, _without_numbers(sentence(check))


def _without_numbers(text: str) -> str:
    return NUMBER.sub("…", text)


def _cluster(kind: str, group: list[Failure], known: set[tuple[str, str]]) -> Cluster:
    members = {grade.key: grade for grade, _ in group}
    function = group[0][1].function
    return Cluster(
        kind=kind,
        function=function,
        title=_title(kind, [check for _, check in group]),
        numbers=tuple(sorted({check.number for _, check in group}, key=place)),
        members=tuple(sorted(members.values(), key=lambda grade: (grade.handin.names, grade.key))),
        lost=round(sum(check.max_score - check.score for _, check in group) / len(members), 2),
        explained=sum((key, function) in known for key in members) if kind == OTHER else 0,
        mistake=group[0][1].mistake,
    )


def _title(kind: str, checks: list[CheckResult]) -> str:
    """Word a mistake: numbers in which its members differ become dots."""
    first = checks[0]
    if kind == RECOGNISED:
        return first.diagnosis or first.mistake
    if kind == NOT_WRITTEN:
        return f"`{first.function}` is not written yet."
    said = {sentence(check) for check in checks}
    return said.pop() if len(said) == 1 else _without_numbers(sentence(first))


def _fused(clusters: list[Cluster]) -> list[Cluster]:
    """Make one of the clusters in which the same people read the same sentence in several checks."""
    same: defaultdict[tuple[object, ...], list[Cluster]] = defaultdict(list)
    for cluster in clusters:
        keys = tuple(member.key for member in cluster.members)
        same[cluster.kind, cluster.function, cluster.title, keys].append(cluster)
    return [_fuse(group) for group in same.values()]


def _fuse(group: list[Cluster]) -> Cluster:
    first = group[0]
    return Cluster(
        kind=first.kind,
        function=first.function,
        title=first.title,
        numbers=tuple(sorted({number for cluster in group for number in cluster.numbers}, key=place)),
        members=first.members,
        lost=round(sum(cluster.lost for cluster in group), 2),
        explained=first.explained,
        mistake=first.mistake,
    )


def _rank(cluster: Cluster) -> tuple[object, ...]:
    fresh = len(cluster.members) - cluster.explained
    return KINDS.index(cluster.kind), -fresh, -len(cluster.members), place(cluster.numbers[0]), cluster.title
