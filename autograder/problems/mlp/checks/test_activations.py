"""Check `relu`, `sigmoid`, `tanh`, `softmax`, and the selector `activation`."""

import numpy as np
import pytest
from gradescope_utils.autograder_utils.decorators import tags, weight
from hypothesis import strategies as st

from autograder.checking.inputs import example, given
from autograder.common import sanitize
from autograder.problems.mlp.strategies import ACTIVATIONS, AWAY_FROM_KINK, LARGE, REALS, TINY, arrays, logits
from autograder.sandbox.errors import Raised

each_function = pytest.mark.parametrize("function", ACTIVATIONS)
each_activation = pytest.mark.parametrize("activation", ACTIVATIONS)

VECTOR = np.array([-1.5, 0.25, 2.0])
MATRIX = np.array([[-2.0, 0.5, 1.0], [0.75, -1.25, -0.25]])
CUBE = np.arange(-5.5, 6.5).reshape(2, 2, 3) / 2
EXTREMES = np.array([-1000.0, -710.0, -30.0, -2.0, 1.0, 30.0, 710.0, 1000.0])


@weight(0.7)
@tags("{function}")
@each_function
@example(x=VECTOR)
@example(x=MATRIX)
@given(x=arrays(REALS))
def test_values(student, expect, function, x):
    """{function}: right for arrays of any shape (R5)"""
    expect.agree(student, TINY, lambda nn: getattr(nn, function)(x), f"{function}(x)")


@weight(0.7)
@tags("{function}")
@each_function
@example(x=VECTOR)
@example(x=MATRIX)
@given(x=arrays(AWAY_FROM_KINK))
def test_derivatives(student, expect, function, x):
    """{function}: grad=True gives the derivative at the preactivation x (R6)"""
    expect.agree(student, TINY, lambda nn: getattr(nn, function)(x, True), f"{function}(x, grad=True)")


@weight(0.4)
@tags("relu")
def test_relu_at_zero(student, expect):
    """relu: its derivative at 0 lies between 0 and 1 (R7)"""
    x = np.array([[-1.0, 0.0, 1.0]])
    slope = expect.numbers(TINY.student(student).relu(x, True), x.shape, "relu(x, grad=True)")
    expect.true(0 <= slope[0, 1] <= 1, "The derivative of relu at 0 is not between 0 and 1.")


@weight(0.4)
@tags("{function}")
@pytest.mark.parametrize("function", ("sigmoid", "tanh"))
@example(x=EXTREMES)
@given(x=arrays(LARGE))
def test_large_values(student, expect, function, x):
    """{function}: nothing overflows up to |x| = 1000, nor does the derivative (R8)"""
    nn = TINY.student(student)
    for grad in (False, True):
        got = getattr(nn, function)(x, grad)
        name = f"{function}(x{', grad=True' if grad else ''}) for large |x|"
        expect.close(got, getattr(TINY.reference(), function)(x, grad), name)


@weight(0.2)
@tags("{function}")
@each_function
def test_changes_no_argument(student, expect, function):
    """{function}: x is left as it was (R23)"""
    for grad in (False, True):
        name = f"{function}(x{', grad=True' if grad else ''})"
        nn = expect.agree(student, TINY, lambda nn, grad=grad: getattr(nn, function)(MATRIX, grad), name)
        expect.unchanged(nn, function)


@weight(1.2)
@tags("softmax")
@example(x=MATRIX)
@given(x=logits())
def test_softmax_of_a_batch(student, expect, x):
    """softmax: right for every row of a batch (R9)"""
    expect.agree(student, TINY, lambda nn: nn.softmax(x), "softmax(x)")


@weight(0.5)
@tags("softmax")
@example(x=VECTOR)
@example(x=CUBE)
@given(x=arrays(REALS))
def test_softmax_of_any_shape(student, expect, x):
    """softmax: works on the last axis, of one row or of many (R9)"""
    expect.agree(student, TINY, lambda nn: nn.softmax(x), "softmax(x)")


@weight(0.7)
@tags("softmax")
@example(x=np.array([[0.0, 1000.0]]))
@example(x=np.array([[1000.0, 1000.0], [0.0, 0.0]]))
@example(x=np.array([[1000.0, 999.0], [-1000.0, -1001.0]]))
@given(x=logits(LARGE))
def test_softmax_of_large_values(student, expect, x):
    """softmax: nothing overflows up to |x| = 1000, also when rows differ by 1000 (R8, R9)"""
    expect.agree(student, TINY, lambda nn: nn.softmax(x), "softmax(x) for large |x|")


@weight(0.3)
@tags("softmax")
@given(x=logits(), shift=st.integers(-50, 50))
def test_softmax_laws(student, expect, x, shift):
    """softmax: rows sum to 1, and adding a number to a row changes nothing (R9)"""
    nn = TINY.student(student)
    p = expect.numbers(nn.softmax(x), x.shape, "softmax(x)")
    expect.true(bool(np.all(p >= 0)), "softmax(x) has negative values.")
    expect.close(np.sum(p, axis=-1), np.ones(len(x)), "the sum of each row of softmax(x)")
    expect.close(nn.softmax(x + shift), p, f"softmax(x + {shift}), which should equal softmax(x) and")


@weight(0.3)
@tags("softmax")
def test_softmax_changes_no_argument(student, expect):
    """softmax: x is left as it was (R23)"""
    nn = expect.agree(student, TINY, lambda nn: nn.softmax(MATRIX), "softmax(x)")
    expect.unchanged(nn, "softmax")


@weight(0.2)
@tags("activation")
@each_activation
@example(x=MATRIX)
@given(x=arrays(AWAY_FROM_KINK))
def test_selector(student, expect, activation, x):
    """activation: applies {activation} when activation_str says so (R6)"""
    expect.agree(student, TINY, lambda nn: nn.activation(x), "activation(x)", activation=activation)


@weight(0.1)
@tags("activation")
@each_activation
@example(x=MATRIX)
@given(x=arrays(AWAY_FROM_KINK))
def test_selector_of_derivatives(student, expect, activation, x):
    """activation: grad=True gives the derivative of {activation} (R6)"""
    name = "activation(x, grad=True)"
    expect.agree(student, TINY, lambda nn: nn.activation(x, True), name, activation=activation)


@weight(0.1)
@tags("activation")
def test_unknown_activation(student, expect):
    """activation: an unknown name raises an exception that says the name (R10)"""
    for unknown in ("swish", "elu", "selu", "unit"):
        try:
            TINY.student(student, unknown).activation(MATRIX)
        except Raised as error:
            said = sanitize.code(error.text)
            expect.true(
                unknown in error.text,
                f"With activation_str={unknown!r} the exception does not name it: {said}.",
            )
        else:
            hint = "Raise an exception that names what is unknown."
            expect.fail(f"activation_str={unknown!r} is accepted.", hint)
