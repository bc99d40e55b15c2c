"""Name the Python and the NumPy that run here: the same for the grader and for what it grades."""

import platform

import numpy as np


def python() -> str:
    """Return the version of Python: 3.11.4."""
    return platform.python_version()


def numpy() -> str:
    """Return the version of NumPy: 2.2.6."""
    return str(np.__version__)


def sentence(python: str, numpy: str, promised: str = "") -> str:
    """Say with which versions a submission was graded; nothing if they are not known.

    promised: the Python that the handout names, said where it is another.
    """
    if not python:
        return ""
    other = promised and python != promised and not python.startswith(f"{promised}.")
    return f"Graded with Python {python} and NumPy {numpy}" + (
        f"; the handout promises Python {promised}." if other else "."
    )
