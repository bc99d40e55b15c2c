"""Run the hidden checks on one student and keep one outcome per check.

A check that fails is run again with stand-ins: the functions that the one under test uses
are then answered by the reference, in this process.  If it passes now, the function is
right in itself and earns its points; a bug costs points where it is, and nowhere else.
"""

import contextlib
import traceback
from collections.abc import Callable

from autograder import diagnosis
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
from autograder.suite import BoundCheck, collect, price

# A stand-in had no answer: what failed before, without stand-ins, says more.
REFUSED = "refused by a stand-in"

STOPPED_FOR_GOOD = ("out of time", "crashed", "broken answer")


class CheckRunner:
    """Put one student through every check."""

    def __init__(
        self,
        student: Student,
        assignment: Assignment,
        seed: int,
        on_outcome: Callable[[list[Outcome]], None] = lambda outcomes: None,
    ) -> None:
        self.student = student
        self.assignment = assignment
        self.seed = seed
        self.outcomes: list[Outcome] = []
        self._on_outcome = on_outcome
        self._part = ""

    def run_all(self) -> list[Outcome]:
        """Run every check, in the order of the handout, and return how each one went."""
        checks = collect()
        prices = price(checks, self.assignment)
        for check in checks:
            self.outcomes.append(self.run(prices[check.number], check))
            self._on_outcome(self.outcomes)
        return self.outcomes

    def run(self, check: Check, bound: BoundCheck) -> Outcome:
        """Run a check as it is and, if that fails and others may be to blame, with stand-ins."""
        if check.part != self._part:
            self._part = check.part
            self.student.fresh_worker()
        failed = self._attempt(check, bound, self._hopeless(check.function))
        if failed is None:
            return Outcome(check, PASSED)
        uses = USES.get(check.function, ())
        if not uses or failed.verdict in (GRADER_FAULT, NotLoaded.verdict):
            return failed
        failed_again = self._attempt(check, bound, uses)
        if failed_again is None:
            return Outcome(check, PASSED_WITH_STAND_INS, self._blame(check.function, uses))
        if failed_again.verdict == REFUSED:
            return failed
        return failed_again  # what is wrong with this function itself, whatever else is wrong

    def _attempt(self, check: Check, bound: BoundCheck, stand_ins: tuple[str, ...]) -> Outcome | None:
        """Run a check once; return how it failed, or None if it passed."""
        student = self.student
        try:
            with student.checking(check.function, stand_ins):
                for example in bound.examples():
                    example(student)
                if bound.draws:
                    bound.call_with_draws(student, self.seed)
        except Wrong as wrong:
            return self._explained(check, bound, stand_ins, wrong, student.example())
        except Raised as raised:
            verdict = REFUSED if raised.kind == "StandInRefused" else "raised"
            return Outcome(check, verdict, describe_raised(raised), student.example())
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

    def _explained(
        self, check: Check, bound: BoundCheck, stand_ins: tuple[str, ...], wrong: Wrong, example: str
    ) -> Outcome:
        """Add to a wrong answer the mistake that explains it, if it is one that the zoo knows."""
        with diagnosis.suspecting(check.function) as suspects:
            for again in bound.examples():
                if suspects.left:
                    with (
                        contextlib.suppress(Wrong, Raised, Stopped),
                        self.student.checking(check.function, stand_ins),
                    ):
                        again(self.student)
        mistake = suspects.culprit
        if mistake is None:
            return Outcome(check, "wrong", f"{wrong.what} {wrong.hint}".strip(), example)
        reason = f"{wrong.what} {mistake.says} Try: {mistake.hint}"
        return Outcome(check, "wrong", reason, example, mistake=mistake.name)

    def _hopeless(self, function: str) -> tuple[str, ...]:
        """Name the functions used that are known to hang or crash: waiting again helps nobody."""
        stopped = {outcome.check.function for outcome in self.outcomes if outcome.verdict in STOPPED_FOR_GOOD}
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
    where = f" in line {raised.line}: `{raised.code}`" if raised.line and raised.code else ""
    text = f" ({raised.text.strip()[:300]})" if raised.text.strip() else ""
    return f"`{raised.function}` raises {raised.kind}{text}{where}."
