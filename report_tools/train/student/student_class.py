"""Use the NN of a solution.py as it is: loaded from its file, extended by a subclass, never edited."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from report_tools.plan.mlp import STUDENT, Mlp
from report_tools.train import loading
from report_tools.train.data import Array, Splits

SLICE_ROWS = 1000  # evaluating 50,000 rows at once would need more than a gigabyte per process


def widths(hidden_dims: tuple[int, ...], dims: list[int]) -> list[int]:
    """List h_0, ..., h_m: features, hidden widths, classes."""
    return [dims[0], *hidden_dims, dims[1]]


def draw_weights(law: str, sizes: list[int], seed: int) -> dict[str, Array]:
    """Draw W{l}: (h_{l-1}, h_l) by the law "zero", "normal", N(0, 1), or "input"; every b{l} is zero.

    "input" is U(-1/√h_0, 1/√h_0) in every layer.  Glorot's law is not here: it is part of the
    assignment, so the student's own is used.
    """
    np.random.seed(seed)  # NumPy's legacy global generator, as the assignment asks: published seeds repeat
    bound = 1 / math.sqrt(sizes[0])
    generator = np.random.default_rng(seed)
    laws: dict[str, Callable[[tuple[int, int]], Array]] = {
        "zero": np.zeros,
        "normal": lambda shape: np.random.normal(size=shape),
        "input": lambda shape: generator.uniform(-bound, bound, shape),
    }
    weights: dict[str, Array] = {}
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(sizes), start=1):
        weights[f"W{layer}"] = laws[law]((fan_in, fan_out))
        weights[f"b{layer}"] = np.zeros((1, fan_out))
    return weights


def build(solution: str, settings: Mlp, splits: Splits) -> Any:
    """Make the student's network for these settings.

    The subclass draws the weights by `settings.initialization`, and only once, so that
    `train_loop(1)` goes on with the weights of the epoch before.  It evaluates a split in slices,
    which gives the same means with less memory.  All else is the student's.
    """
    base = loading.load(solution, STUDENT.name)

    class Network(base):  # type: ignore[misc, valid-type]
        started = False

        def initialize_weights(self, dims: list[int]) -> None:
            if self.started:
                return
            self.started = True
            if settings.initialization == "glorot":
                super().initialize_weights(dims)  # what section 1.1 of the handout asks for
            else:
                sizes = widths(settings.hidden_dims, dims)
                self.weights = draw_weights(settings.initialization, sizes, settings.seed)

        def compute_loss_and_accuracy(self, X: Array, y: Array) -> tuple[float, float, Array]:
            evaluate = super().compute_loss_and_accuracy
            starts = range(0, len(X), SLICE_ROWS)
            parts = [evaluate(X[i : i + SLICE_ROWS], y[i : i + SLICE_ROWS]) for i in starts]
            rows = [len(X[i : i + SLICE_ROWS]) for i in starts]
            loss, accuracy = (float(np.average([part[k] for part in parts], weights=rows)) for k in (0, 1))
            return loss, accuracy, np.concatenate([part[2] for part in parts])

    return Network(
        hidden_dims=settings.hidden_dims,
        epsilon=settings.epsilon,
        lr=settings.lr,
        batch_size=settings.batch_size,
        seed=settings.seed,
        activation=settings.activation,
        data=(splits.train, splits.valid, splits.test),
    )
