"""Check `relu`."""

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import example, given
from autograder.problems.perceptron.strategies import ARRAYS, QUARTERS, STRONGLY

VECTOR = np.array([-1.5, 0.25, 0.0, 2.0])
MATRIX = np.array([[-2.0, 0.5, 1.0], [0.75, -1.25, -0.25]])


@weight(0.3)
@tags("relu")
@example(x=VECTOR)
@example(x=MATRIX)
@given(x=ARRAYS)
def test_arrays(student, expect, x):
    """relu: max(x, 0), for arrays of any shape (R26)"""
    expect.agree(student, STRONGLY, lambda unit: unit.relu(x), "relu(x)")


@weight(0.15)
@tags("relu")
@example(x=-1.5)
@example(x=0.25)
@given(x=QUARTERS)
def test_numbers(student, expect, x):
    """relu: max(x, 0), for a number (R26)"""
    expect.agree(student, STRONGLY, lambda unit: unit.relu(x), "relu(x)")


@weight(0.05)
@tags("relu")
def test_changes_no_argument(student, expect):
    """relu: x is left as it was (R23)"""
    unit = STRONGLY.student(student)
    got = unit.relu(MATRIX)
    expect.unchanged(unit, "relu")
    expect.answer(got, STRONGLY.reference, lambda unit: unit.relu(MATRIX), "relu(x)")
