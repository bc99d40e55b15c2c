"""Estimate how long runs take here, from the sums they need and one short product of matrices."""

import time
from collections.abc import Sequence
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from report_tools.plan.settings import RunSettings

EFFICIENCY = 0.65  # of the product below; seen for the MLP at batch 64 and the CNN at batch 256
N_CLASSES = 10
FORWARD, FORWARD_AND_BACKWARD = 2, 6  # operations per weight and sample


@cache
def speed() -> float:
    """Measure operations per second of a float64 product on one core, for a tenth of a second."""
    size = 512
    A = np.random.default_rng(0).random((size, size))
    with threadpool_limits(1):
        # The fastest of many: whatever else the machine does can only make one slower.
        best, start = float("inf"), time.perf_counter()
        while time.perf_counter() - start < 0.1:
            before = time.perf_counter()
            A @ A
            best = min(best, time.perf_counter() - before)
    return 2 * size**3 / best


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
