"""Collect the hidden checks, price them, and call them one by one.

pytest collects (files, parameters, titles); Hypothesis draws and shrinks.  What Hypothesis
draws for the term's seed is kept, so that in one process the same inputs meet every
submission after the first without being drawn again.
"""

import functools
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import hypothesis
import pytest

from autograder import ROOT
from autograder.assignment.config import Assignment, Feedback
from autograder.common.errors import UserError
from autograder.grading.report import Check

CHECKS = ROOT / "autograder" / "checks"
# What collecting has no use for; each plugin that is not loaded saves time.
UNUSED_PLUGINS = (
    "cacheprovider",
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "pastebin",
    "setuponly",
    "stepwise",
    "subtests",
    "terminal",
    "terminalprogress",
    "threadexception",
    "unittest",
    "unraisableexception",
    "warnings",
)


class SuiteError(Exception):
    """Report that the checks themselves cannot be read: a fault of the grader."""


_drawn: dict[tuple[Any, ...], list[dict[str, Any]]] = {}


class BoundCheck:
    """Hold one check with its parameters, ready to be called with a student."""

    def __init__(self, item: pytest.Function) -> None:
        self.function = item.obj
        self.parameters: dict[str, Any] = dict(item.callspec.params) if hasattr(item, "callspec") else {}
        indices = item.callspec.indices.values() if hasattr(item, "callspec") else ()
        self.number = ".".join([self.function.__number__, *(str(index + 1) for index in indices)])
        self.title = self._filled((self.function.__doc__ or item.name).splitlines()[0])
        self.graded_function = self._filled(self.function.__tags__[0])
        self.weight: float = self.function.__weight__

    @property
    def draws(self) -> bool:
        """Tell whether Hypothesis draws inputs for this check."""
        return bool(hypothesis.is_hypothesis_test(self.function))

    def examples(self) -> Iterator[Callable[[Any], None]]:
        """Yield the check for each input that is written beside it, or as it is if it draws none."""
        if not self.draws:
            yield functools.partial(self._call, self.function, {})
            return
        written = getattr(self.function, "hypothesis_explicit_examples", ())
        for example in reversed(written):  # the decorator next to the function comes first in the list
            yield functools.partial(self._call, self.function.hypothesis.inner_test, example.kwargs)

    def drawn(self, seed: int) -> Iterator[Callable[[Any], None]]:
        """Yield the check for each input that Hypothesis draws from this seed."""
        if self.draws:
            for inputs in self._inputs(seed):
                yield functools.partial(self._call, self.function.hypothesis.inner_test, inputs)

    def shrink(self, student: Any, seed: int) -> None:
        """Have Hypothesis find the smallest input that fails, and raise what it raises.

        It meets the same inputs as `drawn`; if none of them fails now, nothing is raised.
        """
        hypothesis.seed(seed)(self.function)
        self._call(self.function, {}, student)

    def _inputs(self, seed: int) -> list[dict[str, Any]]:
        """Draw every input once, without calling the check, and keep them for other submissions.

        The same strategies draw the same from the same seed, in whichever check: once is enough.
        """
        handle = self.function.hypothesis
        strategies = (seed, *sorted((name, id(one)) for name, one in handle._given_kwargs.items()))
        if strategies not in _drawn:
            _drawn[strategies] = self._draw(seed)
        return _drawn[strategies]

    def _draw(self, seed: int) -> list[dict[str, Any]]:
        inputs: list[dict[str, Any]] = []
        given = (*self.parameters, "student")
        handle = self.function.hypothesis
        inner = handle.inner_test

        @functools.wraps(inner)
        def record(**keywords: Any) -> None:
            inputs.append({name: value for name, value in keywords.items() if name not in given})

        handle.inner_test = record
        try:
            self.shrink(None, seed)
        finally:
            handle.inner_test = inner
        return inputs

    def _call(self, function: Callable[..., None], inputs: dict[str, Any], student: Any) -> None:
        function(student=student, **self.parameters, **inputs)

    def _filled(self, text: str) -> str:
        return text.format(**self.parameters) if self.parameters else text


@functools.cache
def collect() -> tuple[BoundCheck, ...]:
    """Return every hidden check, in the order of the handout.

    Raises SuiteError if a file of checks cannot be read.
    """
    collector = _Collector()
    os.environ.setdefault("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    options = [
        "--collect-only",
        "-s",
        "--assert=plain",
        "--noconftest",
        "-c",
        os.devnull,
        f"--rootdir={CHECKS}",
    ]
    options += [word for name in UNUSED_PLUGINS for word in ("-p", f"no:{name}")]
    status = pytest.main([*options, str(CHECKS)], plugins=[collector])
    if collector.errors or status != pytest.ExitCode.OK:
        raise SuiteError("\n".join(collector.errors) or f"collecting the checks ended with {status!r}")
    return tuple(sorted(collector.checks, key=lambda check: _order(check.number)))


def weights(checks: Iterable[BoundCheck]) -> dict[str, float]:
    """Add up the weights of the checks of each graded function."""
    total: defaultdict[str, float] = defaultdict(float)
    for check in checks:
        total[check.graded_function] += check.weight
    return total


def price(checks: tuple[BoundCheck, ...], assignment: Assignment) -> dict[str, Check]:
    """Turn weights into points, by number: shares of what the function of the check is worth.

    Raises UserError if assignment.toml says who sees a check that there is not.
    """
    _refuse_unknown(checks, assignment.feedback)
    total = weights(checks)
    priced = {}
    for check in checks:
        part = assignment.functions.get(check.graded_function)
        points = part.functions[check.graded_function] if part else 0.0
        priced[check.number] = Check(
            number=check.number,
            title=check.title,
            function=check.graded_function,
            max_points=round(points * check.weight / total[check.graded_function], 4) if points else 0.0,
            visibility=_visibility(check, assignment.feedback),
        )
    return priced


def draw_all(seed: int) -> None:
    """Draw the inputs of every check: worth its time before forking, or before a long queue."""
    for check in collect():
        for _ in check.drawn(seed):
            pass


class _Collector:
    """Be the pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.checks: list[BoundCheck] = []
        self.errors: list[str] = []

    @pytest.fixture
    def student(self) -> None:
        """Stand for the argument that the runner fills in."""

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Keep every check."""
        self.checks = [BoundCheck(item) for item in items]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what kept a file of checks from being read."""
        if report.failed:
            self.errors.append(str(report.longrepr))


def _visibility(check: BoundCheck, feedback: Feedback) -> str:
    """Say who sees a check: what stands there for its number, else for its function, else for all."""
    for_function = feedback.checks.get(check.graded_function, feedback.visibility)
    return feedback.checks.get(check.number, for_function)


def _refuse_unknown(checks: tuple[BoundCheck, ...], feedback: Feedback) -> None:
    known = {name for check in checks for name in (check.number, check.graded_function)}
    for name in feedback.checks:
        if name not in known:
            raise UserError(
                f"assignment.toml: [feedback.checks] names {name}, which is neither the number of a check "
                'nor a graded function; "1.2.3" or relu would be.'
            )


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in number.split("."))
