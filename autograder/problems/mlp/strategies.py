"""Say what inputs look like.

A `Case` is a network with known weights and one batch to feed it.  It is drawn as a few
small numbers (sizes and a seed), which is quick, prints well and shrinks well.

One mistake costs one ruling: what is drawn is ordinary (two rows or more, exactly `batch_size` of
them, widths of two and more, two dimensions).  A check whose ruling is about a corner makes that
corner itself: one row (R18), a batch that is not `batch_size` (R16, R20), other dimensions (R5, R9).
"""

import copy
import dataclasses
import itertools
from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np

from autograder.checking.inputs import example
from autograder.checking.later import hnp, st
from reference.solution import NN as Reference

ACTIVATIONS = ("relu", "sigmoid", "tanh")
LOG_NAMES = ("train_accuracy", "validation_accuracy", "train_loss", "validation_loss")

LEARNING_RATE = 0.3
ANOTHER_BATCH_SIZE = 5  # for checks about a batch with fewer rows (R16): no ordinary case has as many

# Numbers with two digits print well; derivatives at 0 are a matter of taste (R7).
REALS = st.integers(-400, 400).map(lambda hundredths: hundredths / 100)
AWAY_FROM_KINK = REALS.filter(lambda value: abs(value) > 1e-3)
LARGE = st.integers(-1000, 1000).map(float)

MATRICES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=4)
OTHER_DIMENSIONS = st.sampled_from(((1,), (2,), (4,), (1, 1), (3, 1), (2, 2, 3), (1, 2, 2)))
VECTORS = st.integers(2, 5).map(lambda length: (length,))
ONE_ROW_OF_LOGITS = st.integers(2, 5).map(lambda n_classes: (1, n_classes))


@cache
def arrays(elements: st.SearchStrategy[float], shape: Any = MATRICES) -> st.SearchStrategy[np.ndarray]:
    """Draw float64 arrays of two dimensions, or of the given shape.

    Cached, as the strategies below: checks that use the same one share a pool of inputs (inputs.py).
    """
    return hnp.arrays(np.float64, shape, elements=elements)


@cache
def logits(elements: st.SearchStrategy[float] = REALS) -> st.SearchStrategy[np.ndarray]:
    """Draw batches of logits: two rows or more, two classes or more."""
    return arrays(elements, hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=5))


@dataclasses.dataclass(frozen=True)
class Predictions:
    """Probabilities (N, C), none of them near 0 or 1, where the loss clips; and one-hot labels (N, C)."""

    n_rows: int
    n_classes: int
    seed: int = 0

    @cached_property
    def p(self) -> np.ndarray:
        """Draw rows of small whole numbers and divide them by their sum."""
        generator = np.random.default_rng([self.seed, self.n_rows, self.n_classes])
        parts = generator.integers(2, 6, (self.n_rows, self.n_classes))
        return _read_only(parts / np.sum(parts, axis=1, keepdims=True))

    @cached_property
    def labels(self) -> np.ndarray:
        """Take one class after the other."""
        return _one_hot(self.n_rows, self.n_classes, self.seed)


class Uniform(Predictions):
    """The same probability for every class."""

    @property
    def p(self) -> np.ndarray:
        """Return 1 / C everywhere."""
        return _read_only(np.full((self.n_rows, self.n_classes), 1 / self.n_classes))


@cache
def predictions() -> st.SearchStrategy[Predictions]:
    """Draw predictions of two rows or more, over two classes or more."""
    return st.builds(
        Predictions, n_rows=st.integers(2, 7), n_classes=st.integers(2, 4), seed=st.integers(0, 1000)
    )


