"""Train the student's BinaryPerceptron on two clouds of points, and note where its boundary is."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from report_tools.plan.perceptron import Perceptron
from report_tools.train import loading
from report_tools.train.checkpoint import Checkpoint, State
from report_tools.train.data import Array
from report_tools.train.store import Job, Run, versions


def train(job: Job, run: Run, checkpoint: Checkpoint) -> Iterator[State | None]:
    """Train for some epochs, one example at a time; yield after each epoch.

    Adds to run.series: errors, the wrong answers during each epoch, every one of which moved the
    boundary.  Adds to run.facts: points (N, 2), labels (N,), lines, [w_1, w_2, b] at the start and
    after each epoch, and wrong, the points on the wrong side at those moments.
    """
    settings = job.settings
    assert isinstance(settings, Perceptron)
    x, y = points(settings)
    student = settings.engine.student
    assert student is not None
    network = loading.load(job.solution, student.name)(n_features=x.shape[1], seed=settings.seed)
    # The start of the figure, not one that the constructor draws: most of those are right already.
    network.w = np.array(settings.start)
    run.versions, run.parameters = versions(), x.shape[1] + 1
    run.facts |= {"points": x.tolist(), "labels": y.tolist(), "lines": [], "wrong": []}
    _note(network, x, y, run)
    for _ in range(settings.epochs):
        start = time.perf_counter()
        # The loss that `train` returns: 1 for a wrong answer before the step, 0 for a right one.
        errors = sum(_number(network.train(x[i], int(y[i]), settings.lr)) for i in range(len(x)))
        finite = run.add_epoch(time.perf_counter() - start, errors=errors)
        if finite:
            _note(network, x, y, run)
        yield None  # all of it takes a second: nothing is worth a checkpoint
        if not finite:
            return


def points(settings: Perceptron) -> tuple[Array, Array]:
    """Draw the clouds: points (N, 2) in the order of training, and their labels (N,), 0 or 1.

    Each class is drawn from N(centre, 1) with the same seed, so the second cloud is the first one
    moved, as published; the same seed puts the points of both in a common order.
    """
    clouds = []
    for centre in settings.centres:
        # NumPy's old generator, which drew the published points.
        clouds.append(np.random.RandomState(settings.seed).normal(centre, 1, (settings.n_points, 2)))
    order = np.random.RandomState(settings.seed).permutation(2 * settings.n_points)
    x = np.concatenate(clouds)[order]  # (2 n_points, 2)
    y = np.repeat([0, 1], settings.n_points)[order]  # (2 n_points,)
    x.setflags(write=False)  # a solution that changes its example must fail, not spoil later epochs
    return x, y


def _note(network: Any, x: Array, y: Array, run: Run) -> None:
    """Note the boundary and how many points are on its wrong side, by the student's own `fire`."""
    line = [*np.asarray(network.w, dtype=float).ravel(), _number(network.b)]
    run.facts["lines"].append([float(value) for value in line])
    answers = np.array([_number(network.fire(row)) for row in x])  # (N,)
    run.facts["wrong"].append(int(np.sum(answers != y)))


def _number(value: Any) -> float:
    """Read a number that may have come as an array without dimensions, or with one element."""
    return float(np.asarray(value, dtype=float).reshape(()))
