"""Check `train_loop` by replaying it with the reference from the student's first weights.

The first weights are those that the student's `initialize_weights` makes for the same
seed (R2); where that fails, the check is run again with the reference's stand-ins.
"""

from functools import partial

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.expect import same_numbers
from autograder.checking.inputs import example, given, parametrize
from autograder.problems.mlp.strategies import ACTIVATIONS, LOG_NAMES, SHORT_LAST_BATCH, trainings
from autograder.problems.mlp.weights import weights_of


def trained(student, expect, training, n_epochs, activation="tanh"):
    """Train the student's network; return it, what `train_loop` returned, and what makes the reference's."""
    first = training.student(student, activation)
    first.initialize_weights([training.dims[0], training.dims[-1]])
    nn = training.student(student, activation)
    logs = nn.train_loop(n_epochs)
    first_weights = weights_of(expect, first.weights, training.dims)
    reference = partial(training.reference, activation, first_weights)
    return nn, logs, reference


def weights_after(n_epochs):
    """Make the question "which weights does this network have after n epochs?"."""

    def question(nn):
        nn.train_loop(n_epochs)
        return nn.weights

    return question


@weight(0.2)
@tags("train_loop")
@parametrize("activation", ACTIVATIONS)
def test_one_epoch(student, expect, activation):
    """train_loop: with {activation}, an epoch takes all batches in file order, including the last (R20)"""
    nn, _, reference = trained(student, expect, SHORT_LAST_BATCH, 1, activation)
    expect.answer(nn.weights, reference, weights_after(1), "weights, after one epoch,", gradient=True)


@weight(0.9)
@tags("train_loop")
@example(training=SHORT_LAST_BATCH)
@given(training=trainings())
def test_three_epochs(student, expect, training):
    """train_loop: three epochs train correctly for any number of rows and any batch size (R20)"""
    nn, _, reference = trained(student, expect, training, 3)
    expect.answer(nn.weights, reference, weights_after(3), "weights, after three epochs,", gradient=True)


def evaluated(training, activation, weights):
    """Return what should be logged of a network with these weights, by the name of the log."""
    nn = training.reference(activation, weights)
    nn.weights = weights
    logs = {}
    for name, split in (("train", nn.train), ("validation", nn.valid)):
        logs[f"{name}_loss"], logs[f"{name}_accuracy"], _ = nn.compute_loss_and_accuracy(*split)
    return logs


@weight(0.2)
@tags("train_loop")
@parametrize("name", LOG_NAMES)
def test_logs(student, expect, name):
    """train_loop: {name} is logged after each epoch, on the whole split (R21)"""
    lengths, where = [], f'train_logs["{name}"]'
    split, what = name.split("_")
    for n_epochs in (1, 3):

        def ask(n_epochs=n_epochs):
            nn, _, reference = trained(student, expect, SHORT_LAST_BATCH, n_epochs)
            return nn.train_logs, nn.weights, reference

        logs, weights, reference = student.once(("train_logs", n_epochs), ask)
        expect.dictionary(logs, [name], "train_logs")

        def question(nn, n_epochs=n_epochs):
            return {name: nn.train_loop(n_epochs)[name]}

        def same(logs, others):
            got, other = np.squeeze(logs[name]), np.squeeze(others[name])
            return got.shape == other.shape and bool(np.all(expect.is_close(got, other, gradient=True)))

        expect.recognise(logs, reference, question, same)
        lengths.append(np.size(logs[name]))
        if not lengths[-1]:
            continue
        # Judged by the student's own weights, so that a mistake in the training does not cost the logs.
        weights = weights_of(expect, weights, SHORT_LAST_BATCH.dims)
        want = evaluated(SHORT_LAST_BATCH, "tanh", weights)[name]
        got = expect.numbers(logs[name], (lengths[-1],), where, any_ones=True)
        expect.true(
            bool(np.all(expect.is_close(got[-1:], want, gradient=True))),
            f"The last entry of {where} is not the {what} on the whole {split} split with the weights "
            "after the last epoch.",
        )
    expect.true(
        lengths[1] == lengths[0] + 2,
        f"{where} holds {lengths[0]} numbers after one epoch and {lengths[1]} after three; "
        "each epoch should add one.",
    )


@weight(0.2)
@tags("train_loop")
def test_starts_afresh(student, expect):
    """train_loop: each call starts from freshly initialised weights (R20)"""
    nn, _, reference = trained(student, expect, SHORT_LAST_BATCH, 2)
    nn.train_loop(1)

    def question(nn):
        nn.train_loop(2)
        nn.train_loop(1)
        return nn.weights

    expect.answer(nn.weights, reference, question, "weights, after a second train_loop,", gradient=True)


@weight(0.3)
@tags("train_loop")
def test_no_epochs(student, expect):
    """train_loop: n_epochs=0 leaves fresh weights and empty logs; more epochs fill the logs (R21, R22)"""
    nn, _, reference = trained(student, expect, SHORT_LAST_BATCH, 0)
    expect.answer(nn.weights, reference, weights_after(0), "weights, after n_epochs=0,")
    logs = nn.train_logs
    expect.dictionary(logs, LOG_NAMES, "train_logs")
    filled = [name for name in LOG_NAMES if np.size(logs[name])]
    expect.true(
        not filled,
        f"With n_epochs=0, train_logs should stay empty, but these entries are not: {', '.join(filled)}.",
    )
    logs = trained(student, expect, SHORT_LAST_BATCH, 2)[0].train_logs
    expect.dictionary(logs, LOG_NAMES, "train_logs")
    empty = [name for name in LOG_NAMES if not np.size(logs[name])]
    expect.true(
        not empty, f"The logs are empty with n_epochs=0, but also after two epochs: {', '.join(empty)}."
    )


@weight(0.2)
@tags("train_loop")
def test_returns_logs(student, expect):
    """train_loop: returns train_logs (R21)"""
    nn, logs, _ = trained(student, expect, SHORT_LAST_BATCH, 2)
    expect.dictionary(logs, LOG_NAMES, "what train_loop returns")
    attribute = nn.train_logs
    expect.dictionary(attribute, LOG_NAMES, "train_logs")
    empty = [name for name in LOG_NAMES if not np.size(logs[name])]
    expect.true(
        not empty,
        f"After two epochs, these entries of what train_loop returns are empty: {', '.join(empty)}.",
    )
    different = [name for name in LOG_NAMES if not same_numbers(logs[name], attribute[name])]
    expect.true(not different, f"What train_loop returns differs from train_logs in {', '.join(different)}.")
