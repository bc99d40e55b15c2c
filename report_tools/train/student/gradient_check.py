"""Compare the student's gradient with central finite differences, for steps from 1 down to 1e-6.

For one weight w the finite difference is (L(w + eps) - L(w - eps)) / (2 eps) with eps = 1 / N.
Its truncation error falls as eps^2, a slope of -2 against N; its round-off error grows as N.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograder.common.errors import UserError
from report_tools.plan.mlp import GradientCheck
from report_tools.train import data
from report_tools.train.checkpoint import Checkpoint, State
from report_tools.train.data import Array, Split, Splits
from report_tools.train.store import Job, Run
from report_tools.train.student import mlp, student_class

CANDIDATES = 200  # rows among which "auto" chooses
NAMED = 10  # of more elements than these a sentence says how many they are


class Comparison(NamedTuple):
    """Of K steps and p elements: the gradient (p,), the loss on both sides and the kinks (K, p)."""

    gradient: Array
    loss_plus: Array
    loss_minus: Array
    crosses_kink: Array

    def numeric(self, n_values: Array) -> Array:
        """Divide by 2 eps, with eps = 1 / N.  Returns (K, p)."""
        return (self.loss_plus - self.loss_minus) / (2 / n_values[:, None])


def check(job: Job, run: Run, splits: Splits, checkpoint: Checkpoint) -> Iterator[State | None]:
    """Train, then compare; yield the state after each epoch, and at the end.

    Adds to run.series max_difference, one number per N, and to run.facts the numbers behind it and
    max_difference_smooth (elements whose interval holds no kink of a ReLU; None where there are none).
    """
    settings = job.settings
    assert isinstance(settings, GradientCheck)
    splits = data.scaled(job.source, settings.pixel_scale, settings.n_train, settings.n_valid)
    network = student_class.build(job.solution, settings, splits)
    if settings.at_init:
        network.initialize_weights([splits.train.x.shape[1], splits.train.y.shape[1]])
        mlp.describe(network, run)
    else:
        yield from mlp.continue_training(network, settings.epochs, run, splits, checkpoint)
    if run.status == "diverged":
        return
    # A series is drawn against N here, so the epochs before it must stand elsewhere.
    run.facts["epochs"] = run.series
    run.series = {}
    dtypes = {str(array.dtype) for array in network.weights.values()}
    network.weights = {name: np.array(array, dtype=np.float64) for name, array in network.weights.items()}
    elements = _elements(network, settings)
    sample = _choose(network, splits.train, settings, elements)
    row = _row(splits.train, sample)
    steps = 1 / np.array(settings.n_values)
    double = compare(network, row, settings.weight, elements, steps)
    _record(run, double, np.array(settings.n_values), sample)
    run.facts["elements"] = _names(network, settings, elements)
    run.facts["loss"] = _loss(network, row)
    run.facts["single_precision"] = _single_precision(network, row, settings, elements)
    run.facts["said"] = _said(settings, len(elements), sample)
    run.facts["remarks"] = _remarks(network, row, double, settings, run.facts["elements"], dtypes)
    yield None


def compare(network: Any, row: Split, weight: str, elements: Array, steps: Array) -> Comparison:
    """Move each element of the weight by each step, both ways, and put it back exactly.

    row: one sample, x (1, D) and y (1, C).  elements: (p,) flat indices, row-major.  steps: (K,).
    """
    array = network.weights[weight]
    gradient = np.asarray(network.backward(network.forward(row.x), row.y)[f"d{weight}"])
    shape = len(steps), len(elements)
    plus, minus, crosses = np.empty(shape), np.empty(shape), np.empty(shape, dtype=bool)
    for k, step in enumerate(steps):
        for i, element in enumerate(elements):
            original = array.flat[element]
            array.flat[element] = original + step
            plus[k, i], signs_plus = _loss(network, row), _signs(network, row)
            array.flat[element] = original - step
            minus[k, i], signs_minus = _loss(network, row), _signs(network, row)
            array.flat[element] = original  # not `-= step`: that would leave a rounding behind
            crosses[k, i] = network.activation_str == "relu" and bool(np.any(signs_plus != signs_minus))
    return Comparison(gradient.reshape(-1)[elements], plus, minus, crosses)


def _loss(network: Any, row: Split) -> float:
    cache = network.forward(row.x)
    return float(network.loss(cache[f"Z{network.n_hidden + 1}"], row.y))


def _signs(network: Any, row: Split) -> Array:
    """List for every hidden unit whether it is on: a change within the interval is a kink of the ReLU."""
    cache = network.forward(row.x)
    return np.concatenate([np.asarray(cache[f"A{k}"]).ravel() > 0 for k in range(1, network.n_hidden + 1)])


def _elements(network: Any, settings: GradientCheck) -> Array:
    if settings.weight not in network.weights:
        raise UserError(
            f"weight={settings.weight}: there is no such weight; the network has "
            f"{', '.join(network.weights)}."
        )
    return np.arange(min(settings.n_elements, network.weights[settings.weight].size))


def _names(network: Any, settings: GradientCheck, elements: Array) -> list[str]:
    """Name elements as Python does: W2[0, 3]."""
    indices = (np.unravel_index(element, network.weights[settings.weight].shape) for element in elements)
    return [f"{settings.weight}[{', '.join(map(str, index))}]" for index in indices]


def _choose(network: Any, train: Split, settings: GradientCheck, elements: Array) -> int:
    """Return the row to check: the given one, or the one with the most, then largest, derivatives."""
    if settings.sample != "auto":
        if settings.sample >= len(train.x):
            raise UserError(
                f"sample={settings.sample}: the training split has {len(train.x)} rows, counted from 0."
            )
        return settings.sample
    scores = []
    # One sample has dead units, another is learnt so well that its gradient is all but zero.
    for i in range(min(CANDIDATES, len(train.x))):
        row = _row(train, i)
        grads = network.backward(network.forward(row.x), row.y)
        gradient = np.abs(np.asarray(grads[f"d{settings.weight}"]).reshape(-1)[elements])
        clipped = _is_clipped(network, row)
        scores.append((not clipped, int(np.sum(gradient > 0)), float(gradient.max())))
    return max(range(len(scores)), key=scores.__getitem__)


def _row(split: Split, sample: int) -> Split:
    """Return one sample as float64, in which everything here is computed."""
    return Split(split.x[sample : sample + 1].astype(np.float64), split.y[sample : sample + 1])


def _is_clipped(network: Any, row: Split) -> bool:
    """Say whether the loss clips the probability of the true class: there its slope is zero."""
    probabilities = network.forward(row.x)[f"Z{network.n_hidden + 1}"]
    truth = float(np.sum(probabilities * row.y))
    return not network.epsilon < truth < 1 - network.epsilon


def _record(run: Run, comparison: Comparison, n_values: Array, sample: int) -> None:
    signed = comparison.numeric(n_values) - comparison.gradient  # (K, p)
    largest = np.max(np.abs(signed), axis=1)  # (K,)
    smooth = np.where(comparison.crosses_kink, -1, np.abs(signed)).max(axis=1)  # (K,), -1 if all cross
    run.series["max_difference"] = largest.tolist()
    run.facts |= {
        "max_difference_smooth": [float(v) if v >= 0 else None for v in smooth],
        "sample": sample,
        "gradient": comparison.gradient.tolist(),
        "loss_plus": comparison.loss_plus.tolist(),
        "loss_minus": comparison.loss_minus.tolist(),
        "crosses_kink": comparison.crosses_kink.tolist(),
    }


def _single_precision(network: Any, row: Split, settings: GradientCheck, elements: Array) -> list[float]:
    """Repeat the check with float32 weights and pixels: what one sees without float64."""
    double = network.weights
    network.weights = {name: array.astype(np.float32) for name, array in double.items()}
    single = Split(row.x.astype(np.float32), row.y.astype(np.float32))
    n_values = np.array(settings.n_values)
    comparison = compare(network, single, settings.weight, elements, 1 / n_values)
    network.weights = double  # the remarks are about the network as it was trained
    return [float(v) for v in np.max(np.abs(comparison.numeric(n_values) - comparison.gradient), axis=1)]


def _said(settings: GradientCheck, n_elements: int, sample: int) -> list[str]:
    """Say in a caption which derivatives these are."""
    moment = "before the first update" if settings.at_init else "at the end of training"
    return [
        f"derivatives for the first {n_elements} elements of {settings.weight} in row-major order, "
        f"training sample {sample}, {moment}, float64"
    ]


def list_some(names: list[str], total: int) -> str:
    """List the names, or, where they would fill a page, their number and the first of them."""
    if len(names) <= NAMED:
        return ", ".join(names)
    return f"{len(names)} of the {total} elements (such as {', '.join(names[:3])})"


def _remarks(
    network: Any,
    row: Split,
    comparison: Comparison,
    settings: GradientCheck,
    elements: list[str],
    dtypes: set[str],
) -> list[str]:
    remarks = []
    zeros = int(np.sum(comparison.gradient == 0))
    name = settings.weight
    if zeros == len(comparison.gradient):
        remarks.append(
            f"The gradient of all {zeros} elements of {name} is zero for this sample, so the check proves "
            "nothing: add --set sample=auto, which chooses a sample."
        )
    elif zeros:
        remarks.append(
            f"Derivatives that are exactly zero (dead units): {zeros} of {len(comparison.gradient)}."
        )
    if _is_clipped(network, row):
        remarks.append("The loss of this sample is clipped, so its slope is zero: add --set sample=auto.")
    n_crossing = np.array(settings.n_values)[comparison.crosses_kink.any(axis=1)]
    if len(n_crossing):
        crossing = [elements[i] for i in np.flatnonzero(comparison.crosses_kink.any(axis=0))]
        remarks.append(
            f"Up to N = {n_crossing.max():g}, a kink of the ReLU lies within the interval of "
            f"{list_some(crossing, len(elements))}, so the finite difference there is not the derivative."
        )
    if settings.at_init:
        remarks.append("Checked before the first update; the report asks for the end of training.")
    if dtypes != {"float64"}:
        remarks.append(f"Your weights are {', '.join(sorted(dtypes))}; the check converts them to float64.")
    return remarks
