"""Estimate how long runs take here, from the sums they need and one short product of matrices."""

import itertools
import time
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from report_tools.plan.settings import AnySettings, Cnn, Conv, Mlp, Pool

EFFICIENCY = 0.65  # of the product below; seen for the MLP at batch 64 and the CNN at batch 256
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


def seconds(settings: AnySettings, n_train: int, n_valid: int, width: int, cores: int) -> float:
    """Estimate one run: rows of each split, features of a square grey image in a row."""
    n_train = settings.n_train or n_train
    n_valid = settings.n_valid or n_valid
    products = multiplications(settings, width)
    per_epoch = products * (FORWARD_AND_BACKWARD * n_train + FORWARD * (n_train + n_valid))
    # PyTorch computes in float32, twice as fast, and on every core; NumPy in float64 on one.
    gain = 2 * cores if isinstance(settings, Cnn) else 1
    return settings.epochs * per_epoch / (speed() * EFFICIENCY * gain)


def multiplications(settings: AnySettings, width: int, n_classes: int = 10) -> int:
    """Count the multiplications of one forward pass of one image with so many pixels."""
    if isinstance(settings, Mlp):
        sizes = [width, *settings.hidden_dims, n_classes]
        return sum(a * b for a, b in itertools.pairwise(sizes))
    assert isinstance(settings, Cnn)
    channels, side, count = 1, int(width**0.5), 0
    for layer in settings.layers:
        if isinstance(layer, Conv):
            side = (side + 2 * layer.padding - layer.kernel) // layer.stride + 1
            count += side**2 * layer.kernel**2 * channels * layer.out
            channels = layer.out
        elif isinstance(layer, Pool):
            side //= layer.kernel
        else:
            count += channels * side**2 * layer.out
            channels, side = layer.out, 1
    return count


def words(total_seconds: float) -> str:
    """Write a duration in the unit a person would use."""
    if total_seconds < 60:
        return f"{max(1, round(total_seconds))} s"
    if total_seconds < 5400:
        return f"{round(total_seconds / 60)} min"
    return f"{total_seconds / 3600:.1f} h"
