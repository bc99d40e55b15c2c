"""Estimate how long runs take here, from the sums they need and one short product of matrices."""

import time
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from report_tools.plan.data_source import N_CLASSES
from report_tools.plan.settings import RunSettings

EFFICIENCY = 0.65  # of the product below; seen for the MLP at batch 64 and the CNN at batch 256
ROUNDS, ROUND_SECONDS = 5, 0.05  # the fastest counts: a cold cache can only make one slower
FORWARD, FORWARD_AND_BACKWARD = 2, 6  # operations per weight and sample


@cache
def speed() -> float:
    """Measure operations per second of a float64 product on one core, in a quarter of a second."""
    size = 256
    A = np.random.default_rng(0).random((size, size))
    with threadpool_limits(1):
        return max(_products_per_second(A) for _ in range(ROUNDS)) * 2 * size**3


def _products_per_second(A: NDArray[np.float64]) -> float:
    # By the time that this thread has worked, not by the clock on the wall: what else the machine
    # does at the moment says nothing about how long a run will take.
    n_products, start = 0, time.thread_time()
    while (worked := time.thread_time() - start) < ROUND_SECONDS:
        A @ A
        n_products += 1
    return n_products / worked


def seconds(
    settings: RunSettings, n_train: int, n_valid: int, image_shape: tuple[int, ...], n_cores: int
) -> float:
    """Estimate one run on the rows of each split."""
    n_train = min(settings.n_train or n_train, n_train)
    n_valid = min(settings.n_valid or n_valid, n_valid)
    products = settings.multiplications(image_shape, N_CLASSES)
    per_epoch = products * (FORWARD_AND_BACKWARD * n_train + FORWARD * (n_train + n_valid))
    # PyTorch computes in float32, twice as fast, and on every core; NumPy in float64 on one.
    gain = 2 * n_cores if settings.engine.uses_torch else 1
    return settings.epochs * per_epoch / (speed() * EFFICIENCY * gain)


def recipe_seconds(
    settings: Sequence[RunSettings], n_train: int, n_valid: int, image_shape: tuple[int, ...], n_cores: int
) -> float:
    """Estimate the runs of a recipe: NumPy runs share the cores, a PyTorch run takes all of them."""
    needed = [(one, seconds(one, n_train, n_valid, image_shape, n_cores)) for one in settings]
    torch = [duration for one, duration in needed if one.engine.uses_torch]
    numpy = [duration for one, duration in needed if not one.engine.uses_torch]
    return sum(torch) + max([sum(numpy) / n_cores, *numpy], default=0)


def words(total_seconds: float) -> str:
    """Write a duration in the unit a person would use."""
    if total_seconds < 60:
        return f"{max(1, round(total_seconds))} s"
    if total_seconds < 5400:
        return f"{round(total_seconds / 60)} min"
    return f"{total_seconds / 3600:.1f} h"
