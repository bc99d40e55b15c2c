"""Grade the grader: submissions whose points are known, mutants, and what became of them."""

import dataclasses
from collections.abc import Callable, Iterator

from autograder.assignment.config import Assignment
from autograder.assignment.contract import contract_of
from autograder.gradescope.from_report import results_of
from autograder.gradescope.results import to_json
from autograder.grading import points as shares
from autograder.grading import suite, zoo
from autograder.grading.grade import grade
from autograder.grading.report import Report, round_points
from autograder.grading.verdict import Verdict
from autograder.intake.submission import accept
from autograder.parallel.pool import process_pool
from autograder.selfcheck import public_tests
from autograder.selfcheck.mutants import Mutant, equivalents, mutants


@dataclasses.dataclass(frozen=True)
class Finding:
    """What became of one submission.

    lost: the functions that lost points.  failed: the numbers of the checks that failed.
    complaints: where that is not what was declared.  off_ruling: the titles of the checks that it
    loses points in and that quote no ruling it breaks; None where it is not declared what it breaks.
    revealed: whether the public tests find the mistake; None where that was not asked.
    """

    name: str
    kind: str
    function: str
    lost: frozenset[str]
    failed: frozenset[str]
    complaints: tuple[str, ...] = ()
    revealed: bool | None = None
    off_ruling: tuple[str, ...] | None = None


def expected_points(entry: zoo.Entry, assignment: Assignment) -> dict[str, float]:
    """Return what every graded function must get.

    The zoo counts in the weights of the checks, so that it stays right when an instructor
    gives a function other points.
    """
    weights = shares.weights(suite.collect(assignment))
    contract = contract_of((entry.problem,))
    declared = {contract.key(name): points for name, points in entry.points.items()}
    full = {key: part.points_of[key] for key, part in assignment.functions.items()}
    return {
        key: round_points(declared[key] * points / weights[key]) if key in declared else points
        for key, points in full.items()
    }


def complaints(entry: zoo.Entry, report: Report) -> list[str]:
    """Say where a report is not what the zoo declares; nothing if all is well."""
    found = []
    for function, points in expected_points(entry, report.assignment).items():
        got = round_points(sum(o.points for o in report.outcomes if o.check.function == function))
        if abs(got - points) > 1e-9:
            shown = report.assignment.contract.shown[function]
            found.append(f"{shown} gets {got:g} points, not {points:g}")
    diagnoses = {outcome.mistake for outcome in report.outcomes if outcome.mistake}
    if entry.says and entry.name not in diagnoses:
        found.append("its diagnosis does not appear")
    found += [f"it is diagnosed as {name}" for name in sorted(diagnoses - {entry.name})]
    if entry.fragment and not any(entry.fragment in outcome.reason for outcome in report.outcomes):
        found.append(f"nothing says {entry.fragment!r}")
    found += [
        f"the grader failed in {outcome.check.number}"
        for outcome in report.outcomes
        if outcome.verdict == Verdict.GRADER_FAULT
    ]
    return found


def off_ruling(entry: zoo.Entry, report: Report) -> tuple[str, ...] | None:
    """Name the checks in which an entry loses points for a ruling that it does not break."""
    if entry.right or not entry.rulings:
        return None
    return tuple(
        f"{outcome.check.number} {outcome.check.title}"
        for outcome in report.outcomes
        if not outcome.passed and outcome.check.max_points and not entry.rulings & set(outcome.check.rulings)
    )


def run(
    *,
    with_mutants: bool = True,
    only: str = "",
    jobs: int | None = None,
    repeat: int = 1,
    started: Callable[[int], None],
) -> Iterator[Finding]:
    """Grade everything, in parallel, and yield what became of each.

    repeat: how often each entry of the zoo is graded; the results must not differ.
    started: called with the number of submissions before the first finding.
    """
    entries = [entry.name for entry in zoo.entries() if only in entry.name]
    with process_pool(jobs) as pool:
        judged = [pool.schedule(judge_entry, [entry], {"repeat": repeat}) for entry in entries]
        # Making mutants takes its time; the entries are being graded meanwhile.
        slips = [mutant for mutant in mutants() if only in mutant.name] if with_mutants else []
        judged += [pool.schedule(judge_mutant, [slip]) for slip in slips]
        started(len(judged))
        for finding in judged:
            yield finding.result()


def judge_entry(name: str, *, repeat: int = 1) -> Finding:
    """Grade one entry of the zoo, several times if asked to."""
    entry = zoo.by_name(name)
    report, *others = (grade(accept(f"{name}.py", entry.source)) for _ in range(repeat))
    differ = [number for number, other in enumerate(others, start=2) if published(other) != published(report)]
    return Finding(
        name=name,
        kind="right" if entry.right else "wrong",
        function=entry.function,
        lost=_lost(report),
        failed=_failed(report),
        complaints=(
            *complaints(entry, report),
            *(f"grading number {number} gave a different result" for number in differ),
        ),
        revealed=None if entry.right else public_tests.revealed(entry),
        off_ruling=off_ruling(entry, report),
    )


def judge_mutant(mutant: Mutant) -> Finding:
    """Grade one mutant of the reference."""
    report = grade(accept("mutant.py", mutant.source))
    lost = _lost(report)
    found = [f"{name} lost points" for name in sorted(lost - {mutant.function})]
    equivalent = (mutant.function, mutant.text) in equivalents()
    if not lost and not equivalent:
        found.append("survived")
    if lost and equivalent:
        found.append("is listed as equivalent but lost points")
    return Finding(
        name=mutant.name,
        kind="equivalent" if equivalent else "mutant",
        function=mutant.function,
        lost=lost,
        failed=_failed(report),
        complaints=tuple(found),
    )


def plain(finding: Finding) -> dict[str, object]:
    """Return a finding as JSON has it."""
    content = dataclasses.asdict(finding)
    return {**content, "lost": sorted(finding.lost), "failed": sorted(finding.failed)}


def published(report: Report) -> str:
    """Return all that is published of a report, but for the time it took."""
    return to_json(results_of(dataclasses.replace(report, seconds=0)))


def _lost(report: Report) -> frozenset[str]:
    return frozenset(o.check.function for o in report.outcomes if not o.passed and o.check.max_points)


def _failed(report: Report) -> frozenset[str]:
    return frozenset(outcome.check.number for outcome in report.outcomes if not outcome.passed)
