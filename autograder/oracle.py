"""Answer, with the reference, what a stand-in in the worker asks.

What arrives was written by the submission: a nonsensical question gets a refusal, a huge
one is not even tried, and nothing but values ever travels back.
"""

from typing import Any

import numpy as np

from autograder.sandbox.messages import Answer, Ask, Refuse
from reference.solution import NN as Reference

MAX_LAYERS = 20
MAX_ELEMENTS = 20_000_000  # of any one product: 160 MB

WRITES_WEIGHTS = ("initialize_weights", "update")


def respond(ask: Ask) -> Answer | Refuse:
    """Let the reference answer for one method, from the state of the student's network."""
    try:
        nn = _network(ask.attributes)
        _refuse_bombs(nn, ask.arguments)
        with np.errstate(all="ignore"):
            value = getattr(nn, ask.method)(*ask.arguments, **ask.keywords)
    except Exception as error:
        return Refuse(text=f"{ask.method} was called with something it cannot use ({type(error).__name__})")
    return Answer(value=value, attributes={"weights": nn.weights} if ask.method in WRITES_WEIGHTS else {})


def _network(attributes: dict[str, Any]) -> Reference:
    """Build the reference's network in the state that the student's is in."""
    nn = Reference(hidden_dims=tuple(attributes["hidden_dims"]), data=((), (), ()))
    for name in ("weights", "activation_str", "epsilon", "lr", "batch_size", "seed"):
        if name in attributes:
            setattr(nn, name, attributes[name])
    return nn


def _refuse_bombs(nn: Reference, arguments: list[Any]) -> None:
    """Raise ValueError before anything is computed that no honest network needs."""
    widths = [*nn.hidden_dims, *(dim for dim in arguments[0] if isinstance(dim, int))]
    rows = max((len(argument) for argument in arguments if isinstance(argument, np.ndarray)), default=1)
    widest = max(widths, default=1)
    if len(widths) > MAX_LAYERS or widest * max(rows, widest) > MAX_ELEMENTS:
        raise ValueError("too large")
