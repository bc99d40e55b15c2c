"""Check `loss`.

What is not about the clip is judged as a gradient is, a little more loosely: a tiny number in the
logarithm is a mistake where the loss clips, and costs what that is worth.
"""

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import example, given, parametrize
from autograder.problems.mlp.strategies import ANOTHER_BATCH_SIZE, TINY, Predictions, Uniform, predictions

SMALL = Predictions(n_rows=2, n_classes=3)
LARGER = Predictions(n_rows=3, n_classes=4)


def cost(made):
    """Make the question for the loss of these predictions."""
    return lambda nn: nn.loss(made.p, made.labels)


@weight(1.1)
@tags("loss")
@example(made=SMALL)
@example(made=LARGER)
@given(made=predictions())
def test_values(student, expect, made):
    """loss: the cross-entropy, averaged over the rows (R13)"""
    expect.agree(student, TINY, cost(made), "the loss", any_ones=True, gradient=True, batch_size=made.n_rows)


@weight(0.5)
@tags("loss")
def test_uniform_prediction(student, expect):
    """loss: the uniform prediction over C classes costs ln C (R13)"""
    for n_classes in (2, 10):
        made = Uniform(4, n_classes)
        name = f"the loss of a uniform prediction over {n_classes} classes"
        expect.agree(student, TINY, cost(made), name, any_ones=True, gradient=True, batch_size=4)


@weight(0.2)
@tags("loss")
def test_is_a_number(student, expect):
    """loss: the loss is a single number, not an array holding one (R13)"""
    expect.agree(student, TINY, cost(LARGER), "the loss", gradient=True, batch_size=LARGER.n_rows)


@weight(0.2)
@tags("loss")
@parametrize("epsilon", (1e-6, 0.01))
def test_clipping(student, expect, epsilon):
    """loss: probabilities 0 and 1 are clipped to epsilon and 1 - epsilon, with epsilon = {epsilon:g} (R13)"""
    for what, sure in (("wrong", [0.0, 1.0]), ("right", [1.0, 0.0])):
        p, labels = np.array([sure, sure]), np.array([[1.0, 0.0], [1.0, 0.0]])
        name = f"the loss of rows that are certain and {what}, with epsilon = {epsilon:g},"
        expect.agree(
            student,
            TINY,
            lambda nn, p=p, labels=labels: nn.loss(p, labels),
            name,
            any_ones=True,
            epsilon=epsilon,
            batch_size=2,
        )


@weight(0.3)
@tags("loss")
@example(made=SMALL)
@example(made=LARGER)
@given(made=predictions())
def test_any_number_of_rows(student, expect, made):
    """loss: the mean is over the rows of this batch, even when batch_size is different (R13, R16)"""
    name = f"the loss of {made.n_rows} rows, when batch_size is {ANOTHER_BATCH_SIZE},"
    expect.agree(student, TINY, cost(made), name, any_ones=True, gradient=True, batch_size=ANOTHER_BATCH_SIZE)


@weight(0.2)
@tags("loss")
def test_one_row(student, expect):
    """loss: a single row with integer labels is a batch like any other (R13, R18)"""
    one = Predictions(n_rows=1, n_classes=4)
    p, labels, name = one.p, one.labels.astype(int), "the loss, for a single row (R18),"
    expect.agree(
        student, TINY, lambda nn: nn.loss(p, labels), name, any_ones=True, gradient=True, batch_size=1
    )


@weight(0.3)
@tags("loss")
def test_changes_no_argument(student, expect):
    """loss: right, and prediction and labels are unchanged, even where it clips (R13, R14, R23)"""
    p, labels = np.array([[0.0, 1.0], [0.5, 0.5]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    nn = TINY.student(student, batch_size=2)
    nn.loss(p, labels)
    expect.unchanged(nn, "loss")
    expect.agree(
        student, TINY, cost(SMALL), "the loss", any_ones=True, gradient=True, batch_size=SMALL.n_rows
    )
