"""Read answers of a perceptron where its own rulings leave the form open, or judge it elsewhere."""

from typing import Any

import numpy as np


def as_number(value: Any) -> Any:
    """Return the number that a value is, also as an array whose entries all are that number.

    How many there may be is judged by the checks of R27 and R30, and by no other.
    """
    array = np.asarray(value) if isinstance(value, (list, np.ndarray)) else None
    if array is None or array.dtype.kind not in "biuf" or not array.size:
        return value
    first = array.reshape(-1)[0]
    return first.item() if np.all(array == first) else value


def learnt(unit: Any) -> dict[str, Any]:
    """Return what a perceptron has learnt: its weights, (D,), and its bias."""
    return {"w": unit.w, "b": as_number(unit.b)}
