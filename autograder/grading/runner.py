"""Run the hidden checks on one student and keep one outcome per check.

A check that fails is run again with stand-ins: the functions that the one under test uses
are then answered by the reference, in this process.  If it passes now, the function is
right in itself and earns its points; a bug costs points where it is, and nowhere else.
"""

import dataclasses
import traceback
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from autograder.assignment.config import Assignment
from autograder.checking.expect import Expect, Wrong
from autograder.common import sanitize
from autograder.grading import causes, diagnosis, evidence, points, suite, zoo
from autograder.grading.report import Check, Outcome
from autograder.grading.snippet import snippet
from autograder.grading.suite import BoundCheck, Call
from autograder.grading.verdict import Verdict, verdict_of
from autograder.sandbox.errors import NotLoaded, OutOfTime, Raised, Starved, Stopped, TimedOut
from autograder.sandbox.remote import Transcript
from autograder.sandbox.student import Student

GRADER_FAULT = "The grader itself failed here. This is not your mistake: please tell the course staff."
NOT_RUN = "This check has not been run."


@dataclasses.dataclass(frozen=True)
class Failure:
    """How a check failed: what was raised, with which stand-ins, after which calls."""

    error: BaseException
    stand_ins: tuple[str, ...]
    transcript: Transcript

    @property
    def example(self) -> str:
        """Write the calls down as Python to paste."""
        return snippet(self.transcript)

    @property
    def students(self) -> bool:
        """Tell whether the submission failed; otherwise the check itself did."""
        return isinstance(self.error, (Wrong, Raised, Stopped)) and not isinstance(self.error, Starved)

    @property
    def too_slow(self) -> bool:
        """Tell whether time ran out: the same again, now, would only take as long again."""
        return isinstance(self.error, (TimedOut, OutOfTime, Starved))

    @property
    def refused(self) -> bool:
        """Tell whether a stand-in had no answer; what failed without stand-ins says more."""
        return isinstance(self.error, Raised) and self.error.stand_in_refused


