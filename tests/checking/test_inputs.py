"""What checks draw: the same from the same bytes, whichever version of Hypothesis reads them."""

import random
import re
from typing import Any

import pytest

from autograder.assignment.config import Assignment
from autograder.checking import inputs
from autograder.checking.later import hnp, now, st
from autograder.grading import suite
from tests.conftest import ASSIGNMENTS
from tests.table import table

# Before Hypothesis 6.169, the last that Python 3.10 gets, numbers that do not begin at 0 are drawn wrongly.
BOUNDS = re.compile(r"integers\((?:min_value=)?(-?\d+)")


def drawn(strategy: Any, *offered: bytes) -> list[Any]:
    """Draw from bytes, as inputs are."""
    met: list[Any] = []

    def meet(value: Any) -> None:
        met.append(value)

    test = inputs._hypothesis_test(now({"value": strategy}), meet)
    for each in offered:
        test.hypothesis.fuzz_one_input(each)
    return met


def bytes_at_random() -> list[bytes]:
    source = random.Random(0)
    return [source.randbytes(64) for _ in range(300)]


@table(("low", "high"), [(2, 3), (-3, 4), (2, 4), (-5, -2), (0, 1), (7, 7)])
def test_every_whole_number_is_drawn(low: int, high: int) -> None:
    assert sorted(set(drawn(st.integers(low, high), *bytes_at_random()))) == list(range(low, high + 1))


def test_every_shape_is_drawn() -> None:
    shapes = drawn(hnp.array_shapes(min_dims=1, max_dims=2, min_side=2, max_side=3), *bytes_at_random())
    assert sorted(set(shapes)) == [(2,), (2, 2), (2, 3), (3,), (3, 2), (3, 3)]


@table(("low", "high", "simplest"), [(-3, 4, 0), (2, 9, 2), (-9, -2, -2)])
def test_the_simplest_number_is_the_nearest_to_zero(low: int, high: int, simplest: int) -> None:
    assert drawn(st.integers(low, high), bytes(64)) == [simplest]


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda assignment: assignment.title)
def test_no_check_draws_numbers_that_old_versions_of_hypothesis_draw_wrongly(assignment: Assignment) -> None:
    for check in suite.collect(assignment):
        if check.draws:
            assert set(BOUNDS.findall(repr(now(check.function.strategies)))) <= {"0"}, check.title
