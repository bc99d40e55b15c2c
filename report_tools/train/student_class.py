"""Use the NN of a solution.py as it is: loaded from its file, extended by a subclass, never edited."""

import importlib.util
import itertools
import sys
from pathlib import Path
from typing import Any

import numpy as np

from autograder.common.errors import UserError
from report_tools.plan.mlp import Mlp
from report_tools.train.data import Array, Splits

SLICE_ROWS = 1000  # evaluating 50,000 rows at once would need more than a gigabyte per process


def load(solution: str) -> type[Any]:
    """Import the class NN of the file anew; raises UserError with one sentence if that fails."""
    path = Path(solution)
    if not path.is_file():
        raise UserError(f"{path} does not exist; name your file with --solution FILE.")
    spec = importlib.util.spec_from_file_location("student_solution", path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules["student_solution"] = module  # dataclasses and pickle look a module up by its name
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise UserError(f"{path.name}, line {error.lineno}: not valid Python ({error.msg}).") from None
    except (Exception, SystemExit) as error:  # it is somebody else's code: anything may come
        raise UserError(f"{path.name} cannot be imported: {type(error).__name__}: {error}.") from None
    if not isinstance(getattr(module, "NN", None), type):
        raise UserError(f"{path.name} has no class NN; see section 1 of the handout.")
    return module.NN  # type: ignore[no-any-return]


def widths(hidden_dims: tuple[int, ...], dims: list[int]) -> list[int]:
    """List h_0, ..., h_m: features, hidden widths, classes."""
    return [dims[0], *hidden_dims, dims[1]]


def draw_weights(law: str, sizes: list[int], seed: int) -> dict[str, Array]:
    """Draw W{l}: (h_{l-1}, h_l) by the law "zero" or "normal", N(0, 1); every b{l} is zero.

    NumPy's legacy global generator is seeded, as the assignment asks, so published seeds repeat.
    Glorot's law is not here: it is part of the assignment, so the student's own is used.
    """
    np.random.seed(seed)
    weights: dict[str, Array] = {}
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(sizes), start=1):
        shape = (fan_in, fan_out)
        weights[f"W{layer}"] = np.random.normal(size=shape) if law == "normal" else np.zeros(shape)
        weights[f"b{layer}"] = np.zeros((1, fan_out))
    return weights


def build(solution: str, settings: Mlp, splits: Splits) -> Any:
    """Make the student's network for these settings.

    The subclass draws the weights by `settings.initialization`, and only once, so that
    `train_loop(1)` goes on with the weights of the epoch before.  It evaluates a split in slices,
    which gives the same means with less memory.  All else is the student's.
    """
    base = load(solution)

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
