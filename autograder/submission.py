"""Take a submission in: one regular file, read once, with a sentence for whatever is wrong with it."""

import dataclasses
import hashlib
import json
import os
import stat
from pathlib import Path

from autograder.problems import UserError

MAX_BYTES = 1 << 20


@dataclasses.dataclass(frozen=True)
class Submission:
    """Hold the bytes that are graded, and the name they came under."""

    name: str
    source: bytes

    @property
    def sha256(self) -> str:
        """Return the digest that tells this submission from every other one."""
        return hashlib.sha256(self.source).hexdigest()


@dataclasses.dataclass(frozen=True)
class Refused(Submission):
    """Hold what was handed in but cannot be a solution, and the sentence that says why."""

    sentence: str


def read(path: Path) -> Submission | Refused:
    """Read a submission from a file.

    Raises UserError if the path is not one of a readable file: a slip of who grades.  What
    cannot be a solution, a slip of who handed it in, comes back as Refused.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist; name the solution.py to grade.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be opened: {error.strerror}.") from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UserError(f"{path} is not a file; name the solution.py to grade.")
        source = file.read(MAX_BYTES + 1)
    return accept(path.name, source)


def accept(name: str, source: bytes) -> Submission | Refused:
    """Take bytes for a submission, unless they plainly are something else."""
    sentence = _objection(source)
    return Refused(name, source, sentence) if sentence else Submission(name, source)


def _objection(source: bytes) -> str:
    """Say what the bytes are if they cannot be a solution, or nothing."""
    if len(source) > MAX_BYTES:
        return f"Your file is larger than {MAX_BYTES >> 20} MB; hand in solution.py alone, without data."
    if not source.strip():
        return "Your file is empty; it may not have been saved before it was handed in."
    if _is_notebook(source):
        return (
            "Your file is a notebook under the name of a Python file; export it with "
            "`jupyter nbconvert --to script` and hand that in as solution.py."
        )
    if source.startswith(b"PK\x03\x04"):
        return "Your file is a zip archive; hand in the solution.py that is inside."
    return ""


def _is_notebook(source: bytes) -> bool:
    try:
        content = json.loads(source)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "cells" in content
