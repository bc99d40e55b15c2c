"""Try every function of a solution.py on a tiny network, in a second, before any long run starts."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.common.errors import UserError
from report_tools.train import student_class

# Where the handout explains each function.
SECTIONS = {
    "initialize_weights": "1.1",
    "relu": "1.2",
    "sigmoid": "1.2",
    "tanh": "1.2",
    "softmax": "1.2",
    "activation": "1.2",
    "forward": "1.3",
    "backward": "1.4",
    "loss": "1.5",
    "update": "1.6",
    "train_loop": "1.7",
}
GIVEN = ("compute_loss_and_accuracy",)  # comes with the template
FEATURES, HIDDEN, CLASSES, ROWS = 6, (5, 4), 3, 7
WIDTHS = (FEATURES, *HIDDEN, CLASSES)
GRADIENT_TOLERANCE = 1e-4  # relative; finite differences of a right backward agree to 1e-8


class MistakeError(Exception):
    """Say what a function did instead of what it should do."""


def check(solution: str) -> None:
    """Raise UserError that names the first missing or wrong function and its section of the handout."""
    network_class = student_class.load(solution)
    for function in (*SECTIONS, *GIVEN):
        if not callable(getattr(network_class, function, None)):
            raise _problem(function, "is missing")
    for function, trial in TRIALS.items():
        for activation in ("relu", "sigmoid", "tanh"):
            with _naming(function):
                trial(_network(network_class, activation))


def _network(network_class: type[Any], activation: str) -> Any:
    generator = np.random.default_rng(0)
    x = generator.random((ROWS, FEATURES))
    y = np.eye(CLASSES)[np.arange(ROWS) % CLASSES]
    splits = ((x, y), (x, y), (x, y))
    try:
        network = network_class(
            hidden_dims=HIDDEN, lr=0.1, batch_size=4, seed=0, activation=activation, data=splits
        )
    except Exception as error:
        raise UserError(
            f"NN(hidden_dims=..., lr=..., batch_size=..., seed=..., activation=..., data=...) raises "
            f"{type(error).__name__}: {error}; the constructor of the template takes these."
        ) from None
    # Drawn here, so that a mistake in initialize_weights is not blamed on the functions after it.
    network.weights = student_class.draw_weights("normal", list(WIDTHS), 0)
    return network


@contextmanager
def _naming(function: str) -> Iterator[None]:
    try:
        with np.errstate(all="ignore"):
            yield
    except NotImplementedError:
        raise _problem(function, "is not written yet") from None
    except MistakeError as error:
        raise _problem(function, str(error)) from None
    except Exception as error:
        raise _problem(function, f"raises {type(error).__name__}: {error}") from None


def _problem(function: str, what: str) -> UserError:
    if function in GIVEN:
        return UserError(f"{function} {what}; it is given in the template, so copy it back.")
    return UserError(f"{function} {what}; see section {SECTIONS[function]} of the handout.")


def _expect_shape(name: str, array: Any, shape: tuple[int, ...]) -> None:
    if np.shape(array) != shape:
        raise MistakeError(f"gives {name} the shape {np.shape(array)} instead of {shape}")


def _expect_arrays(given: Any, expected: dict[str, tuple[int, ...]]) -> None:
    if not isinstance(given, dict):
        raise MistakeError(f"gives a {type(given).__name__} instead of a dictionary")
    for name, shape in expected.items():
        if name not in given:
            raise MistakeError(f"gives no {name}")
        _expect_shape(name, given[name], shape)


def _weight_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(WIDTHS), start=1):
        shapes[f"W{layer}"] = (fan_in, fan_out)
        shapes[f"b{layer}"] = (1, fan_out)
    return shapes


def _try_initialize_weights(network: Any) -> None:
    network.weights = {}
    network.initialize_weights([FEATURES, CLASSES])
    _expect_arrays(network.weights, _weight_shapes())


def _try_elementwise(function: str) -> Callable[[Any], None]:
    def trial(network: Any) -> None:
        x = np.array([[-1.0, 0.5, 2.0], [0.1, -3.0, 1.0]])
        for grad in (False, True):
            _expect_shape("its result", getattr(network, function)(x, grad=grad), x.shape)

    return trial


def _try_softmax(network: Any) -> None:
    probabilities = network.softmax(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]))
    _expect_shape("its result", probabilities, (2, 3))
    if not np.allclose(np.sum(probabilities, axis=1), 1):
        raise MistakeError("gives rows that do not sum to 1")


def _try_forward(network: Any) -> None:
    shapes: dict[str, tuple[int, ...]] = {"Z0": (ROWS, FEATURES)}
    for layer, width in enumerate(WIDTHS[1:], start=1):
        shapes |= {f"A{layer}": (ROWS, width), f"Z{layer}": (ROWS, width)}
    _expect_arrays(network.forward(network.train[0]), shapes)


def _try_loss(network: Any) -> None:
    value = network.loss(np.full((ROWS, CLASSES), 1 / CLASSES), network.train[1])
    if np.size(value) != 1:
        raise MistakeError(f"gives an array of shape {np.shape(value)} instead of one number")
    if not abs(float(value) - np.log(CLASSES)) < 1e-6:
        raise MistakeError(
            f"gives {float(value):.6g} for uniform predictions of {CLASSES} classes, not ln {CLASSES}"
        )


def _try_backward(network: Any) -> None:
    x, y = network.train
    grads = network.backward(network.forward(x), y)
    _expect_arrays(grads, {f"d{name}": shape for name, shape in _weight_shapes().items()})
    for name, array in network.weights.items():
        numeric = _numeric_derivative(network, array)
        given = float(np.asarray(grads[f"d{name}"]).flat[0])
        if abs(given - numeric) > GRADIENT_TOLERANCE * max(1e-3, abs(numeric)):
            raise MistakeError(
                f"gives {given:.6g} as the first element of d{name} where finite differences "
                f"of your loss give {numeric:.6g}"
            )


def _numeric_derivative(network: Any, array: Any, step: float = 1e-6) -> float:
    """Differentiate the loss by the first element of one array of weights, which is put back."""
    x, y = network.train
    last = f"Z{len(WIDTHS) - 1}"
    original = array.flat[0]
    losses = []
    for value in (original + step, original - step):
        array.flat[0] = value
        losses.append(float(network.loss(network.forward(x)[last], y)))
    array.flat[0] = original
    return (losses[0] - losses[1]) / (2 * step)


def _try_update(network: Any) -> None:
    before = {name: array.copy() for name, array in network.weights.items()}
    network.update({f"d{name}": np.ones_like(array) for name, array in before.items()})
    for name, array in before.items():
        if not np.allclose(network.weights[name], array - network.lr):
            raise MistakeError(f"does not subtract lr times the gradient from {name}")


def _try_train_loop(network: Any) -> None:
    network.train_loop(2)
    for name in ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy"):
        length = len(network.train_logs.get(name, ()))
        if length != 2:
            raise MistakeError(f"leaves {length} numbers in train_logs[{name!r}] after 2 epochs instead of 2")


TRIALS: dict[str, Callable[[Any], None]] = {
    "initialize_weights": _try_initialize_weights,
    "relu": _try_elementwise("relu"),
    "sigmoid": _try_elementwise("sigmoid"),
    "tanh": _try_elementwise("tanh"),
    "softmax": _try_softmax,
    "activation": _try_elementwise("activation"),
    "forward": _try_forward,
    "loss": _try_loss,
    "backward": _try_backward,
    "update": _try_update,
    "train_loop": _try_train_loop,
}
