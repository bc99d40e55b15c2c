"""How long calls may take, each and together."""

import msgspec
import pytest

from autograder.sandbox import time_budget
from autograder.sandbox.errors import OutOfTime
from tests.sandbox.conftest import KIT

LIMITS = msgspec.structs.replace(KIT.limits, call_seconds=10.0, function_seconds=20.0, total_seconds=100.0)


def test_quick_calls_are_never_counted_however_many() -> None:
    spent = time_budget.Budget(LIMITS)
    for _ in range(90):
        spent.spend("relu", 0.9)
    assert spent.seconds_for("relu") == 10


def test_slow_calls_use_up_the_time_of_their_function_only() -> None:
    spent = time_budget.Budget(LIMITS)
    spent.spend("relu", 10)
    assert spent.seconds_for("relu") == 10
    spent.spend("relu", 10)
    with pytest.raises(OutOfTime, match="`relu` have together used up their 20 seconds"):
        spent.seconds_for("relu")
    assert spent.seconds_for("tanh") == 10


def test_the_last_call_gets_what_is_left() -> None:
    spent = time_budget.Budget(LIMITS)
    spent.spend("tanh", 97.0)
    assert spent.seconds_for("relu") == 3
    spent.spend("softmax", 4.0)
    with pytest.raises(OutOfTime, match="grading this file has used up its 100 seconds"):
        spent.seconds_for("relu")
