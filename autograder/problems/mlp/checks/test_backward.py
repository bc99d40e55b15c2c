"""Check `backward`.

It is given the reference's cache, never the student's own, so that a bug in `forward`
costs nothing here.
"""

import functools
from functools import partial

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import given, parametrize
from autograder.problems.mlp.strategies import (
    ACTIVATIONS,
    ANOTHER_BATCH_SIZE,
    LARGE_NETWORK,
    ORDINARY,
    cases,
    one_row,
    with_ordinary,
)

each_activation = parametrize("activation", ACTIVATIONS)


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


@weight(0.6)
@tags("backward")
@with_ordinary
@given(case=cases())
def test_keys(student, expect, case):
    """backward: every gradient is there, in the same shape as the array it belongs to (R17)"""
    grads, want = differentiated(student, case), case.grads()
    expect.dictionary(grads, want, "grads")
    for name, value in want.items():
        expect.numbers(grads[name], value.shape, f'grads["{name}"]')
    expect.true(any(np.any(grads[name]) for name in want), "Every gradient is zero.")


@weight(0.6)
@tags("backward")
@with_ordinary
@given(case=cases())
def test_output_layer(student, expect, case):
    """backward: the last dW and db follow from (Zm - y) / N, even where the loss clips (R15, R14)"""
    last = len(case.dims) - 1
    sure = np.eye(case.dims[-1])[np.zeros(case.n_rows, int)]  # (N, C), all of the first class
    cache = {**case.cache(), f"Z{last}": sure}

    def last_only(grads):
        return {name: grads[name] for name in (f"dW{last}", f"db{last}")}

    def question(nn):
        return nn.backward(cache, case.labels)

    expect.agree(student, case, question, "grads", only=last_only, gradient=True, any_ones=True)


@weight(1)
@tags("backward")
@each_activation
@with_ordinary
@given(case=cases())
def test_parameters(student, expect, activation, case):
    """backward: every dW and db is right with {activation} (R15)"""
    grads = differentiated(student, case, activation)
    question, reference = differentiate(case, activation), partial(case.reference, activation)
    expect.answer(grads, reference, question, "grads", only=parameters_only, gradient=True, any_ones=True)


@weight(0.2)
@tags("backward")
@each_activation
@with_ordinary
@given(case=cases())
def test_signals(student, expect, activation, case):
    """backward: with {activation}, every dA and dZ is right, all of them per batch or all per row (R15)"""
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


@weight(0.3)
@tags("backward")
@parametrize("activation", ("sigmoid", "tanh"))
@with_ordinary
@given(case=cases())
def test_finite_differences(student, expect, activation, case):
    """backward: with {activation}, dW and db agree with finite differences of the loss (R15)"""
    grads = differentiated(student, case, activation)
    expect.dictionary(grads, [f"d{name}" for name in case.weights], "grads")

    def same(grads, others):
        return all(
            np.all(expect.is_close(np.asarray(grads[name]), value, gradient=True))
            for name, value in parameters_only(others).items()
        )

    question, reference = differentiate(case, activation), partial(case.reference, activation)
    expect.recognise(grads, reference, question, same)
    for name, slope in slopes(case, activation).items():
        shape = case.weights[name].shape
        got = expect.numbers(grads[f"d{name}"], shape, f'grads["d{name}"]', any_ones=True)
        expect.true(
            abs(got[0, -1] - slope) < 1e-6,
            f"Nudging {name}[0, -1] does not change the loss at the rate that d{name}[0, -1] gives.",
        )


@weight(1)
@tags("backward")
@with_ordinary
@given(case=cases())
def test_any_number_of_rows(student, expect, case):
    """backward: N is the number of rows in this batch, even when batch_size is different (R15, R16)"""
    expect.agree(
        student,
        case,
        differentiate(case, "tanh"),
        f"grads, for {case.n_rows} rows when batch_size is {ANOTHER_BATCH_SIZE},",
        only=parameters_only,
        gradient=True,
        any_ones=True,
        batch_size=ANOTHER_BATCH_SIZE,
    )


@weight(0.2)
@tags("backward")
@parametrize("depth", (1, 2, 3))
def test_one_row(student, expect, depth):
    """backward: a single row with integer labels works, with {depth} hidden layer(s) (R15, R18)"""
    case = one_row(depth)
    cache, labels = case.cache(), case.labels.astype(int)

    def question(nn):
        return nn.backward(cache, labels)

    grads = question(case.student(student))
    signals = signals_only(case.grads())
    expect.dictionary(grads, signals, "grads")
    for name, value in signals.items():
        expect.numbers(grads[name], value.shape, f'grads["{name}"], for a single row (R18),')
    expect.answer(
        grads,
        case.reference,
        question,
        "grads, for a single row (R18),",
        only=parameters_only,
        gradient=True,
        any_ones=True,
    )


@weight(0.5)
@tags("backward")
def test_large_network(student, expect):
    """backward: the gradients of a 784-256-64-10 network are right, and computed fast enough (R15)"""
    expect.agree(
        student,
        LARGE_NETWORK,
        differentiate(LARGE_NETWORK, "relu"),
        "grads",
        only=parameters_only,
        gradient=True,
        any_ones=True,
        activation="relu",
    )


@weight(0.5)
@tags("backward")
def test_changes_no_argument(student, expect):
    """backward: the gradients are right, and cache and labels are unchanged (R15, R23)"""
    case = ORDINARY[1]
    nn, question = case.student(student), differentiate(case, "tanh")
    grads = question(nn)
    expect.unchanged(nn, "backward")
    expect.answer(
        grads, case.reference, question, "grads", only=parameters_only, gradient=True, any_ones=True
    )
