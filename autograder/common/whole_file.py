"""Write a file whole or not at all: nobody ever finds half of one, not even after a full disk or a kill."""

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.common.errors import UserError

FULL = (errno.ENOSPC, errno.EDQUOT)
MARK = ".part"
STALE_SECONDS = 3600  # nothing takes that long to write


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Hand out another name in the same folder; what is written there takes the place of `path` at the end.

    The folder is made if it is missing.  If the block raises anything, `path` is as it was.
    Raises UserError if the file cannot be written.
    """
    # The number of the process: two of them may write the same file.  The suffix stays, since some
    # writers look at it.
    part = path.with_name(f".{path.stem}.{os.getpid()}{MARK}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(path)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {_reason(error)}.") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def private(path: Path) -> Iterator[Path]:
    """Hand out a new file in the same folder, for its owner alone, that takes the place of `path` at the end.

    If the block raises anything, `path` is as it was.  Raises OSError if the file cannot be written.
    """
    # Made here under a name that nobody can foresee: the folder may be one that others write to.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(descriptor)
    part = Path(name)
    try:
        yield part
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write the file; raises UserError if that is impossible, and then leaves `path` as it was."""
    with replacing(path) as part:
        part.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Write the file in UTF-8, with the line ends that the text has; otherwise as `write_bytes`."""
    write_bytes(path, content.encode())


def _reason(error: OSError) -> str:
    if error.errno in FULL:
        return "the disk is full; free some space and run the same command again, which goes on from here"
    return error.strerror or str(error)


def sweep(folder: Path) -> None:
    """Remove from a folder what processes left that were killed while they wrote."""
    for part in folder.glob(f".*{MARK}*"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > STALE_SECONDS:
                part.unlink()
