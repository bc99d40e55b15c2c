"""Check `relu`, `sigmoid`, `tanh`, `softmax`, and the selector `activation`."""

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import example, given, parametrize
from autograder.checking.later import st
from autograder.common import sanitize
from autograder.problems.mlp.strategies import (
    ACTIVATIONS,
    AWAY_FROM_KINK,
    LARGE,
    ONE_ROW_OF_LOGITS,
    OTHER_DIMENSIONS,
    REALS,
    TINY,
    VECTORS,
    arrays,
    logits,
)
from autograder.sandbox.errors import Raised

each_function = parametrize("function", ACTIVATIONS)
each_activation = parametrize("activation", ACTIVATIONS)

VECTOR = np.array([-1.5, 0.25, 2.0])
MATRIX = np.array([[-2.0, 0.5, 1.0], [0.75, -1.25, -0.25]])
CUBE = np.arange(-5.5, 6.5).reshape(2, 2, 3) / 2
EXTREMES = np.array([[-1000.0, -710.0, -30.0, -2.0], [1.0, 30.0, 710.0, 1000.0]])


@weight(0.7)
@tags("{function}")
@each_function
@example(x=MATRIX)
@given(x=arrays(REALS))
def test_values(student, expect, function, x):
    """{function}: right for every number of an array (R5)"""
    expect.agree(student, TINY, lambda nn: getattr(nn, function)(x), f"{function}(x)")


@weight(0.7)
@tags("{function}")
@each_function
@example(x=MATRIX)
@given(x=arrays(AWAY_FROM_KINK))
def test_derivatives(student, expect, function, x):
    """{function}: grad=True gives the derivative at the preactivation x (R6)"""
    expect.agree(student, TINY, lambda nn: getattr(nn, function)(x, True), f"{function}(x, grad=True)")


@weight(0.2)
@tags("{function}")
@each_function
@example(x=VECTOR)
@example(x=CUBE)
@given(x=arrays(AWAY_FROM_KINK, OTHER_DIMENSIONS))
def test_any_shape(student, expect, function, x):
    """{function}: x may have any number of dimensions (R6, R5)"""
    expect.agree(student, TINY, lambda nn: getattr(nn, function)(x), f"{function}(x)")
    expect.agree(student, TINY, lambda nn: getattr(nn, function)(x, True), f"{function}(x, grad=True)")


@weight(0.2)
@tags("relu")
def test_relu_at_zero(student, expect):
    """relu: its derivative at 0 lies between 0 and 1 (R6, R7)"""
    x = np.array([[-1.0, 0.0, 1.0], [0.0, 2.0, -0.5]])

    def around(slope):
        return np.where(x == 0, 0, slope)

    slope = expect.numbers(TINY.student(student).relu(x, True), x.shape, "relu(x, grad=True)")
    at_zero = slope[x == 0]
    expect.true(
        bool(np.all((at_zero >= 0) & (at_zero <= 1))), "The derivative of relu at 0 is not between 0 and 1."
    )
    name = "relu(x, grad=True), at 0 and next to it,"
    expect.answer(around(slope), TINY.reference, lambda nn: around(nn.relu(x, True)), name)


@weight(0.2)
@tags("{function}")
@parametrize("function", ("sigmoid", "tanh"))
@example(x=EXTREMES)
@given(x=arrays(LARGE))
def test_large_values(student, expect, function, x):
    """{function}: neither the value nor the derivative overflows up to |x| = 1000 (R5, R8)"""
    name = f"{function}(x) for large |x|"
    nn = expect.agree(student, TINY, lambda nn: getattr(nn, function)(x), name)
    expect.numbers(getattr(nn, function)(x, True), x.shape, f"{function}(x, grad=True) for large |x|")


@weight(0.2)
@tags("{function}")
@each_function
def test_changes_no_argument(student, expect, function):
    """{function}: the answer is right, and x is unchanged (R5, R6, R23)"""
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


