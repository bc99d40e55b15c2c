"""Read the files of a folder or of a zip archive, at most so much of each; nothing is extracted."""

import contextlib
import dataclasses
import errno
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.common import sanitize
from autograder.common.errors import UserError

FILE_NAME = "solution.py"
MAX_ENTRIES, MAX_DEPTH = 5000, 8
# Folders that nobody means to hand in.
SKIPPED = ("__MACOSX", "__pycache__", "site-packages", "node_modules", "venv", "env")
UTF_8_NAME = 0x800  # the flag of a member that says so
DRIVE = re.compile(r"[A-Za-z]:")  # of Windows, at the front of a path

UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError, KeyError
)  # fmt: skip


class CannotRead(UserError):
    """Why something that was handed in cannot be read here: not a fault of who handed it in."""


@dataclasses.dataclass(frozen=True)
class StoredFile:
    """One file of a folder or of an archive; reading it gives at most `limit` + 1 bytes."""

    path: PurePosixPath
    read: Callable[[int], bytes]

    @property
    def suffix(self) -> str:
        """Return how the name ends, in small letters."""
        return self.path.suffix.lower()


def is_skipped(path: PurePosixPath) -> bool:
    """Tell whether a path is none that anybody means to hand in."""
    return any(part in SKIPPED or part.startswith(".") for part in path.parts)


# Folders.


def files_below(folder: Path) -> list[StoredFile]:
    """Return the files of a folder and of what is below it; links are not followed."""
    return [
        StoredFile(PurePosixPath(file.relative_to(folder).as_posix()), file_reader(file))
        for file in _walk(folder)
    ]


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder, at most so many and so deep, and no links."""
    seen = 0
    for root, folders, files in os.walk(folder, followlinks=False, onerror=closed):
        here = Path(root)
        folders.sort()
        if len(here.relative_to(folder).parts) >= MAX_DEPTH:
            folders.clear()
        for name in sorted(files):
            seen += 1
            if seen > MAX_ENTRIES:
                return
            if not (here / name).is_symlink():
                yield here / name


def closed(error: OSError) -> None:
    """Raise UserError for a folder that cannot be looked into; os.walk would pass over it."""
    raise UserError(
        f"the folder {error.filename} cannot be opened: {error.strerror}; make it readable "
        "(chmod -R u+rX) and start again."
    )


def file_reader(file: Path) -> Callable[[int], bytes]:
    """Return what reads at most so many bytes of a file, and none of a link; raises CannotRead."""

    def read(limit: int) -> bytes:
        if file.is_symlink():
            return b""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            with os.fdopen(os.open(file, flags), "rb") as opened:
                return read_regular(opened, limit) or b""
        except OSError as error:
            raise CannotRead(f"{file} cannot be read: {error.strerror}.") from None

    return read


def read_regular(opened: IO[bytes], limit: int) -> bytes | None:
    """Read at most `limit` + 1 bytes of an open file; None if it is a pipe, a device or a folder."""
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        return None
    content = opened.read(limit + 1)
    if content is None:  # a file of /proc that would have us wait
        raise OSError(errno.EAGAIN, "it has nothing to read")
    return content


# Archives.


def member_path(member: zipfile.ZipInfo) -> PurePosixPath:
    """Return the path of a member, also of an archive that was made on Windows."""
    name = member.filename
    if not member.flag_bits & UTF_8_NAME:  # then zipfile takes every name for one in cp437
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return PurePosixPath(name.replace("\\", "/"))


def points_outside(path: PurePosixPath) -> bool:
    """Tell whether the path of a member leads out of the archive, on any system."""
    return path.is_absolute() or ".." in path.parts or bool(DRIVE.fullmatch(path.parts[0]))


def is_folder(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a folder, also in an archive that was made on Windows."""
    return member.filename.endswith(("/", "\\"))


def objection(members: list[zipfile.ZipInfo], where: str = "archive") -> str:
    """Say what is wrong with members that could be graded, or nothing."""
    seen = set()
    for member in members:
        path = member_path(member)
        name = sanitize.code(member.filename, 80)
        if points_outside(path):
            return f"Your {where} holds {name}, which points outside of it; hand in {FILE_NAME} alone."
        if stat.S_ISLNK(member.external_attr >> 16):
            return f"Your {where} holds {name} as a link; hand in the file itself."
        if path in seen:
            return f"Your {where} holds {name} twice; hand in {FILE_NAME} alone."
        if member.flag_bits & 1:
            return f"Your {where} is encrypted; hand in {FILE_NAME} alone."
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return f"Your {where} is compressed in a way that cannot be read here; hand in {FILE_NAME} alone."
        seen.add(path)
    return ""


def member_reader(file: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[int], bytes]:
    """Return what reads at most so many bytes of a member, whatever size it claims to have."""

    def read(limit: int) -> bytes:
        with file.open(member) as opened:
            return opened.read(limit + 1)

    return read