@dataclasses.dataclass(frozen=True)
class Case:
    """A network D-h_1-...-C with known weights, and one batch of `n_rows`.

    Its arrays meet many submissions, and the known mistakes of the zoo: nobody can write to them.
    """

    dims: tuple[int, ...]
    n_rows: int
    seed: int = 0

    @cached_property
    def weights(self) -> dict[str, np.ndarray]:
        """Draw W{l}: (h_{l-1}, h_l) and non-zero b{l}: (1, h_l)."""
        return self._draws[0]

    @cached_property
    def x(self) -> np.ndarray:
        """Draw the rows of the batch, (N, D)."""
        return self._draws[1]

    @cached_property
    def labels(self) -> np.ndarray:
        """Draw one-hot labels, (N, C)."""
        return _one_hot(self.n_rows, self.dims[-1], self.seed)

    @property
    def data(self) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """Use the batch as all three splits, for constructors that look at the data."""
        return ((self.x, self.labels),) * 3

    @property
    def keywords(self) -> dict[str, Any]:
        """Collect what the constructor is called with, activation and `hidden_dims` apart."""
        return {"batch_size": self.n_rows, "lr": LEARNING_RATE, "seed": 1, "data": self.data}

    def reference(self, activation: str = "tanh", **settings: Any) -> Reference:
        """Make the reference's network with the same settings and weights.

        settings: keywords of the constructor that this time are not those of every case.
        """
        keywords = {**self.keywords, "activation": activation, **settings}
        nn = Reference(hidden_dims=self.dims[1:-1], **keywords)
        # A mistake may write to them.
        nn.weights = {name: value.copy() for name, value in self.weights.items()}
        return nn

    def student(self, student: Any, activation: str = "tanh", **settings: Any) -> Any:
        """Make the student's network with the same settings and weights."""
        keywords = {"hidden_dims": self.dims[1:-1], "activation": activation, **self.keywords, **settings}
        dims = [self.dims[0], self.dims[-1]]
        known_as = None if settings else (self, activation)
        return student.prepared(
            "NN", keywords, after=[dims], state={"weights": self.weights}, known_as=known_as
        )

    def cache(self, activation: str = "tanh") -> dict[str, np.ndarray]:
        """Return what the reference's `forward` makes of the batch."""
        return dict(_forward(self, activation))

    def grads(self, activation: str = "tanh") -> dict[str, np.ndarray]:
        """Return what the reference's `backward` makes of that."""
        return dict(_backward(self, activation))

    @cached_property
    def _draws(self) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Draw until no preactivation is near 0, where the derivative of relu is open (R7)."""
        generator = np.random.default_rng([self.seed, self.n_rows, *self.dims])

        def draw(*shape: int) -> np.ndarray:
            return _read_only(np.round(generator.uniform(-1.5, 1.5, shape), 2))

        while True:
            weights = {}
            for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(self.dims), start=1):
                weights[f"W{layer}"] = draw(fan_in, fan_out)  # (h_{l-1}, h_l)
                weights[f"b{layer}"] = draw(1, fan_out)  # (1, h_l)
            x = draw(self.n_rows, self.dims[0])  # (N, D)
            if _closest_to_kink(weights, x) > 1e-3:
                return weights, x


@lru_cache(maxsize=500)
def _forward(case: Case, activation: str) -> dict[str, np.ndarray]:
    cache = case.reference(activation).forward(case.x)
    return {name: _read_only(value) for name, value in cache.items()}


@lru_cache(maxsize=500)
def _backward(case: Case, activation: str) -> dict[str, np.ndarray]:
    grads = case.reference(activation).backward(case.cache(activation), case.labels)
    return {name: _read_only(value) for name, value in grads.items()}


def _one_hot(n_rows: int, n_classes: int, first: int) -> np.ndarray:
    return _read_only(np.eye(n_classes)[np.arange(first, first + n_rows) % n_classes])


def _read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


def _closest_to_kink(weights: dict[str, np.ndarray], x: np.ndarray) -> float:
    nn = Reference(hidden_dims=[0] * (len(weights) // 2 - 1), activation="relu", data=((), (), ()))
    nn.weights = weights
    cache = nn.forward(x)
    return min(float(np.min(np.abs(A))) for name, A in cache.items() if name.startswith("A"))


# Depths 1, 2 and 3; every width differs from its neighbours and from the number of rows, so that
# nothing transposed fits by chance.
ORDINARY = (
    Case((3, 2, 4), n_rows=2),
    Case((2, 3, 4, 2), n_rows=3),
    Case((3, 4, 2, 5, 3), n_rows=7),
)


def one_row(depth: int) -> Case:
    """Return a case of a single row, of this many hidden layers (R18)."""
    return Case((3, *(4, 2, 5)[:depth], 3), n_rows=1)


@cache
def cases() -> st.SearchStrategy[Case]:
    """Draw cases of one to three hidden layers and two to seven rows."""
    width = st.integers(2, 5)
    return st.builds(
        Case,
        st.tuples(width, width, width)
        | st.tuples(width, width, width, width)
        | st.tuples(width, width, width, width, width),
        n_rows=st.integers(2, 7),
        seed=st.integers(0, 1000),
    )


def with_ordinary(test: Callable[..., None]) -> Callable[..., None]:
    """Have a check that draws a `case` meet all of ORDINARY first, the smallest one first."""
    for case in reversed(ORDINARY):  # the example applied last runs first
        test = example(case=case)(test)
    return test


class OfPixels(Case):
    """A network as wide as the images of the report, with Glorot weights and pixels for rows."""

    @cached_property
    def _draws(self) -> tuple[dict[str, np.ndarray], np.ndarray]:
        nn = Reference(hidden_dims=self.dims[1:-1], seed=self.seed, data=((), (), ()))
        nn.initialize_weights([self.dims[0], self.dims[-1]])
        weights = {name: _read_only(value) for name, value in nn.weights.items()}
        return weights, _read_only(np.random.default_rng(self.seed).random((self.n_rows, self.dims[0])))


TINY = Case((3, 2, 4), n_rows=2)
# Nudging each of its 218,000 parameters to find the gradient takes minutes (R15), and an array of 784 by 256
# for each of the 48 rows is too large to be sent.  A larger network would show no more.
LARGE_NETWORK = OfPixels((784, 256, 64, 10), n_rows=48)


@dataclasses.dataclass(frozen=True)
class Training:
    """A network and the three splits it is trained and evaluated on."""

    dims: tuple[int, ...]
    n_train: int
    n_valid: int
    batch_size: int
    seed: int = 0

    @cached_property
    def data(self) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """Draw the splits: rows (N, D) and one-hot labels (N, C), each of another size."""
        generator = np.random.default_rng([self.seed, self.n_train, self.n_valid, *self.dims])

        def split(n_rows: int) -> tuple[np.ndarray, np.ndarray]:
            x = generator.uniform(-2, 2, (n_rows, self.dims[0]))  # (N, D)
            return x, np.eye(self.dims[-1])[generator.integers(self.dims[-1], size=n_rows)]

        return split(self.n_train), split(self.n_valid), split(self.n_valid + 1)

    @property
    def keywords(self) -> dict[str, Any]:
        """Collect what the constructor is called with, activation and `hidden_dims` apart."""
        return {"batch_size": self.batch_size, "lr": LEARNING_RATE, "seed": 1 + self.seed, "data": self.data}

    def student(self, student: Any, activation: str) -> Any:
        """Make the student's network; `train_loop` is what initialises it."""
        return student.NN(hidden_dims=self.dims[1:-1], activation=activation, **self.keywords)

    def reference(self, activation: str, first_weights: dict[str, np.ndarray]) -> Reference:
        """Make the reference's network that always starts from these weights."""
        # A mistake may write to the data and to the weights; the next network must not notice.
        keywords = copy.deepcopy(self.keywords)
        nn = Replay(hidden_dims=self.dims[1:-1], activation=activation, **keywords)
        nn.first_weights = copy.deepcopy(first_weights)
        return nn


class Replay(Reference):
    """A network that starts training from given weights."""

    first_weights: dict[str, np.ndarray]

    def initialize_weights(self, dims: list[int]) -> None:
        """Take the given weights, whatever the seed."""
        self.weights = dict(self.first_weights)


SHORT_LAST_BATCH = Training((3, 4, 3), n_train=10, n_valid=6, batch_size=4)


@cache
def trainings() -> st.SearchStrategy[Training]:
    """Draw trainings of one or two hidden layers; every batch has two rows or more, the last one too."""
    width = st.integers(2, 4)
    rows = [
        (n_train, batch_size)
        for batch_size in range(2, 6)
        for n_train in range(2, 10)
        if n_train % batch_size != 1
    ]
    return st.builds(
        _training,
        st.tuples(width, width, width) | st.tuples(width, width, width, width),
        sizes=st.sampled_from(rows),
        n_valid=st.integers(2, 5),
        seed=st.integers(0, 1000),
    )


def _training(dims: tuple[int, ...], sizes: tuple[int, int], n_valid: int, seed: int) -> Training:
    n_train, batch_size = sizes
    return Training(dims, n_train, n_valid, batch_size, seed)
