"""Check `relu` and `fire`."""

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import example, given
from autograder.problems.perceptron.answers import as_number, learnt
from autograder.problems.perceptron.strategies import (
    AGAINST_BIAS,
    ARRAYS,
    BARELY,
    FAR_BELOW,
    HALFWAY,
    ON_THE_FENCE,
    QUARTERS,
    SILENT,
    STRONGLY,
    WITH_BIAS,
    Case,
    cases,
)

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
def test_relu_changes_no_argument(student, expect):
    """relu: x is unchanged (R26, R23)"""
    unit = STRONGLY.student(student)
    got = unit.relu(MATRIX)
    expect.unchanged(unit, "relu")
    expect.answer(got, STRONGLY.reference, lambda unit: unit.relu(MATRIX), "relu(x)")


def fired(case):
    """Make the question whether a perceptron fires for the example of a case."""
    return lambda unit: as_number(unit.fire(case.example))


@weight(0.5)
@tags("fire")
@example(case=STRONGLY)
@example(case=SILENT)
@example(case=BARELY)
@example(case=HALFWAY)
@example(case=FAR_BELOW)
@example(case=AGAINST_BIAS)
@given(case=cases(negative=True))
def test_both_sides(student, expect, case):
    """fire: 1 where relu(w @ x + b) is above 0, else 0 (R27)"""
    expect.agree(student, case, fired(case), "fire(x)")


@weight(0.2)
@tags("fire")
def test_bias(student, expect):
    """fire: the bias counts, both with weights and on its own (R27)"""
    nothing = (0.0, 0.0)
    alone = Case((2.0, -1.0), 0.25, nothing), Case((2.0, -1.0), -0.25, nothing)
    for case in (WITH_BIAS, AGAINST_BIAS, FAR_BELOW, *alone):
        expect.agree(student, case, fired(case), "fire(x)")


@weight(0.15)
@tags("fire")
def test_exactly_zero(student, expect):
    """fire: an activation of exactly 0 does not fire (R27)"""
    for case in (*ON_THE_FENCE, BARELY, SILENT):
        expect.agree(student, case, fired(case), "fire(x)")


@weight(0.1)
@tags("fire")
def test_one_number(student, expect):
    """fire: the answer for one example is one number, 0 or 1 (R27)"""
    for case in (STRONGLY, SILENT):
        expect.agree(student, case, lambda unit, x=case.example: unit.fire(x), "fire(x)")


@weight(0.05)
@tags("fire")
def test_fire_changes_no_argument(student, expect):
    """fire: x, w and b are unchanged (R27, R23)"""
    unit = STRONGLY.student(student)
    got = unit.fire(STRONGLY.example)
    expect.unchanged(unit, "fire")
    expect.answer(as_number(got), STRONGLY.reference, fired(STRONGLY), "fire(x)")
    after = learnt(unit)
    kept = np.array_equal(after["w"], STRONGLY.w) and np.array_equal(after["b"], STRONGLY.b)
    expect.true(kept, "`fire` changes w or b (R23).", "Only `train` may change them.")
