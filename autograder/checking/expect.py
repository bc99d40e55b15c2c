"""Judge an answer, and say what is wrong with it in words that help.

Judged in this order, so that each sentence can rely on the ones before: what kind of
thing it is, its shape, its dtype, whether it is finite, and only then its values.
Nothing here shows a value that the answer should have had.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NoReturn

import numpy as np

from autograder.assignment.config import Assignment
from autograder.checking import wording
from autograder.checking.cases import Case
from autograder.checking.wording import NUMERIC_KINDS
from autograder.common import discrepancy, sanitize

HALF_RTOL, HALF_ATOL = 1e-2, 1e-3  # float16 keeps three digits, and loses some of them in a sum
MAX_SHOWN = 6  # values of an answer that are worth showing to whoever gave it

Question = Callable[[Any], Any]
Make = Callable[[], Any]
Same = Callable[[Any, Any], bool]
Choice = Callable[[Any], Any]
Compared = tuple[str, Any, Any]  # its name, the answer, and the one that was due


def everything(answer: Any) -> Any:
    """Choose the whole answer."""
    return answer


class Wrong(AssertionError):
    """An answer that is not what the handout asks for.

    `what` is one or two sentences on what is wrong; `hint` is what to try, given only
    where a specific mistake is recognised.  `compared`: what was compared, the answer and the one
    that was due, where there is one: only for the staff.
    Most wrong answers serve only to recognise a known mistake, or to find a smaller input, and nobody reads
    what is wrong with them: a sentence that takes long to find may be given as a function.
    """

    def __init__(
        self, what: str | Callable[[], str], hint: str = "", compared: Compared | None = None
    ) -> None:
        super().__init__(what)
        self._what, self.hint, self.compared = what, hint, compared

    @property
    def what(self) -> str:
        """Say what is wrong."""
        if not isinstance(self._what, str):
            self._what = self._what()
        return wording.sentence(self._what)

    def __str__(self) -> str:
        return self.what


class Expect:
    """The judge that each check is given, with the tolerances of the assignment that is graded."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.half_precision = False  # whether an answer was float16, which whoever gave it is told

    # One question put to both sides.

    def agree(
        self,
        student: Any,
        case: Case,
        question: Question,
        name: str,
        *,
        only: Choice = everything,
        gradient: bool = False,
        any_ones: bool = False,
        **settings: Any,
    ) -> Any:
        """Put one question to the student's object and to the reference's; require the same answer.

        only: which part of the reference's answer is required; any_ones: see `numbers`; settings:
        handed to the case on both sides, such as `activation`.
        Returns the student's object, for a check that wants to know more of it.
        """
        asked = case.student(student, **settings)
        reference = partial(case.reference, **settings)
        got = question(asked)
        self.answer(got, reference, question, name, only=only, gradient=gradient, any_ones=any_ones)
        return asked

    def answer(
        self,
        got: Any,
        reference: Make,
        question: Question,
        name: str,
        *,
        only: Choice = everything,
        gradient: bool = False,
        any_ones: bool = False,
    ) -> None:
        """Require the reference's answer to the same question.

        reference: makes the object that is asked.  A question may change what it is put to, so each
        gets one of its own.
        """
        want = only(question(reference()))
        self.same_as(got, want, name, gradient=gradient, any_ones=any_ones)

    def recognise(self, got: Any, reference: Make, question: Question, same: Same) -> None:
        """Offer an answer that follows a law, not a value, to the known mistakes; judge nothing.

        Some answers, such as random weights, differ from the reference's though they are right.
        `same` tells whether two of them follow the same law.  See grading/diagnosis.py.
        """

    # What an answer must be.

    def same_as(
        self, got: Any, want: Any, name: str, *, gradient: bool = False, any_ones: bool = False
    ) -> None:
        """Require the same numbers; of a dict, the same under each of its keys."""
        if isinstance(want, dict):
            self.entries(got, want, name, gradient=gradient, any_ones=any_ones)
        else:
            self.close(got, want, name, gradient=gradient, any_ones=any_ones)

    def numbers(self, got: Any, shape: tuple[int, ...], name: str, *, any_ones: bool = False) -> np.ndarray:
        """Require finite numbers of the given shape, and return them as an array.

        Floats of any precision, integers and booleans are all numbers; () is a single number.
        any_ones: let dimensions of length one be missing, or be too many, where another check
        judges the shape: one mistake costs one ruling.
        """
        if isinstance(got, (bool, int, float)):
            got = np.asarray(got)
        if isinstance(got, list) and shape != ():
            got = _from_list(got)
        if not isinstance(got, np.ndarray):
            raise Wrong(f"{name} should be {wording.of_shape(shape)}, but is {wording.kind_of(got)}.")
        if any_ones and got.shape != shape and wording.without_ones(got.shape) == wording.without_ones(shape):
            got = got.reshape(shape)
        if got.shape != shape:
            raise Wrong(
                f"{name} has shape {got.shape}, but should have shape {shape}.",
                wording.about_shape(got.shape, shape),
            )
        if got.dtype.kind not in NUMERIC_KINDS:
            raise Wrong(f"{name} holds {got.dtype}, but should hold real numbers.")
        if not np.isfinite(got).all():
            unwanted = "nan" if np.any(np.isnan(got)) else "inf"
            raise Wrong(f"{name} holds {unwanted}.")
        if got.dtype == np.float16:
            self.half_precision = True
        return np.asarray(got)

    def matrix(self, got: Any, name: str) -> np.ndarray:
        """Require finite numbers in rows and columns, however many, and return them."""
        shape = got.shape if isinstance(got, np.ndarray) and got.ndim == 2 else (0, 0)
        return self.numbers(got, shape, name)

    def close(
        self, got: Any, want: Any, name: str, *, gradient: bool = False, any_ones: bool = False
    ) -> None:
        """Require finite numbers that agree with `want` within the assignment's tolerance."""
        try:
            self._close(got, want, name, gradient=gradient, any_ones=any_ones)
        except Wrong as wrong:
            wrong.compared = name, got, want
            raise

    def _close(self, got: Any, want: Any, name: str, *, gradient: bool, any_ones: bool) -> None:
        got = self.numbers(got, np.shape(want), name, any_ones=any_ones)
        want = np.asarray(want, dtype=np.float64)

        def close(got: np.ndarray, want: np.ndarray) -> np.ndarray:
            return self.is_close(got, want, gradient=gradient)

        right = close(got, want)
        if right.all():
            return

        def explain() -> str:
            yours = f" Yours: `{wording.short(got)}`." if got.size <= MAX_SHOWN else ""
            wrong = ~right
            how = (
                discrepancy.describe(got, want, close)
                or discrepancy.describe(got[wrong], want[wrong], close, scattered=True).replace(
                    "Every number is", "Each of these is"
                )
                or discrepancy.place(got, want, close)
            )
            what = (
                "the wrong value"
                if got.size == 1
                else f"the right shape {got.shape}, but {wording.wrong_values(wrong)}"
            )
            return f"{name} has {what}. {how}".rstrip() + yours

        raise Wrong(explain)

    def is_close(self, got: np.ndarray, want: Any, *, gradient: bool = False) -> np.ndarray:
        """Compare element by element: |got - want| <= atol + rtol |want|, looser for fewer digits."""
        tolerance = self.assignment.tolerance
        if got.dtype == np.float16:
            rtol, atol = HALF_RTOL, HALF_ATOL
        elif got.dtype.kind == "f" and got.dtype.itemsize < 8:
            rtol, atol = tolerance.float32_rtol, tolerance.float32_atol
        else:
            rtol = tolerance.gradient_rtol if gradient else tolerance.value_rtol
            atol = tolerance.value_atol
        want = np.asarray(want, dtype=np.float64)
        return np.asarray(np.isfinite(want) & (np.abs(got - want) <= atol + rtol * np.abs(want)))

    def entries(
        self,
        got: Any,
        want: dict[str, np.ndarray],
        name: str,
        *,
        gradient: bool = False,
        any_ones: bool = False,
    ) -> None:
        """Require a dict whose entries named in `want` agree with it; others are ignored.

        `name` may go on after a comma: "grads, for one row,".
        """
        what, comma, where = name.partition(",")
        self.dictionary(got, want, name)
        wrong: dict[str, Wrong] = {}
        for key, value in want.items():
            try:
                self.close(
                    got[key], value, f'{what}["{key}"]{comma}{where}', gradient=gradient, any_ones=any_ones
                )
            except Wrong as this:
                wrong[key] = this
        if wrong:
            first, *others = wrong
            too = f" Also wrong: {', '.join(others)}." if others else ""
            right = " All other entries are right." if not others and len(want) > 1 else ""
            worst = wrong[first]
            raise Wrong(lambda: f"{worst.what}{too}{right}", worst.hint, worst.compared)

    def dictionary(self, got: Any, keys: Iterable[str], name: str) -> None:
        """Require a dict that has all these keys; others are ignored."""
        if not isinstance(got, dict):
            alone = isinstance(got, list) and any(isinstance(one, dict) for one in got)
            hint = "Return the dict alone." if alone else ""
            raise Wrong(f"{name} should be a dict, but is {wording.kind_of(got)}.", hint)
        missing = [key for key in keys if key not in got]
        if missing:
            there = sanitize.words(", ".join(sorted(got)), 200) or "nothing"
            raise Wrong(f"{name} lacks {', '.join(missing)}; it holds {there if got else 'nothing'}.")

    def true(self, condition: bool, what: str, hint: str = "") -> None:
        """Require a property that `what` says is missing."""
        if not condition:
            raise Wrong(what, hint)

    def fail(self, what: str, hint: str = "") -> NoReturn:
        """Fail with a sentence that the check itself has found."""
        raise Wrong(what, hint)

    def unchanged(self, remote: Any, function: str) -> None:
        """Require that the last call of a remote object changed none of its arguments (R23)."""
        if remote.changed:
            what = ", ".join(f"`{name}`" for name in remote.changed)
            raise Wrong(
                f"`{function}` changes its argument {what} (R23).",
                "Compute a new array instead: `x = x - 1` makes one, `x -= 1` changes the caller's.",
            )


def _from_list(got: list[Any]) -> Any:
    """Read nested lists of numbers as the array they stand for, if they stand for one."""
    try:
        array = np.array(got)
    except ValueError:
        return got
    return array if array.dtype.kind in NUMERIC_KINDS else got


def same_numbers(one: Any, other: Any) -> bool:
    """Tell whether two lists of numbers are equal; never raises."""
    try:
        return bool(np.array_equal(np.asarray(one, float), np.asarray(other, float)))
    except (TypeError, ValueError):
        return False
