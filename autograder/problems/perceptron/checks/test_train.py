"""Check `train`: one step each time, from known weights."""

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import example, given
from autograder.checking.later import st
from autograder.problems.perceptron.answers import as_number, learnt
from autograder.problems.perceptron.strategies import RATES, SILENT, STRONGLY, Case, cases

NAME = "perceptron"  # of a dict with its w and b
lrs = st.sampled_from(RATES)

MISSED = SILENT  # it should fire and does not
FALSE_ALARM = STRONGLY  # it fires and should not
BELOW = Case((1.0, 0.5, -2.0), 0.25, (-3.0, 1.5, -0.5))  # -1: silent, with features on both sides of 0
BELOW_BUT_FIRING = Case((-1.0, 2.0), -0.5, (-2.0, -0.25))  # 1

# AND of two inputs, from weights of zero: the epochs end without an error.
INPUTS = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
AND = [(Case((0.0, 0.0), 0.0, x), int(all(x))) for x in INPUTS]
N_EPOCHS = 8


def after_step(case, y, lr):
    """Make the question what a perceptron has learnt after one step with its example."""

    def question(unit):
        unit.train(case.example, y, lr)
        return learnt(unit)

    return question


def of_the_same_sizes(some, others):
    """Tell whether weights have the same shape and biases hold as many numbers."""
    return np.shape(some[0]) == np.shape(others[0]) and np.size(some[1]) == np.size(others[1])


@weight(0.7)
@tags("train")
@example(case=MISSED, lr=0.5)
@example(case=Case((0.5, 0.25), -3.0, (1.0, 2.0)), lr=0.25)
@given(case=cases(fires=False), lr=lrs)
def test_missed(student, expect, case, lr):
    """train: where it should fire and does not, w moves by lr x and b by lr (R28)"""
    expect.agree(student, case, after_step(case, 1, lr), NAME)


@weight(0.5)
@tags("train")
@example(case=FALSE_ALARM, lr=0.5)
@example(case=Case((0.5, 0.25), 0.5, (1.0, 2.0)), lr=0.25)
@given(case=cases(fires=True), lr=lrs)
def test_false_alarm(student, expect, case, lr):
    """train: where it fires and should not, w moves by -lr x and b by -lr (R28)"""
    expect.agree(student, case, after_step(case, 0, lr), NAME)


@weight(0.3)
@tags("train")
@example(case=MISSED, lr=0.5)
@example(case=FALSE_ALARM, lr=0.5)
@given(case=cases(), lr=lrs)
def test_right_already(student, expect, case, lr):
    """train: where the answer is right, nothing moves (R28)"""
    expect.agree(student, case, after_step(case, case.answer, lr), NAME)


@weight(0.3)
@tags("train")
@example(case=BELOW, lr=0.5)
@example(case=BELOW_BUT_FIRING, lr=0.5)
@given(case=cases(negative=True), lr=lrs)
def test_negative_features(student, expect, case, lr):
    """train: negative features move their weights too (R28)"""
    wrong = 1 - case.answer
    expect.agree(student, case, after_step(case, wrong, lr), NAME)


@weight(0.3)
@tags("train")
def test_loss(student, expect):
    """train: returns |y - answer|, where answer is the one before the step (R29)"""
    for case in (MISSED, FALSE_ALARM):
        for y in (0, 1):

            def question(unit, case=case, y=y):
                return as_number(unit.train(case.example, y, 2.0))

            expect.agree(student, case, question, f"what train(x, {y}, lr) returns")


@weight(0.15)
@tags("train")
@example(lr=1.0)
@example(lr=0.25)
@given(lr=st.sampled_from((1e-4, 0.02, 1.0, 3.0)))
def test_learning_rate(student, expect, lr):
    """train: the step is proportional to lr, for any lr, and y may be a float (R28)"""
    expect.agree(student, MISSED, after_step(MISSED, 1.0, lr), NAME)
    expect.agree(student, FALSE_ALARM, after_step(FALSE_ALARM, 0.0, lr), NAME)


@weight(0.15)
@tags("train")
def test_shapes(student, expect):
    """train: w keeps its shape, and b stays one number (R30)"""
    for case, y in ((MISSED, 1), (FALSE_ALARM, 0)):

        def question(unit, case=case, y=y):
            unit.train(case.example, y, 0.5)
            return unit.w, unit.b

        w, b = question(case.student(student))
        expect.recognise((w, b), case.reference, question, of_the_same_sizes)
        expect.numbers(w, (len(case.w),), "w after train")
        expect.numbers(b, (1,) if np.shape(b) == (1,) else (), "b after train")


@weight(0.05)
@tags("train")
def test_learns_and(student, expect):
    """train: a few epochs teach it the logical AND of two inputs (R28)"""

    def question(unit):
        for _ in range(N_EPOCHS):
            for case, y in AND:
                unit.train(case.example, y, 1)
        return learnt(unit)

    expect.agree(student, AND[0][0], question, NAME)


@weight(0.05)
@tags("train")
def test_changes_no_argument(student, expect):
    """train: x is unchanged (R28, R23)"""
    unit = MISSED.student(student)
    unit.train(MISSED.example, 1, 0.5)
    expect.unchanged(unit, "train")
    expect.answer(learnt(unit), MISSED.reference, after_step(MISSED, 1, 0.5), NAME)
