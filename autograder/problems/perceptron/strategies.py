"""Say what inputs look like.

A `Case` is a perceptron with known weights and one example to show it.  All its numbers are small
multiples of a quarter: sums of them are exact, so that no order of adding decides whether it fires.
"""

import dataclasses
from functools import cache, cached_property
from typing import Any

import numpy as np

from autograder.checking.later import hnp, st
from reference.perceptron import BinaryPerceptron as Reference

QUARTERS = st.integers(-20, 20).map(lambda quarters: quarters / 4)
ARRAYS = hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=3, max_side=4), elements=QUARTERS)
RATES = (0.5, 0.125, 0.01)  # none is 1, where a step without a learning rate would be right


@dataclasses.dataclass(frozen=True)
class Case:
    """A perceptron with these weights, and one example."""

    w: tuple[float, ...]
    b: float
    x: tuple[float, ...]

    @cached_property
    def example(self) -> np.ndarray:
        """Return the features of the example, (D,); nobody can write to them."""
        x = np.array(self.x)
        x.flags.writeable = False
        return x

    @property
    def preactivation(self) -> float:
        """Return w @ x + b."""
        return float(np.dot(self.w, self.x) + self.b)

    @property
    def answer(self) -> int:
        """Return what the perceptron must answer."""
        return int(self.preactivation > 0)

    def student(self, student: Any) -> Any:
        """Make the student's perceptron; its bias is of the kind that its constructor makes (R30)."""
        keywords = {"n_features": len(self.w), "seed": 1}
        state = {"w": np.array(self.w), "b": self.b}
        return student.prepared("BinaryPerceptron", keywords, state=state, known_as=self)

    def reference(self) -> Reference:
        """Make the reference's perceptron."""
        made = Reference(n_features=len(self.w), seed=1)
        made.w, made.b = np.array(self.w), self.b
        return made


@cache
def cases(*, fires: bool | None = None, negative: bool = False) -> st.SearchStrategy[Case]:
    """Draw perceptrons of two to five weights that do not sit on the fence: w @ x + b is not 0 (R27).

    fires: whether they do; None if that is open.
    negative: whether some feature is below 0; otherwise all of them are above it.
    """
    features = QUARTERS if negative else st.integers(1, 20).map(lambda quarters: quarters / 4)

    @st.composite
    def draw_case(draw: st.DrawFn) -> Case:
        size = draw(st.integers(2, 5))
        w, x = (
            draw(st.lists(each, min_size=size, max_size=size).map(tuple)) for each in (QUARTERS, features)
        )
        if negative and min(x) >= 0:
            x = (-1.5, *x[1:])
        case = Case(w, draw(QUARTERS), x)
        wanted = case.preactivation > 0 if fires is None else fires
        # A bias that is moved, instead of a case that is thrown away: drawing takes its time.
        if case.preactivation == 0 or (case.preactivation > 0) != wanted:
            shift = abs(case.preactivation) + 0.25
            case = dataclasses.replace(case, b=case.b + (shift if wanted else -shift))
        return case

    return draw_case()


# Written down, since they seldom are drawn: activations between 0 and 1/2, and between 1/2 and 1; what is
# above 0 only with the bias, and only without it.
BARELY = Case((0.5, -0.25), 0.25, (1.0, 2.0))  # 0.25
WITH_BIAS = Case((1.0, -1.0), 0.5, (1.0, 1.25))  # -0.25 without, 0.25 with
HALFWAY = Case((0.5, 0.25), -0.25, (1.0, 2.0))  # 0.75
FAR_BELOW = Case((-1.0, 0.5), 0.5, (2.0, 1.0))  # -1.5 without, -1 with: relu comes after the bias
AGAINST_BIAS = Case((1.0, 0.5), -3.0, (1.0, 2.0))  # 2 without, -1 with
STRONGLY = Case((1.0, 2.0), -0.5, (3.0, 1.0))  # 4.5
SILENT = Case((-1.0, 0.5), -0.25, (2.0, 1.0))  # -1.75
ON_THE_FENCE = (
    Case((1.0, -1.0), 0.0, (2.0, 2.0)),
    Case((0.5, 0.25), -1.0, (1.0, 2.0)),
    Case((0.0, 0.0, 0.0), 0.0, (1.0, 2.0, 3.0)),
)
