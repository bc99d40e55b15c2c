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


class Discarded(io.RawIOBase):
    """A file that keeps nothing but where one stands in it.

    /dev/null will not do: it always stands at 0, and what writes an archive, as `np.savez` does,
    computes its sizes from where it stands.
    """

    def __init__(self) -> None:
        self._at = self._end = 0

    def readable(self) -> bool:
        """Tell that it can be read, though there is nothing to read."""
        return True

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def seekable(self) -> bool:
        """Tell that one can move in it."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read nothing."""
        return 0

    def write(self, data: Any) -> int:
        """Move on by as many bytes as there are, and forget them."""
        size = memoryview(data).nbytes
        self._at += size
        self._end = max(self._end, self._at)
        return size

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move, and return where one stands now."""
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._end}[whence])
        return self._at

    def truncate(self, size: int | None = None) -> int:
        """Return the size that was wished for; there is nothing to cut off."""
        self._end = self._at if size is None else size
        return self._end


def accept_writing(always: bool) -> None:
    """Have files opened for writing in this folder, and folders made in it, be nothing at all.

    always: also os.devnull, because not even that can be opened here.
    """
    really_open, really_make = builtins.open, os.mkdir

    def open_or_discard(file: Any, mode: str = "r", *arguments: Any, **keywords: Any) -> Any:
        if always and file == os.devnull:
            return discard(mode, *arguments, **keywords)
        try:
            return really_open(file, mode, *arguments, **keywords)
        except OSError:
            if not WRITING & set(mode) or not _is_here(file):
                raise
        return discard(mode, *arguments, **keywords)

    def make_or_ignore(path: Any, *arguments: Any, **keywords: Any) -> None:
        try:
            really_make(path, *arguments, **keywords)
        except OSError:
            if not _is_here(path):
                raise

    builtins.open = io.open = open_or_discard
    os.mkdir = make_or_ignore


def discard(
    mode: str,
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """Open a file of which nothing is kept, as `open` would in this mode."""
    raw = Discarded()
    if "b" in mode and buffering == 0:
        return raw
    buffer = io.BufferedRandom(raw) if "+" in mode or "r" in mode else io.BufferedWriter(raw)
    return buffer if "b" in mode else io.TextIOWrapper(buffer, encoding, errors, newline)


def _is_here(path: Any) -> bool:
    """Tell whether a path leads into this folder; what is no path does not."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    here = Path.cwd()
    return (here / os.fsdecode(path)).resolve().is_relative_to(here.resolve())
