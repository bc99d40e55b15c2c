"""Train a student's network for the leaderboard, and see how well it tells held-out rows apart.

The network is the one that the student's `NN` makes when only data and seed are said: who tunes its
defaults climbs.  The rows follow from the term's seed, and the labels of those that are held out never
leave the grader.
"""

import re
from functools import cache
from typing import Any

import numpy as np

N_FEATURES, N_CLASSES, CLUSTERS = 40, 8, 3  # CLUSTERS of rows in each class, so that no line parts two
N_TRAIN, N_VALID, N_HELD_OUT = 2000, 500, 2000
BATCH = 100  # of held-out rows that are asked about at once; divides N_HELD_OUT
SPREAD = 1.1  # of a cluster, where the centres are 1 apart in each feature: some rows lie in another class

Split = tuple[np.ndarray, np.ndarray]


class NoAnswer(Exception):
    """Why a network that was trained has no accuracy, as a sentence for the student."""


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


def train(student: Any, n_epochs: int, seed: int) -> Any:
    """Return the student's network after so many epochs; what is held out is not in its data."""
    training, validation, _ = splits(seed)
    network = student.NN(data=(training, validation, validation), seed=seed % 2**32)
    network.train_loop(n_epochs)
    return network


def accuracy(network: Any, seed: int) -> float:
    """Return the share of held-out rows whose class has the largest output; raises NoAnswer."""
    _, _, (x, labels) = splits(seed)
    right = [
        _predicted(network.forward(x[start : start + BATCH]))
        == np.argmax(labels[start : start + BATCH], axis=1)
        for start in range(0, len(x), BATCH)
    ]
    return float(np.mean(right))


def _predicted(cache: Any) -> np.ndarray:
    """Return the class of each row that a cache with Z1, Z2, ... predicts."""
    layers = (
        [name for name in cache if re.fullmatch(r"Z\d{1,3}", str(name))] if isinstance(cache, dict) else []
    )
    if not layers:
        raise NoAnswer("`forward` returned no Z")
    output = np.asarray(cache[max(layers, key=lambda name: int(str(name)[1:]))])
    if output.shape != (BATCH, N_CLASSES) or output.dtype.kind != "f" or not np.all(np.isfinite(output)):
        raise NoAnswer("the last Z of `forward` does not hold a finite number for each row and class")
    return np.asarray(np.argmax(output, axis=1))
