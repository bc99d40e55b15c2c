"""Train the student's NN, epoch by epoch."""

import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from report_tools.plan.mlp import Mlp
from report_tools.train import data
from report_tools.train.checkpoint import Checkpoint, State
from report_tools.train.data import Splits
from report_tools.train.store import Job, Run, versions
from report_tools.train.student import iterations, student_class, student_state


def train(job: Job, run: Run, splits: Splits, checkpoint: Checkpoint) -> Iterator[State | None]:
    """Train with the student's train_loop, one epoch per call; yield the state after each one.

    Goes on after the epochs of the run, from the state of the checkpoint.

    With log = "iteration" the kit's own loop trains; see `iterations.train`.

    Adds to run.series: train_loss, train_accuracy, valid_loss, valid_accuracy after each epoch.
    Stops when one of them is not finite.
    """
    settings = job.settings
    assert isinstance(settings, Mlp)
    scaled = data.scaled(job.source, settings.pixel_scale, settings.n_train, settings.n_valid)
    network = student_class.build(job.solution, settings, scaled)
    if settings.log == "iteration":
        yield from iterations.train(network, settings.epochs, run, scaled, checkpoint)
    else:
        yield from continue_training(network, settings.epochs, run, scaled, checkpoint)


def continue_training(
    network: Any, epochs: int, run: Run, splits: Splits, checkpoint: Checkpoint
) -> Iterator[State | None]:
    """Train the network up to so many epochs; see `train`."""
    run.versions = versions()
    student_state.put_back(checkpoint, network, splits)
    if not epochs:
        network.initialize_weights([network.train[0].shape[1], network.train[1].shape[1]])
        describe(network, run)
    for _ in range(len(run.seconds), epochs):
        start = time.perf_counter()
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a diverging run is recorded, not shouted about
            network.train_loop(1)
        describe(network, run)
        # The logs grow from call to call: the last number is that of this epoch.
        logs = {name: values[-1] for name, values in network.train_logs.items()}
        finite = run.add_epoch(
            time.perf_counter() - start,
            train_loss=logs["train_loss"],
            train_accuracy=logs["train_accuracy"],
            valid_loss=logs["validation_loss"],
            valid_accuracy=logs["validation_accuracy"],
        )
        yield student_state.collect(network, splits) if finite else None
        if not finite:
            return


def describe(network: Any, run: Run) -> None:
    """Note the number of parameters, and each layer with what its parameters are made of."""
    run.parameters = sum(array.size for array in network.weights.values())
    run.facts["layers"] = [
        {
            "layer": f"linear {fan_in}-{fan_out}",
            "output": str(fan_out),
            "parameters": fan_in * fan_out + fan_out,
            "formula": f"{fan_in:,}·{fan_out:,} + {fan_out:,}",
        }
        for fan_in, fan_out in (
            network.weights[f"W{layer}"].shape for layer in range(1, network.n_hidden + 2)
        )
    ]
