"""Grade a `solution.py` against the reference, without ever importing it."""

from pathlib import Path

VERSION = "0.1.0"
ROOT = Path(__file__).resolve().parent.parent
