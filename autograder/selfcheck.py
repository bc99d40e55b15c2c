"""Grade the grader: submissions whose points are known, and what became of them."""

from collections import Counter

from autograder import suite, zoo
from autograder.assignment import Assignment
from autograder.report import GRADER_FAULT, Report, round_points


def expected_points(entry: zoo.Entry, assignment: Assignment) -> dict[str, float]:
    """Return what every graded function must get.

    The zoo counts in the weights of the checks, so that it stays right when an instructor
    gives a function other points.
    """
    weights: Counter[str] = Counter()
    for check in suite.collect():
        weights[check.graded_function] += check.weight  # type: ignore[assignment]
    full = {name: part.functions[name] for name, part in assignment.functions.items()}
    return {
        name: round_points(entry.points[name] * points / weights[name]) if name in entry.points else points
        for name, points in full.items()
    }


def complaints(entry: zoo.Entry, report: Report) -> list[str]:
    """Say where a report is not what the zoo declares; nothing if all is well."""
    found = []
    for function, points in expected_points(entry, report.assignment).items():
        got = round_points(sum(o.points for o in report.outcomes if o.check.function == function))
        if abs(got - points) > 1e-9:
            found.append(f"{function} gets {got:g} points, not {points:g}")
    diagnoses = {outcome.mistake for outcome in report.outcomes if outcome.mistake}
    if entry.says and entry.name not in diagnoses:
        found.append("its diagnosis does not appear")
    found += [f"it is diagnosed as {name}" for name in sorted(diagnoses - {entry.name})]
    if entry.fragment and not any(entry.fragment in outcome.reason for outcome in report.outcomes):
        found.append(f"nothing says {entry.fragment!r}")
    found += [
        f"the grader failed in {outcome.check.number}"
        for outcome in report.outcomes
        if outcome.verdict == GRADER_FAULT
    ]
    return found
