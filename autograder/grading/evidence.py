"""Keep what the staff see of a failure: the line at fault, the answer, and the expected one.

It never reaches a student: what a check expects stays hidden, or the next answer is made to fit it.
"""

import dataclasses
from typing import Any

import numpy as np

from autograder.checking.expect import Wrong
from autograder.checking.wording import NUMERIC_KINDS, kind_of
from autograder.common import sanitize
from autograder.sandbox.errors import NotLoaded, Raised

MAX_SIZE = 60  # numbers of an array that are written out; of a larger one, its corners are
MAX_LENGTH = 1500
MAX_NUMBER = 1e300  # NumPy has no larger integers


@dataclasses.dataclass(frozen=True)
class Evidence:
    """What a failure shows.

    line: of the program that was run, where something was raised or cannot be read; 0 if none is known.
    what: the name of the answer that was compared; got, want: it, and the one that was due, as text.
    """

    line: int = 0
    what: str = ""
    got: str = ""
    want: str = ""


def of(error: BaseException) -> Evidence:
    """Return what a failure shows."""
    if isinstance(error, (Raised, NotLoaded)):
        return Evidence(line=error.line)
    if isinstance(error, Wrong) and error.compared is not None:
        what, got, want = error.compared
        texts = written(got), written(want)
        if texts[0] == texts[1]:  # they differ in digits that are seldom worth showing
            texts = written(got, digits=17), written(want, digits=17)
        return Evidence(0, sanitize.clean(what).rstrip(","), *texts)
    return Evidence()


def written(value: Any, *, digits: int = 6) -> str:
    """Write an answer as text: numbers row by row, and the kind of anything else."""
    array = value if isinstance(value, np.ndarray) else np.asarray(value if _is_number(value) else None)
    if array.dtype.kind not in NUMERIC_KINDS:
        return sanitize.clean(kind_of(value))
    text = np.array2string(
        array,
        precision=digits,
        separator=", ",
        threshold=MAX_SIZE,
        max_line_width=100,
        suppress_small=digits < 17,
    )
    return (f"shape {array.shape}:\n{text}" if array.ndim else text)[:MAX_LENGTH]


def _is_number(value: Any) -> bool:
    return isinstance(value, (bool, int, float)) and abs(value) < MAX_NUMBER
