"""Check `backward`.

It is given the reference's cache, never the student's own, so that a bug in `forward`
costs nothing here.
"""

import functools
from functools import partial

import numpy as np
import pytest
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import given
from autograder.problems.mlp.strategies import ACTIVATIONS, FULL_SIZE, Case, cases, with_corners

each_activation = pytest.mark.parametrize("activation", ACTIVATIONS)


def differentiate(case, activation):
    """Make the question for the gradients of a case, given the reference's cache."""
    return lambda nn: nn.backward(case.cache(activation), case.labels)


def differentiated(student, case, activation="tanh"):
    """Return the student's gradients for a case; several checks look at the same ones."""
    question = differentiate(case, activation)
    return student.once(("backward", case, activation), lambda: question(case.student(student, activation)))


def parameters_only(grads):
    """Keep dW and db of a dict of gradients."""
    return {name: value for name, value in grads.items() if name[1] in "Wb"}


def signals_only(grads):
    """Keep dA and dZ of a dict of gradients; dZ0 is not asked for (R17)."""
    return {name: value for name, value in grads.items() if name[1] in "AZ" and name != "dZ0"}


@functools.lru_cache(maxsize=500)
def slopes(case, activation):
    """Nudge the last entry of the first row of every W and b; return how fast the loss changes then."""
    step = 1e-5
    nn, slope = case.reference(activation), {}
    for name, value in case.weights.items():
        losses = []
        for nudge in (step, -step):
            nudged = value.copy()
            nudged[0, -1] += nudge
            nn.weights = {**case.weights, name: nudged}
            losses.append(nn.compute_loss_and_accuracy(case.x, case.labels)[0])
        slope[name] = (losses[0] - losses[1]) / (2 * step)
    return slope


@weight(0.5)
@tags("backward")
@with_corners
@given(case=cases())
def test_keys(student, expect, case):
    """backward: every gradient is there, in the shape of what it is the gradient of (R17)"""
    grads, want = differentiated(student, case), case.grads()
    expect.dictionary(grads, want, "grads")
    for name, value in want.items():
        expect.numbers(grads[name], value.shape, f'grads["{name}"]')


@weight(0.6)
@tags("backward")
@with_corners
@given(case=cases())
def test_output_layer(student, expect, case):
    """backward: the last dW and db follow from (Zm - y) / N, also where the loss clips (R14, R15)"""
    last = len(case.dims) - 1
    sure = np.eye(case.dims[-1])[np.zeros(case.n_rows, int)]  # (N, C), all of the first class
    cache = {**case.cache(), f"Z{last}": sure}

    def last_only(grads):
        return {name: grads[name] for name in (f"dW{last}", f"db{last}")}

    expect.agree(
        student, case, lambda nn: nn.backward(cache, case.labels), "grads", only=last_only, gradient=True
    )


@weight(1.2)
@tags("backward")
@each_activation
@with_corners
@given(case=cases())
def test_parameters(student, expect, activation, case):
    """backward: every dW and db is right with {activation} (R15)"""
    grads = differentiated(student, case, activation)
    question, reference = differentiate(case, activation), partial(case.reference, activation)
    expect.answer(grads, reference, question, "grads", only=parameters_only, gradient=True)


@weight(0.2)
@tags("backward")
@each_activation
@with_corners
@given(case=cases())
def test_signals(student, expect, activation, case):
    """backward: every dA and dZ is right with {activation}, per batch or, all of them, per row (R15)"""
    grads = differentiated(student, case, activation)
    last = f"dA{len(case.dims) - 1}"
    per_batch = signals_only(case.grads(activation))
    expect.dictionary(grads, per_batch, "grads")
    got = expect.numbers(grads[last], per_batch[last].shape, f'grads["{last}"]')
    # Without the division by N each row's own loss is differentiated; that is as good, if consistent.
    per_row = np.all(expect.is_close(got, case.n_rows * per_batch[last], gradient=True))
    scale = case.n_rows if per_row else 1

    def scaled(grads):
        return {name: scale * value for name, value in signals_only(grads).items()}

    question, reference = differentiate(case, activation), partial(case.reference, activation)
    expect.answer(grads, reference, question, "grads", only=scaled, gradient=True)


@weight(0.4)
@tags("backward")
@pytest.mark.parametrize("activation", ("sigmoid", "tanh"))
@with_corners
@given(case=cases())
def test_finite_differences(student, expect, activation, case):
    """backward: with {activation}, dW and db say how the loss changes when a weight is nudged (R15)"""
    grads = differentiated(student, case, activation)
    expect.dictionary(grads, [f"d{name}" for name in case.weights], "grads")
    for name, slope in slopes(case, activation).items():
        got = expect.numbers(grads[f"d{name}"], case.weights[name].shape, f'grads["d{name}"]')
        expect.true(
            abs(got[0, -1] - slope) < 1e-6,
            f"Nudging {name}[0, -1] changes the loss at another rate than d{name}[0, -1] says.",
        )


@weight(0.6)
@tags("backward")
@with_corners
@given(case=cases())
def test_doubled_batch(student, expect, case):
    """backward: a batch written down twice has the same dW and db, for N is this batch's rows (R16)"""
    doubled = {name: np.concatenate([value, value]) for name, value in case.cache().items()}
    labels = np.concatenate([case.labels, case.labels])

    def question(nn):
        return nn.backward(doubled, labels)

    expect.agree(student, case, question, "grads", only=parameters_only, gradient=True)


@weight(0.1)
@tags("backward")
@pytest.mark.parametrize("depth", (1, 2, 3))
def test_one_row(student, expect, depth):
    """backward: a single row with whole-number labels, {depth} hidden layers deep (R18)"""
    case = Case((3, *(4, 2, 5)[:depth], 3), n_rows=1)
    cache, labels = case.cache(), case.labels.astype(int)

    def question(nn):
        return nn.backward(cache, labels)

    expect.agree(student, case, question, "grads", only=parameters_only, gradient=True)


@weight(0.5)
@tags("backward")
def test_full_size(student, expect):
    """backward: right and quick enough for the network 784-784-256-10 (R15)"""
    question = differentiate(FULL_SIZE, "relu")
    expect.agree(
        student, FULL_SIZE, question, "grads", only=parameters_only, gradient=True, activation="relu"
    )


@weight(0.5)
@tags("backward")
def test_changes_no_argument(student, expect):
    """backward: cache and labels are left as they were (R23)"""
    case = Case((3, 4, 2, 3), n_rows=3)
    nn, question = case.student(student), differentiate(case, "tanh")
    grads = question(nn)
    expect.unchanged(nn, "backward")
    expect.answer(grads, case.reference, question, "grads", only=parameters_only, gradient=True)
