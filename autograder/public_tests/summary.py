"""Which functions are to blame for the tests that fail, and which of them to fix first."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

# What became of a test that did not pass.
BLANK, WRONG, CANNOT_RUN = "not written yet", "wrong", "cannot run"

Report = Any  # pytest's, with `state`, `subject`, `passed_through` and `rests_on` from plugin.py


class Subject(NamedTuple):
    """What a test is about: a function, as the titles of its file of tests name it."""

    file: str
    function: str

    def __str__(self) -> str:
        """Return the name that a student knows."""
        return self.function


class Summary:
    """All tests that ran.

    A test may fail because of any function that an exception passed through.  The innermost one
    is to blame, but none whose own tests all pass.
    """

    def __init__(self, reports: Iterable[Report]) -> None:
        self.reports = list(reports)
        self.rests_on: dict[Subject, Sequence[Subject]] = {
            each.subject: each.rests_on for each in self.reports
        }

    def having(self, state: str) -> list[Report]:
        """Return the reports of the tests that ended in this state."""
        return [report for report in self.reports if getattr(report, "state", None) == state]

    @cached_property
    def wrong(self) -> dict[Subject, list[Report]]:
        """Sort the tests that fail by the function that is to blame, in the order of the handout."""
        failing = self.having(WRONG)
        doubtful = {report.subject for report in self.reports if not report.passed}
        proven = {report.subject for report in self.reports} - doubtful
        found: dict[Subject, list[Report]] = {}
        for report in failing:
            suspects = [name for name in report.passed_through if name not in proven]
            found.setdefault(next(iter(suspects), report.subject), []).append(report)
        for function, reports in found.items():  # its own tests first, of these what names a cause
            reports.sort(key=lambda each, own=function: (each.subject != own, not each.explained))  # type: ignore[misc]
        order = list(self.rests_on)
        return {name: found[name] for name in sorted(found, key=lambda name: _place(name, order))}

    @cached_property
    def to_mend(self) -> list[Subject]:
        """Return those of the wrong functions that rest on no other wrong one."""
        return [name for name in self.wrong if not self.causes(name)]

    def causes(self, function: Subject) -> list[Subject]:
        """Return the wrong functions that a function rests on."""
        return [name for name in self.rests_on.get(function, ()) if name in self.wrong]

    def named(self, function: Subject) -> str:
        """Name a function, with its file of tests where another one is called the same."""
        same = {one for one in (*self.rests_on, *self.wrong) if str(one) == str(function)}
        return str(function) if len(same) <= 1 else f"{function} ({function.file}.py)"

    def first_wrong(self) -> Report | None:
        """Return the failure to fix first."""
        return self.wrong[self.to_mend[0]][0] if self.to_mend else None


def _place(name: Subject, order: list[Subject]) -> int:
    return order.index(name) if name in order else len(order)


def failing(reports: list[Report]) -> str:
    """Write how many tests fail."""
    return f"{len(reports)} test{'' if len(reports) == 1 else 's'} failed"
