"""Tell one grader from another by everything that decides a grade."""

import hashlib
import importlib.metadata
import sys
from functools import cache

import msgspec

from autograder import ROOT
from autograder.assignment import config
from autograder.common.rooms import files_that_decide

PACKAGES = ("numpy", "hypothesis", "msgspec")


@cache
def grader() -> str:
    """Return one digest of assignment, seed, reference, checks, and the packages below them."""
    digest = hashlib.sha256()
    # What late days cost is taken after grading: another price grades nothing again.
    digest.update(msgspec.json.encode(msgspec.structs.replace(config.load(), late=None)))
    for path in files_that_decide():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    digest.update(f"Python {sys.version_info[:2]} {versions}".encode())
    return digest.hexdigest()
