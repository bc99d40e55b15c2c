"""Check `update`."""

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import given
from autograder.checking.later import st
from autograder.problems.mlp.strategies import Case, cases, with_ordinary


def updated(nn, *steps):
    """Return the weights of a network after these updates."""
    for grads in steps:
        nn.update(grads)
    return nn.weights


@weight(1)
@tags("update")
@with_ordinary
@given(case=cases())
def test_values(student, expect, case):
    """update: every W and b takes one step against its gradient (R19)"""
    grads = case.grads()
    expect.agree(student, case, lambda nn: updated(nn, grads), "weights")


@weight(0.3)
@tags("update")
@given(lr=st.sampled_from((1e-4, 7e-4, 0.5, 1.0)))
def test_learning_rate(student, expect, lr):
    """update: the step is lr times the gradient, for any lr (R19)"""
    case = Case((3, 2, 4), n_rows=3)
    grads = case.grads()
    expect.agree(student, case, lambda nn: updated(nn, grads), "weights", lr=lr)


@weight(0.3)
@tags("update")
@given(case=cases())
def test_two_steps(student, expect, case):
    """update: two steps with the same gradient move twice as far as one (R19)"""
    grads = case.grads()
    expect.agree(student, case, lambda nn: updated(nn, grads, grads), "weights, after two updates,")


@weight(0.2)
@tags("update")
def test_zero_gradient(student, expect):
    """update: a zero gradient changes nothing, and a nonzero one does (R19)"""
    case = Case((2, 3, 4, 2), n_rows=2)
    grads = case.grads()
    zeros = {name: np.zeros_like(value) for name, value in grads.items()}
    expect.agree(student, case, lambda nn: updated(nn, zeros, grads), "weights, after a zero gradient,")


@weight(0.2)
@tags("update")
def test_changes_no_argument(student, expect):
    """update: the weights are right, and grads is unchanged (R19, R23)"""
    case = Case((2, 3, 4, 2), n_rows=2)
    grads = case.grads()
    nn = case.student(student)
    nn.update(grads)
    expect.unchanged(nn, "update")
    expect.answer(nn.weights, case.reference, lambda nn: updated(nn, grads), "weights")
