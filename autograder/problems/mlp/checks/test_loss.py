"""Check `loss`."""

import numpy as np
import pytest
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import given
from autograder.problems.mlp.strategies import TINY, Case, cases, with_corners


def predicted(case):
    """Return the reference's probabilities for a case, (N, C)."""
    return case.cache()[f"Z{len(case.dims) - 1}"]


@weight(1.2)
@tags("loss")
@with_corners
@given(case=cases())
def test_values(student, expect, case):
    """loss: the cross-entropy, averaged over the rows (R13)"""
    p = predicted(case)
    expect.agree(student, case, lambda nn: nn.loss(p, case.labels), "the loss")


@weight(0.6)
@tags("loss")
def test_uniform_prediction(student, expect):
    """loss: the uniform prediction over C classes costs ln C (R13)"""
    for n_rows, n_classes in ((1, 2), (5, 10)):
        p = np.full((n_rows, n_classes), 1 / n_classes)
        labels = np.eye(n_classes)[np.arange(n_rows) % n_classes]
        name = f"the loss of a uniform prediction over {n_classes} classes"
        expect.agree(student, TINY, lambda nn, p=p, labels=labels: nn.loss(p, labels), name)


@weight(0.3)
@tags("loss")
@pytest.mark.parametrize("epsilon", (1e-6, 0.01))
def test_clipping(student, expect, epsilon):
    """loss: probabilities of 0 and 1 are clipped to epsilon and 1 - epsilon, here {epsilon:g} (R13)"""
    labels = np.array([[1.0, 0.0]])
    for what, p in (("wrong", np.array([[0.0, 1.0]])), ("right", np.array([[1.0, 0.0]]))):
        name = f"the loss of a row that is {what} and sure of it"
        expect.agree(student, TINY, lambda nn, p=p: nn.loss(p, labels), name, epsilon=epsilon)


@weight(0.3)
@tags("loss")
def test_one_row(student, expect):
    """loss: a single row with whole-number labels is a batch like any other (R18)"""
    case = Case((2, 3, 4), n_rows=1)
    p, labels = predicted(case), case.labels.astype(int)
    expect.agree(student, case, lambda nn: nn.loss(p, labels), "the loss")


@weight(0.3)
@tags("loss")
def test_changes_no_argument(student, expect):
    """loss: prediction and labels are left as they were, also where it clips (R14, R23)"""
    p, labels = np.array([[0.0, 1.0], [0.5, 0.5]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    nn = TINY.student(student)
    got = nn.loss(p, labels)
    expect.unchanged(nn, "loss")
    expect.answer(got, TINY.reference, lambda nn: nn.loss(p, labels), "the loss")
