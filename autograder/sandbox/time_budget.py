"""Give each call its deadline, and end the checks of a function that takes too long altogether.

All seconds are the worker's own, as process/deadline.py counts them.
"""

from collections import defaultdict

from autograder.assignment.config import Limits
from autograder.sandbox.errors import OutOfTime

# Only calls that take longer than this part of their deadline count towards the time of their
# function: a slow machine must not cost points, however many quick calls a check makes.
SLOW = 0.1


class Budget:
    """The seconds that the functions of one submission have used."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all = 0.0
        self._used: defaultdict[str, float] = defaultdict(float)

    def seconds_for(self, function: str) -> float:
        """Return what a call in a check of this function may take; raise OutOfTime if that is nothing."""
        if self._used[function] >= self._limits.function_seconds:
            raise OutOfTime(
                function,
                f"Not run: the checks of `{function}` have together used up their "
                f"{self._limits.function_seconds:g} seconds.",
            )
        left = self._limits.total_seconds - self._all
        if left <= 0:
            raise OutOfTime(
                function,
                f"Not run: grading this file has used up its {self._limits.total_seconds:g} seconds.",
            )
        return min(self._limits.call_seconds, left)

    @property
    def used(self) -> float:
        """Return what everything together has used."""
        return self._all

    def spend(self, function: str, seconds: float) -> None:
        """Note what a call took."""
        self._all += seconds
        if seconds > SLOW * self._limits.call_seconds:
            self._used[function] += seconds
