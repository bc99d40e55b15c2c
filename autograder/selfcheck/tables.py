"""Show what a self-check found."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.assignment import config
from autograder.grading import points, suite
from autograder.selfcheck.judge import Finding
from autograder.selfcheck.mutants import equivalents


def is_well(findings: Sequence[Finding], *, complete: bool) -> bool:
    """Tell whether nothing complains.

    complete: whether everything was graded, so that an idle check means something.
    """
    faults = any(finding.complaints for finding in findings)  # prices are shown: none off is the aim
    return not faults and not (complete and _idle(findings))


def show(findings: Sequence[Finding], console: Console, *, complete: bool) -> None:
    """Print every table."""
    of_kind = {
        kind: [finding for finding in findings if finding.kind == kind]
        for kind in ("right", "wrong", "mutant", "equivalent")
    }
    console.print(_functions(of_kind))
    console.print(Text(COLUMNS, "dim"))
    console.print(_blame([*of_kind["wrong"], *of_kind["mutant"]]))
    console.print(_prices(of_kind["wrong"]))
    _equivalents(of_kind["equivalent"], console)
    for finding in findings:
        if finding.complaints:
            console.print(Text(f"{finding.name}: {'; '.join(finding.complaints)}", "red"))
    for number in _idle(findings) if complete else ():
        console.print(Text(f"No wrong submission fails check {number}.", "red"))
    _summary(of_kind, console)


COLUMNS = """\
declared: points and diagnosis are those that the zoo declares.  public: a public test fails too.
killed: points are lost.  alive: nobody noticed.  same: a right submission, for a listed reason."""


def _functions(of_kind: dict[str, list[Finding]]) -> Table:
    table = Table(title="Wrong submissions and mutants, by the function they get wrong", title_justify="left")
    for column in ("function", "wrong", "declared", "public"):
        table.add_column(column, justify="left" if column == "function" else "right", no_wrap=True)
    for column in ("mutants", "killed", "alive", "same"):
        table.add_column(column, justify="right", no_wrap=True)
    shown = config.load().contract.shown
    for function in [*config.load().functions, ""]:
        wrong, mutants, equivalent = (
            [finding for finding in of_kind[kind] if not function or function == finding.function]
            for kind in ("wrong", "mutant", "equivalent")
        )
        killed = sum(bool(finding.lost) for finding in mutants)
        cells = [
            len(wrong),
            sum(not finding.complaints for finding in wrong),
            sum(bool(finding.revealed) for finding in wrong),
            len(mutants) + len(equivalent),
            killed,
            len(mutants) - killed,
            len(equivalent),
        ]
        if not function:
            table.add_section()
        table.add_row(shown.get(function, "all"), *map(str, cells))
    return table


def _blame(findings: list[Finding]) -> Table:
    """Count, for each function that is wrong, in which functions points were lost."""
    functions, shown = list(config.load().functions), config.load().contract.shown
    table = Table(
        title="Blame: wrong function (row), function that lost points (column)", title_justify="left"
    )
    table.add_column("", no_wrap=True)
    for function in functions:
        table.add_column(shown[function][:4], justify="right", no_wrap=True)
    for row in functions:
        own = [finding for finding in findings if finding.function == row]
        counts = [sum(column in finding.lost for finding in own) for column in functions]
        styles = [
            "" if column == row else "red" if count else "dim"
            for column, count in zip(functions, counts, strict=True)
        ]
        table.add_row(
            shown[row], *(Text(str(count), style) for count, style in zip(counts, styles, strict=True))
        )
    return table


def _prices(findings: list[Finding]) -> Table:
    """Show which wrong submissions lose points for rulings that they do not break."""
    declared = [finding for finding in findings if finding.off_ruling is not None]
    off = [finding for finding in declared if finding.off_ruling]
    table = Table(
        title=f"Prices: {len(declared) - len(off)} of {len(findings)} wrong submissions lose points only for "
        f"the rulings they break, {len(off)} for others, {len(findings) - len(declared)} do not say",
        title_justify="left",
        show_header=bool(off),
    )
    table.add_column("loses points also in")
    table.add_column("checks that quote none of its rulings")
    for finding in off:
        table.add_row(Text(finding.name, "red"), "\n".join(finding.off_ruling or ()))
    return table


def _equivalents(findings: list[Finding], console: Console) -> None:
    reasons = equivalents()
    for finding in findings:
        line = finding.name.split(": ", 1)[1]
        console.print(Text(f"equivalent: {finding.name} ({reasons[finding.function, line]})", "dim"))


def _idle(findings: Sequence[Finding]) -> list[str]:
    """Name the checks that no wrong submission fails; they might be unable to fail."""
    failed = {number for finding in findings for number in finding.failed}
    checks = points.price(suite.collect(config.load()), config.load())
    return [one.check.number for one in checks if one.check.number not in failed]


def _summary(of_kind: dict[str, list[Finding]], console: Console) -> None:
    right, wrong, mutants = of_kind["right"], of_kind["wrong"], of_kind["mutant"]
    declared = sum(not finding.complaints for finding in [*right, *wrong])
    revealed = sum(bool(finding.revealed) for finding in wrong)
    lines = [
        f"zoo: {declared} of {len(right) + len(wrong)} as declared, "
        f"{sum(bool(finding.lost) for finding in right)} false alarms among {len(right)} right submissions",
        f"public tests reveal {revealed} of {len(wrong)} wrong submissions",
    ]
    if mutants:
        killed = sum(finding.function in finding.lost for finding in mutants)
        lines.append(f"mutants: {killed} of {len(mutants)} lost points in their own function")
    for line in lines:
        console.print(Text(line, "bold"))
