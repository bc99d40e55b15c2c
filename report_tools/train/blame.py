"""Say in one sentence what a student's code raised, and in which of its lines."""

import linecache
import traceback
from collections.abc import Iterable
from pathlib import Path

from autograder.common.errors import UserError

MAX_LETTERS = 300  # messages of NumPy and PyTorch can hold whole arrays, or stack traces in C++


def sentence(error: BaseException, files: Iterable[Path]) -> str:
    """Write what was raised and the innermost line of these files that it passed, without a full stop."""
    if isinstance(error, UserError):  # it is a sentence already
        return str(error)
    first_line = str(error).strip().partition("\n")[0]
    said = f"{type(error).__name__}: {first_line[:MAX_LETTERS]}".rstrip(".: ")
    place = _innermost(error, {str(file) for file in files})
    return f"{said}, on {place}" if place else said


def _innermost(error: BaseException, files: set[str]) -> str:
    for frame, number in reversed(list(traceback.walk_tb(error.__traceback__))):
        file = frame.f_code.co_filename
        if file in files:
            line = linecache.getline(file, number).strip()
            return f"line {number} of {Path(file).name}: {line}".rstrip(": ")
    return ""
