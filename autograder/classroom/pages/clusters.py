"""Find the students who made the same mistake."""

import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.classroom.alphabet import alphabetical
from autograder.classroom.decisions import records
from autograder.gradescope.results import CheckResult, Results
from autograder.grading.report import place
from autograder.grading.verdict import Verdict

RECOGNISED, NOT_WRITTEN, OTHER = "recognised", "not written", "other"
KINDS = (RECOGNISED, NOT_WRITTEN, OTHER)
# A number, but not the digits of a name such as `dW1` or of a ruling such as R15.
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d*)?(?:e[+-]?\d+)?", re.IGNORECASE)

MOST_NAMED = 5  # functions in a sentence

Failure = tuple[Results, CheckResult]
Alike = tuple[str, ...]


@dataclass(frozen=True)
class Symptom:
    """What people with a recognised mistake also read in the same function, and how many of them do."""

    title: str
    number: str
    members: int


@dataclass(frozen=True)
class Cluster:
    """One mistake and who made it; `title` is Markdown, `mistake` the zoo's name of one that is recognised.

    function: that it is in, or all of them that are not written.
    numbers: the checks that show it.  lost: what it costs each of them, on average.
    symptoms: what else fails where it is recognised, and follows from it as far as anybody can tell.
    elsewhere: the keys of those who show the same and stand with the recognised mistake that it follows from.
    """

    kind: str
    function: str
    title: str
    numbers: tuple[str, ...]
    members: tuple[Results, ...]
    lost: float
    mistake: str = ""
    symptoms: tuple[Symptom, ...] = ()
    elsewhere: frozenset[str] = frozenset()

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
    failures = _failures(grades)
    causes = _recognised(failures)
    groups: defaultdict[Alike, list[Failure]] = defaultdict(list)
    following: defaultdict[Alike, list[Failure]] = defaultdict(list)
    for grade, check in failures:
        alike = _alike(check)
        follows = alike[0] == OTHER and (grade.key, check.function) in causes
        (following if follows else groups)[alike].append((grade, check))
    symptoms = _symptoms(following, causes)
    blank = _not_written(groups.pop((NOT_WRITTEN,), []))
    clusters = [
        _cluster(alike, group, symptoms[alike], frozenset(_members(following[alike])))
        for alike, group in groups.items()
    ]
    return sorted([*_fused(clusters), *blank], key=_rank)


def _recognised(failures: list[Failure]) -> dict[tuple[str, str], Alike]:
    """Map a submission and a function to the recognised mistake there, the one that most checks show."""
    counts: defaultdict[tuple[str, str], Counter[Alike]] = defaultdict(Counter)
    for grade, check in failures:
        if check.mistake:
            counts[grade.key, check.function][_alike(check)] += 1
    return {where: count.most_common(1)[0][0] for where, count in counts.items()}


def _symptoms(
    following: dict[Alike, list[Failure]], causes: dict[tuple[str, str], Alike]
) -> defaultdict[Alike, list[Symptom]]:
    """Map each recognised mistake to what follows from it, the most frequent first."""
    found: defaultdict[Alike, list[Symptom]] = defaultdict(list)
    for group in following.values():
        with_cause: defaultdict[Alike, list[Failure]] = defaultdict(list)
        for grade, check in group:
            with_cause[causes[grade.key, check.function]].append((grade, check))
        for cause, mine in with_cause.items():
            checks = [check for _, check in mine]
            found[cause].append(Symptom(_title(OTHER, checks), checks[0].number, len(_members(mine))))
    for symptoms in found.values():
        symptoms.sort(key=lambda symptom: (-symptom.members, place(symptom.number), symptom.title))
    return found


def _not_written(failures: list[Failure]) -> list[Cluster]:
    """Return one entry for each set of functions not written, with everybody who lacks the same ones."""
    functions: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for grade, check in failures:
        functions[grade.key][check.function] = None
    groups: defaultdict[tuple[str, ...], list[Failure]] = defaultdict(list)
    for grade, check in failures:
        groups[tuple(functions[grade.key])].append((grade, check))
    return [_cluster((NOT_WRITTEN, *names), group) for names, group in groups.items()]


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


def _alike(check: CheckResult) -> Alike:
    """Return what failures that belong together have in common; its kind first."""
    if check.mistake:
        return RECOGNISED, check.function, check.mistake
    if check.verdict == Verdict.NOT_WRITTEN:
        return (NOT_WRITTEN,)
    return OTHER, check.number, check.verdict.value, _without_numbers(sentence(check))


def _without_numbers(text: str) -> str:
    return NUMBER.sub("…", text)


def _members(group: list[Failure]) -> dict[str, Results]:
    return {grade.key: grade for grade, _ in group}


def _cluster(
    alike: Alike,
    group: list[Failure],
    symptoms: Sequence[Symptom] = (),
    elsewhere: frozenset[str] = frozenset(),
) -> Cluster:
    kind, members, checks = alike[0], _members(group), [check for _, check in group]
    return Cluster(
        kind=kind,
        function=", ".join(alike[1:]) if kind == NOT_WRITTEN else checks[0].function,
        title=_said(alike[1:]) if kind == NOT_WRITTEN else _title(kind, checks),
        numbers=tuple(sorted({check.number for check in checks}, key=place)),
        members=tuple(
            sorted(members.values(), key=lambda grade: (alphabetical(grade.handin.names), grade.key))
        ),
        lost=round(sum(check.max_score - check.score for check in checks) / len(members), 2),
        mistake=checks[0].mistake,
        symptoms=tuple(symptoms),
        elsewhere=elsewhere,
    )


def _said(functions: Sequence[str]) -> str:
    """Say what is not written yet; of many functions, the first."""
    names = [f"`{function}`" for function in functions]
    *others, last = names if len(names) <= MOST_NAMED else [*names[:3], f"{len(names) - 3} more"]
    if not others:
        return f"{last} is not written yet."
    return f"{', '.join(others)} and {last} are not written yet."


def _title(kind: str, checks: list[CheckResult]) -> str:
    """Word a mistake: numbers in which its members differ become dots."""
    first = checks[0]
    if kind == RECOGNISED:
        return first.diagnosis or first.mistake
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
    numbers = {number for cluster in group for number in cluster.numbers}
    return dataclasses.replace(
        group[0],
        numbers=tuple(sorted(numbers, key=place)),
        lost=round(sum(cluster.lost for cluster in group), 2),
        elsewhere=frozenset().union(*(cluster.elsewhere for cluster in group)),
    )


def _rank(cluster: Cluster) -> tuple[object, ...]:
    return KINDS.index(cluster.kind), -len(cluster.members), place(cluster.numbers[0]), cluster.title
