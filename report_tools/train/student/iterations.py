"""Train the student's NN by the kit's own loop, and note the loss of every batch."""

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from report_tools.train.checkpoint import Checkpoint, State
from report_tools.train.data import Array, Split, Splits
from report_tools.train.store import Run, versions
from report_tools.train.student import student_state

LAST = 50  # iterations; their mean says where a noisy curve has come to


def train(
    network: Any, epochs: int, run: Run, splits: Splits, checkpoint: Checkpoint
) -> Iterator[State | None]:
    """Train by forward, loss, backward and update alone; yield the state after each epoch.

    Only whole batches, in file order, as the published loop does: what is left over at the end of an
    epoch is not used.

    Adds to run.facts: iterations, of one epoch, and iteration_loss and iteration_accuracy, of each batch
    before its update.  Adds to run.series, per epoch: last_loss and last_accuracy, means over the last
    iterations, and valid_loss and valid_accuracy after it.  Stops when the loss is not finite.
    """
    run.versions = versions()
    if not student_state.put_back(checkpoint, network, splits):
        network.initialize_weights([splits.train.x.shape[1], splits.train.y.shape[1]])
        run.facts |= {"iterations": len(splits.train.x) // network.batch_size}
        run.facts |= {"iteration_loss": [], "iteration_accuracy": []}
    run.parameters = sum(array.size for array in network.weights.values())
    for _ in range(len(run.seconds), epochs):
        start = time.perf_counter()
        with np.errstate(all="ignore"):  # a diverging run is recorded, not shouted about
            losses, accuracies = one_epoch(network, splits.train)
            valid_loss, valid_accuracy, _ = network.compute_loss_and_accuracy(*splits.valid)
        # The last one may be nan, which JSON does not know; a curve ends there anyway.
        n_finite = sum(map(math.isfinite, losses))
        run.facts["iteration_loss"] += losses[:n_finite]
        run.facts["iteration_accuracy"] += accuracies[:n_finite]
        finite = run.add_epoch(
            time.perf_counter() - start,
            last_loss=float(np.mean(losses[-LAST:])),
            last_accuracy=float(np.mean(accuracies[-LAST:])),
            valid_loss=float(valid_loss),
            valid_accuracy=float(valid_accuracy),
        )
        yield student_state.collect(network, splits) if finite else None
        if not finite:
            return


def one_epoch(network: Any, train: Split) -> tuple[list[float], list[float]]:
    """Go through the whole batches once; return loss and accuracy of each, before its update.

    Ends early after a loss that is not finite.
    """
    losses: list[float] = []
    accuracies: list[float] = []
    size, output = network.batch_size, f"Z{network.n_hidden + 1}"
    for first in range(0, len(train.x) - size + 1, size):
        x, y = train.x[first : first + size], train.y[first : first + size]  # (B, D), (B, C)
        cache = network.forward(x)
        losses.append(float(network.loss(cache[output], y)))
        accuracies.append(_accuracy(cache[output], y))
        if not math.isfinite(losses[-1]):
            break
        network.update(network.backward(cache, y))
    return losses, accuracies


def _accuracy(probabilities: Array, y: Array) -> float:
    return float(np.mean(np.argmax(probabilities, axis=1) == np.argmax(y, axis=1)))
