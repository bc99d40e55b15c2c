"""Train a student's network for the leaderboard: how well it tells rows apart, or how fast it trains.

For accuracy, the network is the one that the student's `NN` makes when it is given only data and a seed:
tuning them is rewarded.  For time it is the same for everybody, and its weights must be those that the
reference reaches from the same start, so that nobody gains by training less.  The rows follow from the term's
seed, and the labels of those that are held out never leave the grader.
"""

import itertools
import re
from functools import cache
from typing import Any

import numpy as np

from autograder.checking.expect import Wrong
from autograder.problems.mlp.strategies import Replay

N_FEATURES, N_CLASSES, CLUSTERS = 40, 8, 3  # CLUSTERS of rows in each class, so that no line parts two
N_TRAIN, N_VALID, N_HELD_OUT = 2000, 500, 2000
BATCH = 100  # of held-out rows that are asked about at once; divides N_HELD_OUT
SPREAD = 1.1  # of a cluster, where the centres are 1 apart in each feature: some rows lie in another class

# What is timed; large enough that arithmetic, and not Python, takes the time.
TIMED: dict[str, Any] = {"hidden_dims": (256, 128), "lr": 0.05, "batch_size": 64, "activation": "tanh"}
RTOL, ATOL = 1e-3, 1e-4  # of the weights after training: float32 is fine

Split = tuple[np.ndarray, np.ndarray]


@cache
def splits(seed: int) -> tuple[Split, Split, Split]:
    """Draw rows x: (N, N_FEATURES) with one-hot labels (N, N_CLASSES): to train, to validate, held out."""
    generator = np.random.default_rng([seed, N_FEATURES])
    centres = generator.normal(size=(N_CLASSES, CLUSTERS, N_FEATURES))
    centres /= np.sqrt(2)  # two of them differ by a normal number in each feature

    def split(n_rows: int) -> Split:
        classes = generator.integers(0, N_CLASSES, n_rows)
        middles = centres[classes, generator.integers(0, CLUSTERS, n_rows)]
        x = middles + SPREAD * generator.normal(size=(n_rows, N_FEATURES))
        return x, np.eye(N_CLASSES)[classes]

    return split(N_TRAIN), split(N_VALID), split(N_HELD_OUT)


def accuracy(student: Any, n_epochs: int, seed: int) -> float:
    """Train the student's own network; return the share of held-out rows whose class has the largest output.

    Raises Wrong where the network does not say.
    """
    _, _, (x, labels) = splits(seed)
    network = student.NN(**_data_and_seed(seed))
    network.train_loop(n_epochs)
    right = [
        _predicted(network.forward(x[start : start + BATCH]))
        == np.argmax(labels[start : start + BATCH], axis=1)
        for start in range(0, len(x), BATCH)
    ]
    return float(np.mean(right))


def train(student: Any, n_epochs: int, seed: int) -> Any:
    """Train the network that is timed, and return it."""
    network = student.NN(**TIMED, **_data_and_seed(seed))
    network.train_loop(n_epochs)
    return network


def require_trained(student: Any, network: Any, n_epochs: int, seed: int) -> None:
    """Raise Wrong unless a network has the weights that the reference's training gives it."""
    first = student.NN(**TIMED, **_data_and_seed(seed))
    first.initialize_weights([N_FEATURES, N_CLASSES])
    widths = (N_FEATURES, *TIMED["hidden_dims"], N_CLASSES)
    shapes: dict[str, tuple[int, ...]] = {}
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(widths), start=1):
        shapes[f"W{layer}"], shapes[f"b{layer}"] = (fan_in, fan_out), (1, fan_out)
    start, got = (_weights(one.weights, shapes) for one in (first, network))
    reference = Replay(**TIMED, **_data_and_seed(seed))
    reference.first_weights = start
    reference.train_loop(n_epochs)
    if not all(np.allclose(got[name], reference.weights[name], rtol=RTOL, atol=ATOL) for name in shapes):
        raise Wrong("after training, the weights are not those that this many epochs give")


def _data_and_seed(seed: int) -> dict[str, Any]:
    """Return the keywords that say what to train on; what is held out is not in it."""
    training, validation, _ = splits(seed)
    return {"data": (training, validation, validation), "seed": seed % 2**32}


def _weights(found: Any, shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """Return a student's weights as floats of these shapes; raises Wrong if they are not."""
    taken = {name: np.asarray(found.get(name)) for name in shapes} if isinstance(found, dict) else {}
    if any(
        name not in taken or taken[name].shape != shape or taken[name].dtype.kind != "f"
        for name, shape in shapes.items()
    ):
        raise Wrong("`weights` does not hold an array of the right shape for every W and b")
    return {name: weights.astype(float) for name, weights in taken.items()}


def _predicted(cache: Any) -> np.ndarray:
    """Return the class of each row that a cache with Z1, Z2, ... predicts."""
    layers = (
        [name for name in cache if re.fullmatch(r"Z\d{1,3}", str(name))] if isinstance(cache, dict) else []
    )
    if not layers:
        raise Wrong("`forward` returned no Z")
    output = np.asarray(cache[max(layers, key=lambda name: int(str(name)[1:]))])
    if output.shape != (BATCH, N_CLASSES) or output.dtype.kind != "f" or not np.all(np.isfinite(output)):
        raise Wrong("`forward` does not return a finite number for each row and class in its last Z")
    return np.asarray(np.argmax(output, axis=1))
