"""How long calls may take, told by a clock that is wound by hand."""

import msgspec
import pytest

from autograder.sandbox import time_budget
from autograder.sandbox.errors import OutOfTime
from tests.sandbox.conftest import KIT

LIMITS = msgspec.structs.replace(KIT.limits, call_seconds=10.0, function_seconds=20.0, total_seconds=100.0)


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time_budget, "time", clock)
    return clock


def test_quick_calls_are_never_counted_however_many(clock: Clock) -> None:
    spent = time_budget.Budget(LIMITS)
    for _ in range(1000):
        spent.spend("relu", 0.9)
    assert spent.seconds_for("relu") == 10


def test_slow_calls_use_up_the_time_of_their_function_only(clock: Clock) -> None:
    spent = time_budget.Budget(LIMITS)
    spent.spend("relu", 10)
    assert spent.seconds_for("relu") == 10
    spent.spend("relu", 10)
    with pytest.raises(OutOfTime, match="`relu` together have used their 20 seconds"):
        spent.seconds_for("relu")
    assert spent.seconds_for("tanh") == 10


def test_the_last_call_gets_what_is_left(clock: Clock) -> None:
    spent = time_budget.Budget(LIMITS)
    clock.now = 97.0
    assert spent.seconds_for("relu") == 3
    clock.now = 101.0
    with pytest.raises(OutOfTime, match="grading this file has used its 100 seconds"):
        spent.seconds_for("relu")
