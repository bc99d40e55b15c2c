"""Make pytest say less, and say it kindly.  Nothing here needs to be changed.

Of each wrong function you see one test that fails.  Of a function that rests on a wrong one
you see only the name: mend the other first.  All that pytest has to say: add --tb=short.
"""

import linecache
import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

BLANK, WRONG = "not written yet", "wrong"
MAX_LINES = 15  # of one message
HERE = Path(__file__).resolve().parent


class Subject(NamedTuple):
    """What a test is about: a function, as the titles of its file of tests name it."""

    file: str
    function: str

    def __str__(self):
        """Return the name that a student knows."""
        return self.function


# Whose answers the tests of a function rely on, as the files of tests say (RESTS_ON).
rests_on = {}


def pytest_report_header():
    """Say first what a newcomer needs to know."""
    return "Tests of functions that are not written yet fail: at the beginning that is right."


def pytest_ignore_collect(collection_path):
    """Leave out the tests of problems that are not in this assignment."""
    if collection_path.parent != HERE or not collection_path.name.startswith("test_"):
        return None
    assignment = HERE.parent / "assignment.toml"
    text = assignment.read_text(encoding="utf-8") if assignment.is_file() else ""
    problems = re.findall(r'^problem *= *"(\w+)"', text, re.MULTILINE)
    return True if problems and collection_path.stem.removeprefix("test_") not in problems else None


def pytest_collection_modifyitems(items):
    """Learn from each file of tests which function rests on which."""
    for module in {item.module for item in items}:
        for function, others in getattr(module, "RESTS_ON", {}).items():
            file = Path(module.__file__).stem
            rests_on[Subject(file, function)] = [Subject(file, other) for other in others]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep of a failure what helps to mend it, and which function is to blame."""
    option = item.config.option
    if option.tbstyle != "auto":
        yield
        return
    option.tbstyle = "line"  # a long traceback takes a tenth of a second, and nobody sees it
    outcome = yield
    option.tbstyle = "auto"
    outcome.get_result().subject = subject(item)
    if call.excinfo is not None and outcome.get_result().failed:
        explain(outcome.get_result(), item, call.excinfo)


@pytest.hookimpl(hookwrapper=True)
def pytest_report_teststatus(report):
    """Count what is not written apart from what is wrong."""
    outcome = yield
    state = getattr(report, "state", None)
    if state:
        outcome.force_result((state, "-" if state == BLANK else "F", state.upper()))


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector):
    """Keep of a file that cannot be read the line that is wrong, and what is wrong with it."""
    outcome = yield
    report = outcome.get_result()
    if report.failed and collector.config.option.tbstyle == "auto":
        lines = str(report.longrepr).splitlines()
        report.longrepr = "\n".join(line for line in lines if line.startswith("E ") or "solution.py:" in line)


def pytest_terminal_summary(terminalreporter):
    """Show one failing test of each function that can be mended now, and name the other functions."""
    wrong = by_culprit(terminalreporter.stats.get(WRONG, []))
    now = to_mend(wrong)
    for function in now:
        terminalreporter.section(f"{named(function, wrong)}: {failing(wrong[function])}", "-")
        terminalreporter.line(str(wrong[function][0].longrepr))
    for function in wrong:
        if function not in now:
            causes = " and ".join(str(other) for other in rests_on[function] if other in wrong)
            name = named(function, wrong)
            terminalreporter.line(f"\n{name}: {failing(wrong[function])}; first mend {causes}.")
    blank = terminalreporter.stats.get(BLANK)
    if blank:
        following = str(blank[0].longrepr).split(f"{BLANK}: ")[-1]
        terminalreporter.line(f"\nTests that wait for what is {BLANK}: {len(blank)}.  Next is {following}.")


def explain(report, item, excinfo):
    """Put a few lines for a student in the place of pytest's."""
    blank = excinfo.errisinstance(NotImplementedError)
    report.state = BLANK if blank else WRONG
    report.culprit = culprit(item, excinfo)
    why = f"{BLANK}: {excinfo.value}" if blank else what_happened(item, excinfo)
    report.longrepr = f"{title(item)}\n{why}"


def title(item):
    """Return the first line of a test's docstring, with its parameters filled in."""
    line = (item.function.__doc__ or item.name).splitlines()[0]
    return line.format(**item.callspec.params) if hasattr(item, "callspec") else line


def subject(item):
    """Return the function that a test is about: its title begins with it."""
    return Subject(item.path.stem, title(item).split(":")[0])


def culprit(item, excinfo):
    """Return the graded function in which an exception was raised, or else the one that is tested."""
    graded = {subject(other) for other in item.session.items}
    raised_in = (Subject(item.path.stem, step.name) for step in steps(excinfo, "solution.py"))
    return next((function for function in raised_in if function in graded), subject(item))


def steps(excinfo, file):
    """Return where in a file an exception passed through, the place where it began first."""
    return [step for step in reversed(excinfo.traceback) if step.path.name == file]


def what_happened(item, excinfo):
    """Write the message of a failing test and the line that it is about."""
    message = excinfo.exconly().removeprefix("AssertionError: ").split("\nassert ")[0]
    if "NoneType" in message:
        message += "  (Something is None: is a `return` missing?)"
    lines = [f"  {line}" for line in message.splitlines()[:MAX_LINES]]
    for step in [*steps(excinfo, "solution.py")[:1], *steps(excinfo, item.path.name)[-1:]]:
        number = step.lineno + 1
        lines += [
            f"{step.path.name}, line {number}:",
            f"  {linecache.getline(str(step.path), number).strip()}",
        ]
    return "\n".join(lines)


def by_culprit(reports):
    """Sort reports by the function that is to blame."""
    found = defaultdict(list)
    for report in reports:
        found[report.culprit].append(report)
    return found


def to_mend(wrong):
    """Return those of the wrong functions that rest on no other wrong one."""
    return [function for function in wrong if not set(rests_on.get(function, ())) & set(wrong)]


def named(function, others):
    """Name a function, with its file of tests where another one is called the same."""
    same = [other for other in others if str(other) == str(function)]
    return str(function) if len(same) == 1 else f"{function} ({function.file}.py)"


def failing(reports):
    """Write how many tests fail."""
    return f"{len(reports)} test{'' if len(reports) == 1 else 's'} failed"
