"""Run the hidden checks on one student, inside pytest, and keep one outcome per check.

A check that fails is run again with stand-ins: the functions that the one under test uses
are then answered by the reference, in this process.  If it passes now, the function is
right in itself and earns its points; a bug costs points where it is, and nowhere else.
"""

import functools
import os
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from autograder import text
from autograder.assignment import Assignment
from autograder.contract import USES
from autograder.expect import Wrong
from autograder.report import (
    FILE,
    GRADER_FAULT,
    PASSED,
    PASSED_WITH_STAND_INS,
    Check,
    Outcome,
)
from autograder.sandbox.failures import NotLoaded, Raised, Stopped
from autograder.sandbox.student import Student

CHECKS = Path(__file__).with_name("checks")
# What grading has no use for; each plugin that is not loaded saves time on every submission.
UNUSED_PLUGINS = (
    "cacheprovider",
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "pastebin",
    "setuponly",
    "stepwise",
    "terminal",
    "terminalprogress",
    "threadexception",
    "unittest",
    "unraisableexception",
    "warnings",
    "subtests",
)


class CheckRunner:
    """Be the pytest plugin that runs every check on a student and records its outcome."""

    def __init__(
        self,
        student: Student,
        assignment: Assignment,
        seed: int,
        on_outcome: Callable[[list[Outcome]], None] = lambda outcomes: None,
    ) -> None:
        self.student_proxy = student
        self.assignment = assignment
        self.seed = seed
        self.outcomes: list[Outcome] = []
        self.checks: dict[str, Check] = {}
        self.errors: list[str] = []
        self._on_outcome = on_outcome
        self._part = ""

    # The hooks of pytest.

    @pytest.fixture
    def student(self) -> Student:
        """Hand each check the submission under test."""
        return self.student_proxy

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Put the checks in the order of the handout, price them, and fix their inputs."""
        items.sort(key=lambda item: _order(number_of(item)))
        self.checks = price(items, self.assignment)
        for item in items:
            if hypothesis.is_hypothesis_test(item.function):
                hypothesis.seed(self.seed)(item.function)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what kept a file of checks from being read: a fault of the grader."""
        if report.failed:
            self.errors.append(str(report.longrepr))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run one check and record its outcome; a failed one also fails in pytest's eyes."""
        outcome = self.run(self.checks[pyfuncitem.nodeid], _call(pyfuncitem))
        self.outcomes.append(outcome)
        self._on_outcome(self.outcomes)
        if not outcome.passed:
            pytest.fail(f"{outcome.check.title}\n{outcome.reason}\n{outcome.detail}", pytrace=False)
        return True

    # What a check is put through.

    def run(self, check: Check, call: Callable[[], None]) -> Outcome:
        """Run a check as it is and, if that fails and others may be to blame, with stand-ins."""
        if check.part != self._part:
            self._part = check.part
            self.student_proxy.fresh_worker()
        failed = self._attempt(check, call, self._stand_ins_needed(check.function))
        if failed is None:
            return Outcome(check, PASSED)
        uses = USES.get(check.function, ())
        if not uses or failed.verdict in (GRADER_FAULT, NotLoaded.verdict):
            return failed
        failed_again = self._attempt(check, call, uses)
        if failed_again is None:
            return Outcome(check, PASSED_WITH_STAND_INS, self._blame(check.function, uses))
        return failed_again  # what is wrong with this function itself, whatever else is wrong

    def _attempt(self, check: Check, call: Callable[[], None], stand_ins: tuple[str, ...]) -> Outcome | None:
        """Run a check once; return how it failed, or None if it passed."""
        student = self.student_proxy
        try:
            with student.checking(check.function, stand_ins):
                call()
        except Wrong as wrong:
            return Outcome(check, "wrong", f"{wrong.what} {wrong.hint}".strip(), student.example())
        except Raised as raised:
            return Outcome(check, "raised", describe_raised(raised), student.example())
        except NotLoaded as stopped:
            sentence = stopped.sentence if check.part == FILE else "Not graded: see 1.0.1."
            return Outcome(check, stopped.verdict, sentence)
        except Stopped as stopped:
            return Outcome(check, stopped.verdict, stopped.sentence, student.example())
        except Exception as error:
            return Outcome(
                check,
                GRADER_FAULT,
                "The grader itself failed here. This is not your mistake: please tell the course staff.",
                detail="".join(traceback.format_exception(error))[-2000:],
            )
        return None

    def _stand_ins_needed(self, function: str) -> tuple[str, ...]:
        """Replace from the start what is known to hang or crash: waiting for it again helps nobody."""
        stopped = {
            outcome.check.function
            for outcome in self.outcomes
            if outcome.verdict in ("out of time", "crashed", "broken answer")
        }
        return tuple(name for name in USES.get(function, ()) if name in stopped)

    def _blame(self, function: str, uses: tuple[str, ...]) -> str:
        """Say which function is the cause that this one fails without stand-ins."""
        guilty = [
            name
            for name in uses
            if any(outcome.check.function == name and not outcome.passed for outcome in self.outcomes)
        ]
        functions = self.assignment.functions
        if guilty:
            names = ", ".join(f"`{name}` ({functions[name].number})" for name in guilty)
            return f"`{function}` is right in itself; it fails only because of your {names}."
        return f"`{function}` is right in itself; it fails only with the functions of yours that it uses."


def describe_raised(raised: Raised) -> str:
    """Say in one sentence what a student's function raised, and where."""
    where = f" in line {raised.line}: {text.code(raised.code)}" if raised.line and raised.code else ""
    said = f" ({text.code(raised.text)})" if raised.text else ""
    return f"`{raised.function}` raises `{raised.kind}`{said}{where}."


def price(items: list[pytest.Function], assignment: Assignment) -> dict[str, Check]:
    """Turn the weights of the checks into points: shares of what their function is worth."""
    total: Counter[str] = Counter()
    for item in items:
        total[function_of(item)] += item.function.__weight__
    checks = {}
    for item in items:
        function = function_of(item)
        part = assignment.functions.get(function)
        share = item.function.__weight__ / total[function] if total[function] else 0.0
        checks[item.nodeid] = Check(
            number=number_of(item),
            title=_filled(item, (item.function.__doc__ or item.name).splitlines()[0]),
            function=function,
            max_points=round(share * part.functions[function], 4) if part else 0.0,
            visibility=item.function.__visibility__,
        )
    return checks


def number_of(item: pytest.Function) -> str:
    """Return the number of a check, one deeper for each parameter it is run with: "1.3.2.1"."""
    number: str = item.function.__number__
    if not hasattr(item, "callspec"):
        return number
    (index,) = item.callspec.indices.values()
    return f"{number}.{index + 1}"


def function_of(item: pytest.Function) -> str:
    """Return the graded function that a check is about."""
    return _filled(item, item.function.__tags__[0])


def run_checks(runner: CheckRunner, *arguments: str) -> None:
    """Run all hidden checks in this process, quietly; the runner keeps the outcomes."""
    os.environ.setdefault("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    options = ["-s", "--assert=plain", "--noconftest", "-c", os.devnull, f"--rootdir={CHECKS}"]
    options += [word for name in UNUSED_PLUGINS for word in ("-p", f"no:{name}")]
    pytest.main([*options, *arguments, str(CHECKS)], plugins=[runner])


def _filled(item: pytest.Function, text: str) -> str:
    return text.format(**item.callspec.params) if hasattr(item, "callspec") else text


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in number.split("."))


def _call(item: pytest.Function) -> Callable[[], None]:
    names = item._fixtureinfo.argnames
    return functools.partial(item.obj, **{name: item.funcargs[name] for name in names})
