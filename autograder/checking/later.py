"""Write Hypothesis' strategies down without importing Hypothesis.

    from autograder.checking.later import hnp, st

    QUARTERS = st.integers(-20, 20).map(lambda quarters: quarters / 4)

reads as if `st` were `hypothesis.strategies`, and `hnp` `hypothesis.extra.numpy`; but an expression is
only kept, and evaluated when inputs are drawn.  They seldom are (grading/cache.py), and importing
Hypothesis takes as long as grading half of a submission.  A problem that imports Hypothesis itself
works as well, and is slower.
"""

import functools
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

__all__ = ["hnp", "now", "st"]


class Later:
    """An expression that is evaluated when it is first needed."""

    def __init__(self, evaluate: Callable[[], Any]) -> None:
        self.__evaluate = functools.cache(evaluate)

    def __getattr__(self, name: str) -> "Later":
        if name.startswith("__"):  # what Python itself asks for, such as __wrapped__
            raise AttributeError(name)
        return Later(lambda: getattr(self.__evaluate(), name))

    def __call__(self, *arguments: Any, **keywords: Any) -> "Later":
        return Later(lambda: self.__evaluate()(*now(arguments), **now(keywords)))

    def __or__(self, other: Any) -> "Later":
        return Later(lambda: self.__evaluate() | now(other))

    def __getitem__(self, item: Any) -> "Later":
        return Later(lambda: self.__evaluate()[now(item)])

    def _now(self) -> Any:
        return self.__evaluate()


class Strategies(Later):
    """The module hypothesis.strategies."""

    def integers(self, min_value: int, max_value: int) -> Later:
        """Draw whole numbers from `min_value` to `max_value`; the nearer to 0, the simpler.

        From given bytes (inputs.py), Hypothesis itself draws none below 0, and none of two numbers such as
        2 and 3, before version 6.169.  Python 3.10, which Gradescope's image has, gets no later one.
        """
        nearest = min(max(0, min_value), max_value)
        above = max_value - nearest

        def number(drawn: int) -> int:
            return nearest + drawn if drawn <= above else nearest + above - drawn

        return Later(lambda: self._now().integers(0, max_value - min_value).map(number))

    def composite(self, function: Callable[..., Any]) -> Later:
        """Make a strategy of a function that draws: what it draws from may be an expression, too."""

        @functools.wraps(function)
        def evaluated(draw: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
            return function(lambda strategy, **how: draw(now(strategy), **how), *arguments, **keywords)

        return Later(lambda: self._now().composite(evaluated))


class ArrayStrategies(Later):
    """The module hypothesis.extra.numpy."""

    def array_shapes(self, *, min_dims: int = 1, max_dims: int, min_side: int = 1, max_side: int) -> Later:
        """Draw shapes, with the whole numbers of `Strategies.integers`."""
        sides = st.integers(min_side, max_side)
        return cast("Later", st.lists(sides, min_size=min_dims, max_size=max_dims).map(tuple))


def now(value: Any) -> Any:
    """Evaluate an expression, and those in tuples, lists and dicts; return anything else unchanged."""
    if isinstance(value, Later):
        return value._now()
    if type(value) in (tuple, list):
        return type(value)(now(item) for item in value)
    if type(value) is dict:
        return {key: now(item) for key, item in value.items()}
    return value


if TYPE_CHECKING:
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as hnp
else:
    st = Strategies(lambda: importlib.import_module("hypothesis.strategies"))
    hnp = ArrayStrategies(lambda: importlib.import_module("hypothesis.extra.numpy"))
