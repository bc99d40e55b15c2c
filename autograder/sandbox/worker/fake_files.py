"""Let a submission write files beside itself, which go nowhere.

Runs in the worker.  To save weights or to keep a log while training is no mistake, and no
ruling forbids it; but nothing can be written while grading.  What is written elsewhere, or
read where there is nothing, fails as usual.
"""

import builtins
import io
import os
from pathlib import Path
from typing import Any

WRITING = frozenset("wax+")


def accept_writing(always: bool) -> None:
    """Have files opened for writing in this folder, and folders made in it, be nothing at all.

    always: also os.devnull, because not even that can be opened here.
    """
    nothing = os.dup(1)  # standard output is /dev/null
    really_open, really_make = builtins.open, os.mkdir

    def open_or_discard(file: Any, mode: str = "r", *arguments: Any, **keywords: Any) -> Any:
        if always and file == os.devnull:
            return really_open(os.dup(nothing), mode, *arguments, **keywords)
        try:
            return really_open(file, mode, *arguments, **keywords)
        except OSError:
            if not WRITING & set(mode) or not _is_here(file):
                raise
        mode = mode.replace("x", "w")  # a descriptor is there already
        return really_open(os.dup(nothing), mode, *arguments, **keywords)

    def make_or_ignore(path: Any, *arguments: Any, **keywords: Any) -> None:
        try:
            really_make(path, *arguments, **keywords)
        except OSError:
            if not _is_here(path):
                raise

    builtins.open = io.open = open_or_discard
    os.mkdir = make_or_ignore


def _is_here(path: Any) -> bool:
    """Tell whether a path leads into this folder; what is no path does not."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    here = Path.cwd()
    return (here / os.fsdecode(path)).resolve().is_relative_to(here.resolve())