@weight(0.3)
@tags("softmax")
@example(x=VECTOR)
@given(x=arrays(REALS, VECTORS))
def test_softmax_of_a_vector(student, expect, x):
    """softmax: a single row of logits may have one dimension; then so does the answer (R9)"""
    expect.agree(student, TINY, lambda nn: nn.softmax(x), "softmax(x)")


@weight(0.2)
@tags("softmax")
@example(x=MATRIX[:1])
@given(x=arrays(REALS, ONE_ROW_OF_LOGITS))
def test_softmax_of_one_row(student, expect, x):
    """softmax: a batch of one row keeps its two dimensions (R9, R18)"""
    expect.agree(student, TINY, lambda nn: nn.softmax(x), "softmax(x), for a single row (R18),")


@weight(0.7)
@tags("softmax")
@example(x=np.array([[0.0, 1000.0], [0.0, -1000.0]]))
@example(x=np.array([[1000.0, 1000.0], [0.0, 0.0]]))
@example(x=np.array([[1000.0, 999.0], [-1000.0, -1001.0]]))
@given(x=logits(LARGE))
def test_softmax_of_large_values(student, expect, x):
    """softmax: nothing overflows up to |x| = 1000, even when rows differ by 1000 (R9, R8)"""
    expect.agree(student, TINY, lambda nn: nn.softmax(x), "softmax(x) for large |x|")


@weight(0.3)
@tags("softmax")
@example(x=MATRIX, shift=3)
@given(x=logits(), shift=st.integers(-50, 50))
def test_softmax_laws(student, expect, x, shift):
    """softmax: rows sum to 1, the largest logit wins, and adding a number to a row changes nothing (R9)"""
    nn = TINY.student(student)
    p = expect.numbers(nn.softmax(x), x.shape, "softmax(x)")
    expect.recognise(
        p, TINY.reference, lambda nn: nn.softmax(x), lambda got, p: bool(np.all(expect.is_close(got, p)))
    )
    expect.true(bool(np.all(p >= 0)), "softmax(x) has negative values.")
    expect.close(np.sum(p, axis=-1), np.ones(len(x)), "the sum of each row of softmax(x)")
    for logits_, row in zip(x, p, strict=True):
        if np.ptp(logits_):  # rows that sum to one whatever x is are no softmax
            larger = row[np.argmax(logits_)] > row[np.argmin(logits_)]
            expect.true(bool(larger), "In softmax(x) the largest logit does not get the largest probability.")
    expect.close(nn.softmax(x + shift), p, f"softmax(x + {shift}), which should equal softmax(x) and")


@weight(0.3)
@tags("softmax")
def test_softmax_changes_no_argument(student, expect):
    """softmax: the answer is right, and x is unchanged (R9, R23)"""
    nn = expect.agree(student, TINY, lambda nn: nn.softmax(MATRIX), "softmax(x)")
    expect.unchanged(nn, "softmax")


@weight(0.15)
@tags("activation")
@each_activation
@example(x=MATRIX)
@given(x=arrays(AWAY_FROM_KINK))
def test_selector(student, expect, activation, x):
    """activation: applies {activation} when activation_str says so (R6)"""
    expect.agree(student, TINY, lambda nn: nn.activation(x), "activation(x)", activation=activation)


@weight(0.15)
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
    """activation: an unknown name raises an exception that mentions it (R10)"""
    TINY.student(student, "relu").activation(MATRIX)  # where every name raises, this one proves nothing
    for unknown in ("swish", "elu", "selu", "unit"):
        try:
            TINY.student(student, unknown).activation(MATRIX)
        except Raised as error:
            said = sanitize.code(error.text)
            expect.true(
                unknown in error.text,
                f"With activation_str={unknown!r}, the exception does not mention that name: {said}.",
            )
        else:
            hint = "Raise an exception whose message contains the unknown name."
            expect.fail(f"No exception is raised for activation_str={unknown!r}.", hint)