class CheckRunner:
    """All checks, or those that are chosen, and what became of each of them with one student."""

    def __init__(self, student: Student, assignment: Assignment, seed: int, only: Sequence[str] = ()) -> None:
        self.student = student
        self.assignment = assignment
        self.seed = seed
        every = points.price(suite.collect(assignment), assignment)
        self.checks, self._chosen = points.choose(every, only, assignment)
        self.outcomes: list[Outcome] = []
        self._part = ""
        self._half_precision: dict[str, None] = {}  # the functions that return float16, in order

    def run_all(self, on_progress: Callable[[], None] = lambda: None) -> None:
        """Run every check, in the order of the handout; `on_progress` is called after each."""
        for one in self.checks:
            self.outcomes.append(self.run(one.check, one.bound))
            on_progress()
        self._try_again_what_was_spoiled()
        settled = diagnosis.settle(self.outcomes, self.assignment)
        self.checks = tuple(one for one in self.checks if one.check.number in self._chosen)
        self.outcomes = causes.tell_once([one for one in settled if one.check.number in self._chosen])

    def _try_again_what_was_spoiled(self) -> None:
        """Run once more, in a new worker, what the grader or a busy machine has spoiled."""
        for index, outcome in enumerate(self.outcomes):
            if outcome.verdict == Verdict.GRADER_FAULT:
                self.student.connection.close()
                one = self.checks[index]
                self.outcomes[index] = self.run(one.check, one.bound)

    @property
    def all_outcomes(self) -> tuple[Outcome, ...]:
        """Return an outcome of every check; those that are still to come earn nothing yet, and say so."""
        to_come = self.checks[len(self.outcomes) :]
        return (*self.outcomes, *(Outcome(one.check, Verdict.NOT_GRADED, NOT_RUN) for one in to_come))

    @property
    def notes(self) -> list[str]:
        """Return what the answers were made of, where that is worth a word and costs nothing."""
        return [
            f"`{shown}` returns float16, which keeps only three digits; it is judged with that precision."
            for shown in self._half_precision
        ]

    def run(self, check: Check, bound: BoundCheck) -> Outcome:
        """Run a check as it is and, if that fails and others may be to blame, with stand-ins."""
        connection = self.student.connection
        if check.part != self._part:
            if self._part not in ("", self.assignment.file_number):  # until then, nothing has been called
                connection.new_part()
            self._part = check.part
        uses = self.assignment.contract.uses(check.function)
        known_to_hang = self._known_to_hang(uses)
        failure = self._attempt(bound, check, known_to_hang, shrink=not uses)
        if failure is not None and connection.worker_has_a_past and not failure.too_slow:
            # No part may cost points in another by what it leaves behind: a new worker has the last word.
            connection.close()
            failure = self._attempt(bound, check, known_to_hang, shrink=not uses)
        if failure is None:
            return Outcome(check, Verdict.PASSED)
        if uses and not isinstance(failure.error, NotLoaded) and failure.students:
            again = self._attempt(bound, check, uses, shrink=True)
            if again is None:
                return Outcome(check, Verdict.PASSED_WITH_STAND_INS, self._blame(check, bound, uses))
            if not again.refused:
                return self._of_both(check, bound, failure, again)
        return self._outcome(check, bound, failure)

    def _of_both(self, check: Check, bound: BoundCheck, own: Failure, helped: Failure) -> Outcome:
        """Say what the student's own run shows, before what it shows with stand-ins.

        Where the functions used are wrong themselves, only the second tells what else is; it
        also decides where a known mistake explains it and not the first.
        """
        first = self._outcome(check, bound, own)
        if first.suspects:
            return first
        second = self._outcome(check, bound, helped)
        if second.suspects:
            return second
        failed = {outcome.check.function for outcome in self.outcomes if not outcome.passed}
        guilty = [key for key in self.assignment.contract.uses(check.function) if key in failed]
        if not guilty or second.reason == first.reason:
            return first
        if Verdict.NOT_WRITTEN in (first.verdict, second.verdict):
            return second
        reason = f"{first.reason} Even with correct functions in place of those it uses: {second.reason}"
        return dataclasses.replace(second, reason=reason)

    def _attempt(
        self, bound: BoundCheck, check: Check, stand_ins: tuple[str, ...], *, shrink: bool
    ) -> Failure | None:
        """Run a check with all its inputs; return how it failed, or None if it passed."""
        judge = Expect(self.assignment)
        try:
            return self._judged(bound, check, judge, stand_ins, shrink=shrink)
        finally:
            if judge.half_precision:
                self._half_precision[check.shown] = None

    def _judged(
        self, bound: BoundCheck, check: Check, judge: Expect, stand_ins: tuple[str, ...], *, shrink: bool
    ) -> Failure | None:
        failure = self._first_failure(bound.examples(), judge, check.function, stand_ins)
        if failure is not None:
            return failure
        failure = self._first_failure(bound.drawn(self.seed), judge, check.function, stand_ins)
        if failure is not None and shrink and isinstance(failure.error, (Wrong, Raised)):
            smallest = [bound.shrink(self.seed)]
            return self._first_failure(smallest, judge, check.function, stand_ins) or failure
        return failure

    def _first_failure(
        self, calls: Iterable[Call], judge: Expect, function: str, stand_ins: tuple[str, ...]
    ) -> Failure | None:
        student = self.student
        try:
            with student.checking(function, stand_ins):
                for call in calls:
                    call(student, judge)
        except (Exception, Stopped) as error:
            return Failure(error, stand_ins, list(student.transcript))
        return None

    def _outcome(self, check: Check, bound: BoundCheck, failure: Failure) -> Outcome:
        """Put a failure into words."""
        verdict = verdict_of(failure.error)
        match failure.error:
            case Wrong():
                return self._explained(check, bound, failure, failure.error)
            case Raised():
                return Outcome(
                    check,
                    verdict,
                    describe_raised(failure.error),
                    failure.example,
                    evidence=evidence.of(failure.error),
                )
            case NotLoaded():
                first = self.checks[0].check.number
                sentence = str(failure.error) if check.number == first else f"Not graded: see {first}."
                return Outcome(check, verdict, sentence, evidence=evidence.of(failure.error))
            case Stopped():
                return Outcome(check, verdict, str(failure.error), failure.example)
        detail = "".join(traceback.format_exception(failure.error))[-2000:]
        return Outcome(check, verdict, GRADER_FAULT, detail=detail)

    def _explained(self, check: Check, bound: BoundCheck, failure: Failure, wrong: Wrong) -> Outcome:
        """Add to a wrong answer the mistakes of the zoo that would explain it.

        What explained an earlier check of the same function is tried first: it seldom is two mistakes.
        """
        earlier = {
            name
            for outcome in self.outcomes
            if outcome.check.function == check.function
            for name in outcome.suspects or ()
        }
        culprits = self._culprits(
            check, bound, failure, [zoo.by_name(name, self.assignment) for name in sorted(earlier)]
        )
        culprits = culprits or self._culprits(
            check, bound, failure, zoo.known_mistakes(check.function, self.assignment)
        )
        called = "" if culprits else self._called_with(failure.transcript)
        reason = " ".join(filter(None, (wrong.what, called, wrong.hint)))
        return Outcome(
            check,
            Verdict.WRONG,
            reason,
            failure.example,
            suspects=culprits,
            evidence=evidence.of(wrong),
        )

    def _called_with(self, transcript: Transcript) -> str:
        """Say which shapes the arrays had with which a function was called last."""
        calls = [event for kind, event in transcript if kind == "call"]
        if not calls or not transcript:
            return ""
        method, arguments, _ = calls[-1]
        owner = self.assignment.contract.owners[transcript[0][1][0]]
        shapes = [
            f"`{name}` of shape {argument.shape}"
            for name, argument in zip(owner.parameters[method], arguments, strict=False)
            if isinstance(argument, np.ndarray) and argument.ndim
        ]
        return f"`{method}` was called with {' and '.join(shapes)}." if shapes else ""

    def _culprits(
        self, check: Check, bound: BoundCheck, failure: Failure, mistakes: Sequence[zoo.Entry]
    ) -> tuple[str, ...] | None:
        """Put the examples written beside a check to some mistakes; name those that answer likewise."""
        lineup = diagnosis.Lineup(self.assignment, mistakes)
        for again in bound.examples():
            if lineup.suspects:
                self._first_failure([again], lineup, check.function, failure.stand_ins)
        return lineup.culprits

    def _known_to_hang(self, uses: tuple[str, ...]) -> tuple[str, ...]:
        """Name the functions used that are known to hang or crash: waiting again helps nobody."""
        lost = {outcome.check.function for outcome in self.outcomes if outcome.verdict.is_final}
        return tuple(key for key in uses if key in lost)

    def _blame(self, check: Check, bound: BoundCheck, uses: tuple[str, ...]) -> str:
        """Say which function is the cause that this one fails without stand-ins."""
        failed = {outcome.check.function for outcome in self.outcomes if not outcome.passed}
        guilty = [key for key in uses if key in failed]
        functions, shown = self.assignment.functions, self.assignment.contract.shown
        if guilty:
            names = ", ".join(f"`{shown[key]}` ({functions[key].number})" for key in guilty)
            return f"`{check.shown}` is right in itself; it fails only because of your {names}."
        given = tuple(key for key in uses if key not in self.assignment.contract.graded)
        if given and self._attempt(bound, check, given, shrink=False) is None:
            names = ", ".join(f"`{shown[key]}`" for key in given)
            return (
                f"`{check.shown}` is right in itself; it fails only because you changed {names}, "
                "which is given."
            )
        return (
            f"`{check.shown}` is right in itself; it fails only together with your own functions that "
            "it uses."
        )


def describe_raised(raised: Raised) -> str:
    """Say in one sentence what a student's function raised, and where."""
    where = f" in {raised.place}: {sanitize.code(raised.code)}" if raised.place and raised.code else ""
    said = f" ({sanitize.code(raised.text)})" if raised.text else ""
    return f"`{raised.function}` raises {raised.kind}{said}{where}."
