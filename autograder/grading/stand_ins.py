"""Answer, with the reference, what a stand-in in the worker asks.

What arrives was written by the submission: a nonsensical question gets a refusal, a huge
one is not even tried, and nothing but values ever travels back.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.assignment.contract import ACTIVATIONS, USES
from autograder.sandbox.protocol.messages import Answer, Ask, Refuse
from reference.solution import NN as Reference

STAND_INS = frozenset(name for names in USES.values() for name in names)
ELEMENTWISE = (*ACTIVATIONS, "activation", "softmax")  # of one array, of any shape
WRITES_WEIGHTS = ("initialize_weights", "update")

# What no honest network needs.  A product or broadcast of two arrays has at most MAX_WIDTH ** 2
# elements, 128 MB; the multiplications of one answer take a second or two, integers included.
MAX_LAYERS = 20
MAX_WIDTH = 4000
MAX_ELEMENTS = 4_000_000  # of one array
MAX_WORK = 2e9


def respond(ask: Ask) -> Answer | Refuse:
    """Let the reference answer for one method, from the state of the student's network."""
    seeded = ask.method == "initialize_weights" and ask.attributes.get("seed") is not None
    state = np.random.get_state() if seeded else None
    try:
        if ask.method not in STAND_INS:
            raise ValueError("nothing stands in for it")
        arguments = [_measured(argument) for argument in ask.arguments]
        keywords = {name: _measured(value) for name, value in ask.keywords.items()}
        nn = _network(ask.attributes)
        _refuse_bombs(ask.method, nn, arguments, keywords)
        with np.errstate(all="ignore"):
            value = getattr(nn, ask.method)(*arguments, **keywords)
    except Exception as error:
        return Refuse(text=f"{ask.method} was called with something it cannot use ({type(error).__name__})")
    finally:
        if state is not None:
            np.random.set_state(state)  # R2 seeds NumPy's global generator, which here is the grader's
    return Answer(value=value, attributes={"weights": nn.weights} if ask.method in WRITES_WEIGHTS else {})


def _network(attributes: dict[str, Any]) -> Reference:
    """Build the reference's network in the state that the student's is in."""
    hidden_dims = _measured(attributes["hidden_dims"])
    nn = Reference(hidden_dims=_widths(hidden_dims), data=((), (), ()))
    for name in ("weights", "activation_str", "epsilon", "lr", "batch_size", "seed"):
        if name in attributes:
            setattr(nn, name, _measured(attributes[name]))
    if np.ndim(nn.epsilon) or np.ndim(nn.lr):
        raise ValueError("not a number")
    return nn


def _measured(value: Any) -> Any:
    """Make arrays of all lists, so that their shape is known before anything is computed."""
    if isinstance(value, dict):
        return {key: _measured(item) for key, item in value.items()}
    if isinstance(value, list):
        value = np.array(value)
    if isinstance(value, np.ndarray) and (value.dtype.kind not in "biuf" or value.size > MAX_ELEMENTS):
        raise ValueError("not an array that a network needs")
    return value


def _widths(dims: Any) -> tuple[int, ...]:
    """Require the widths of a few layers."""
    if np.ndim(dims) != 1 or len(dims) > MAX_LAYERS or dims.dtype.kind not in "iu":
        raise ValueError("not the widths of layers")
    return tuple(int(width) for width in dims)


def _refuse_bombs(method: str, nn: Reference, arguments: list[Any], keywords: dict[str, Any]) -> None:
    """Raise ValueError, before anything is computed, for what would take too much of it."""
    if method == "initialize_weights":
        dims = _widths(arguments[0] if arguments else keywords["dims"])
        layers = (dims[0], *nn.hidden_dims, dims[1])
        if sum(fan_in * fan_out for fan_in, fan_out in itertools.pairwise(layers)) > MAX_ELEMENTS:
            raise ValueError("too many weights")
        return
    if method in ELEMENTWISE:
        return
    given = list(_arrays([*arguments, *keywords.values()]))
    arrays = given + list(_arrays([nn.weights]))
    if any(array.ndim > 2 or max(array.shape, default=0) > MAX_WIDTH for array in arrays):
        raise ValueError("too wide")
    rows = max((len(array) for array in given if array.ndim), default=1)
    if rows * sum(array.size for array in arrays) > MAX_WORK:
        raise ValueError("too much work")


def _arrays(values: list[Any]) -> Iterator[np.ndarray]:
    """Yield every array among some values and in their dicts."""
    for value in values:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, dict):
            yield from _arrays(list(value.values()))
