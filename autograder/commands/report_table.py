"""Show a Report as a table in the terminal."""

from collections.abc import Hashable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.commands import lost_points
from autograder.gradescope.from_report import results_of
from autograder.grading import causes
from autograder.grading.report import Outcome, Report, round_points
from autograder.grading.verdict import Verdict
from autograder.sandbox import guarantees


def show(report: Report, console: Console, *, verbose: bool = False) -> None:
    """Print part, check, points and reason.

    What is all right takes one line per function, and checks that fail for the same reason share one.
    verbose: for the staff; nothing but what failed, with the answer, the one that was due, and the input.
    """
    if verbose:
        lost_points.show(results_of(report, for_staff=True).tests, console)
        for outcome in report.outcomes:
            if outcome.detail:
                console.print(Text(f"{outcome.check.number}: {outcome.detail}", "magenta"))
    else:
        console.print(_table(report))
    for note in report.notes:
        console.print(Text(f"Note: {note}"))
    console.print(Text(report.graded_with, "dim"))
    if report.tried:
        said = guarantees.attempts(report.tried)
        console.print(Text(f"For the staff: the submission {said}", "yellow"))
    if report.not_isolated:
        console.print(Text(report.not_isolated, "yellow"))
    console.print(points_of(report))


def points_of(report: Report) -> Text:
    """Say what is earned, and in what, where it is not about everything."""
    of = f" in {', '.join(report.only)}" if report.only else ""
    return Text(f"{report.points:g} of {report.max_points:g} points{of}", "bold")


def _table(report: Report) -> Table:
    table = Table(title=f"{report.assignment.title}: {report.submission}", title_justify="left")
    table.add_column("part", no_wrap=True)
    table.add_column("check")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("reason")
    for outcome in report.of_part(report.assignment.file_number):
        table.add_row(outcome.check.number, outcome.check.title, "", _reason(outcome))
    for part in report.assignment.parts:
        outcomes = report.of_part(part.number)
        if not outcomes and report.only:
            continue
        table.add_section()
        table.add_row(part.number, Text(part.title, "bold"), _points(outcomes, "bold"), "")
        for function in part.points_of:
            own = [outcome for outcome in outcomes if outcome.check.function == function]
            _add_function(table, report.assignment.contract.shown[function], own)
    return table


def _add_function(table: Table, function: str, outcomes: list[Outcome]) -> None:
    groups: dict[tuple[bool, Hashable], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.passed, causes.cause(outcome)), []).append(outcome)
    for (passed, _), group in sorted(groups.items(), key=lambda item: item[1][0].passed):
        first = group[0]
        alone = len(group) == 1 and not passed
        title = first.check.title if alone else f"{function}: {_how_many(len(group), len(outcomes))}"
        table.add_row(first.check.number if alone else "", title, _points(group), _reason(first))


def _how_many(some: int, every: int) -> str:
    if some == every:
        return "its check" if every == 1 else f"all {every} checks"
    return f"{some} of {every} checks"


def _points(outcomes: tuple[Outcome, ...] | list[Outcome], style: str = "") -> Text:
    points = round_points(sum(outcome.points for outcome in outcomes))
    most = round_points(sum(outcome.check.max_points for outcome in outcomes))
    return Text(f"{points:g} / {most:g}", style or ("green" if points == most else "red"))


def _reason(outcome: Outcome) -> Text:
    """Show the reason literally: a submission may have written some of it."""
    if outcome.passed and not outcome.reason:
        return Text("ok", "dim")
    style = "magenta" if outcome.verdict == Verdict.GRADER_FAULT else ""
    return Text(outcome.words + (f"\n{outcome.detail}" if outcome.detail else ""), style)
