"""Show the staff in the terminal what cost points: each cause once, and what shows it."""

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.classroom.pages import failures
from autograder.classroom.pages.failures import Cause
from autograder.common import sanitize
from autograder.gradescope.results import CheckResult, Explanation
from autograder.grading.evidence import Evidence
from autograder.grading.report import place

MOST_NUMBERS = 6  # of checks that one cause costs
INDENT = (0, 0, 0, 4)
BORDERS = 11  # of two columns, with their indent


def show(checks: Iterable[CheckResult], console: Console) -> None:
    """Print a line for each cause, the dearest first; then the answer, the one that was due, and the input.

    checks: of results made for the staff.  What passed is not shown.
    """
    causes = failures.causes(checks)
    blank = failures.not_written(causes)
    if blank:
        in_order = sorted(blank, key=lambda cause: place(cause.first.number))
        named = ", ".join(cause.function for cause in in_order)
        console.print(_line(sum(cause.lost for cause in blank), f"not written yet: {named}"), soft_wrap=True)
    for cause in causes:
        if cause not in blank:
            _show_cause(cause, console)


def _show_cause(cause: Cause, console: Console) -> None:
    numbers = [check.number for check in cause.checks]
    left = len(numbers) - MOST_NUMBERS
    listed = ", ".join(numbers[:MOST_NUMBERS]) + (f" and {left} more" if left > 0 else "")
    what = f"{cause.function or 'the file'} ({listed})"
    console.print(_line(cause.lost, what, failures.told_to_staff(cause.first)), soft_wrap=True)
    if cause.example:
        _show_example(cause.example, cause.example.explanation, console)


def _line(lost: float, what: str, said: str = "") -> Text:
    """Return one line, literally: a submission may have written some of it."""
    line = Text.assemble((f"−{lost:g}", "bold red"), " ", (what, "bold"))
    return line.append(f": {' '.join(said.split())}") if said else line


def _show_example(check: CheckResult, shown: Explanation, console: Console) -> None:
    if shown.evidence and shown.evidence.what:
        console.print(Padding(_answers(check, shown.evidence, console.width), INDENT))
    elif shown.evidence and shown.evidence.line:
        console.print(Text(f"    line {shown.evidence.line}", "dim"))
    if shown.example:
        # Unwrapped and not indented: to be pasted.
        console.print(Text(f"    {check.number} {sanitize.clean(check.name)}:", "dim"), soft_wrap=True)
        console.print(Text(shown.example.strip() + "\n"), soft_wrap=True)


def _answers(check: CheckResult, evidence: Evidence, width: int) -> Table:
    """Return the answer beside the one that was due, or above it where the terminal is narrow."""
    answers = {"yours": Text(evidence.got), "expected": Text(evidence.want)}
    needed = sum(max(map(len, text.plain.splitlines()), default=0) for text in answers.values())
    table = Table(title_justify="left", show_lines=True)
    table.title = Text(f"{evidence.what} in {check.number}", "dim")
    if needed + BORDERS <= width:
        for heading in answers:
            table.add_column(heading)
        table.add_row(*answers.values())
    else:
        table.show_header = False
        for heading, text in answers.items():
            table.add_row(heading, text)
    return table
