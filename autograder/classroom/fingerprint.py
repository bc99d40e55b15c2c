"""Tell one grader from another by everything that decides a grade."""

import hashlib
import importlib.metadata
import sys
from functools import cache
from pathlib import Path

from autograder import ROOT

# Files, and folders with all that is in them.  What only shows grades decides none.
DECIDES = ("assignment.toml", "term_seed.txt", "reference", "autograder")
SHOWS = {
    "classroom",
    "commands",
    "parallel",
    "selfcheck",
    "gradescope",
    "equivalent.toml",
    "doctor.py",
    "__pycache__",
}
PACKAGES = ("numpy", "hypothesis", "msgspec")


@cache
def grader() -> str:
    """Return one digest of assignment, seed, reference, checks, and the packages below them."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    digest.update(f"Python {sys.version_info[:2]} {versions}".encode())
    return digest.hexdigest()


def _files() -> list[Path]:
    found: list[Path] = []
    for name in DECIDES:
        path = ROOT / name
        found += [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sorted(file for file in found if not SHOWS & set(file.relative_to(ROOT).parts))
