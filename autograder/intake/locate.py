"""Find the one file to grade in a folder, in a zip archive or among the files of an export.

Archives are never extracted: a member is read, as far as the limit goes, and nothing is written.
"""

import contextlib
import dataclasses
import functools
import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from autograder.assignment import config
from autograder.assignment.contract import Contract
from autograder.common import sanitize
from autograder.common.keys import function_of
from autograder.intake import notebook
from autograder.intake.decode import SourceCode, decode

FILE_NAME = "solution.py"
# How much is read: of a program, of a notebook, which holds its pictures too, and of an archive.
MAX_BYTES, MAX_NOTEBOOK_BYTES, MAX_ARCHIVE_BYTES = 1 << 20, 8 << 20, 8 << 20
MAX_ENTRIES, MAX_DEPTH, MAX_CANDIDATES = 5000, 8, 50
# Folders that nobody means to hand in.
SKIPPED = ("__MACOSX", "__pycache__", "site-packages", "node_modules", "venv", "env")

CODE = (".py", notebook.SUFFIX)

UTF_8_NAME = 0x800  # the flag of a member that says so

ENOUGH = 4  # graded functions, for a file whose class has another name

UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError, KeyError
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Found:
    """The file that a search came back with, and why this one, if that needs saying."""

    name: str
    source: bytes
    remarks: tuple[str, ...] = ()
    in_folder: bool = False


@dataclasses.dataclass(frozen=True)
class StoredFile:
    """One file of a folder or of an archive; reading it gives at most `limit` + 1 bytes."""

    path: PurePosixPath
    read: Callable[[int], bytes]

    @property
    def suffix(self) -> str:
        """Return how the name ends, in small letters."""
        return self.path.suffix.lower()


def in_folder(folder: Path) -> Found | str:
    """Find the file to grade in a folder and what is below it; links are not followed.

    Returns a sentence when there is none, or more than one.
    """
    paths = {PurePosixPath(file.relative_to(folder).as_posix()): file for file in _walk(folder)}
    return among([StoredFile(path, file_reader(file)) for path, file in paths.items()])


def among(entries: list[StoredFile], where: str = "folder") -> Found | str:
    """Find the file to grade among files that were handed in together, one of which may be an archive.

    Returns a sentence when there is none, or more than one.
    """
    entries = [entry for entry in entries if not is_skipped(entry.path)]
    archives = [entry for entry in entries if entry.suffix == ".zip"]
    scripts = [entry for entry in entries if entry.suffix == ".py"]
    notebooks = [entry for entry in entries if entry.suffix == notebook.SUFFIX][:MAX_CANDIDATES]
    if len(archives) == 1 and not scripts and not any(_is_answer(entry) for entry in notebooks):
        return Found(archives[0].path.name, archives[0].read(MAX_ARCHIVE_BYTES), in_folder=True)
    found = _choose(entries, where)
    return found if isinstance(found, str) else dataclasses.replace(found, in_folder=True)


def in_zip(archive: bytes) -> Found | str:
    """Find the file to grade in a zip archive and read this one member; nothing is extracted.

    Returns a sentence when there is none, more than one, or something no honest archive holds.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as file:
            members = [member for member in file.infolist() if not is_folder(member)]
            if len(members) > MAX_ENTRIES:
                return f"Your archive holds more than {MAX_ENTRIES} files; hand in solution.py alone."
            members = [member for member in members if member_path(member).suffix.lower() in CODE]
            sentence = objection(members)
            if sentence:
                return sentence
            entries = [StoredFile(member_path(member), member_reader(file, member)) for member in members]
            return _choose(entries, "archive")
    except UNREADABLE as error:
        return f"Your file is a zip archive that is damaged ({type(error).__name__}); hand in {FILE_NAME}."


def _choose(entries: list[StoredFile], where: str) -> Found | str:
    """Take solution.py, the one nearest the top; failing that, the only file that could be it."""
    entries = [entry for entry in entries if entry.suffix in CODE and not is_skipped(entry.path)]
    named = [entry for entry in entries if entry.path.name.lower() == FILE_NAME]
    if named:
        depth = min(len(entry.path.parts) for entry in named)
        nearest = [entry for entry in named if len(entry.path.parts) == depth]
        if len(nearest) > 1:
            return f"Your {where} holds {len(nearest)} files {FILE_NAME} ({_names(nearest)}); hand in one."
        return _found(nearest[0], _passed_over(entries, where))
    entries = entries[:MAX_CANDIDATES]
    candidates = [entry for entry in entries if _is_answer(entry)] or entries
    if len(candidates) == 1:
        name = sanitize.words(candidates[0].path.name)
        return _found(candidates[0], (f"{name} was graded: there is no {FILE_NAME}.",))
    if candidates:
        return (
            f"Your {where} holds no {FILE_NAME}, and several files that could be meant: {_names(candidates)}."
        )
    return f"Your {where} holds no Python file; hand in {FILE_NAME}."


def _found(entry: StoredFile, remarks: tuple[str, ...]) -> Found:
    # Whatever it is called, it may be a notebook.
    return Found(entry.path.name, entry.read(MAX_NOTEBOOK_BYTES), remarks)


def _passed_over(entries: list[StoredFile], where: str) -> tuple[str, ...]:
    """Say which notebooks are not graded because there is a solution.py."""
    notebooks = [entry for entry in entries if entry.suffix == notebook.SUFFIX]
    if not notebooks:
        return ()
    return (f"{FILE_NAME} was graded, and not {_names(notebooks)}, which your {where} holds too.",)


def _is_answer(entry: StoredFile) -> bool:
    """Tell whether a file defines what is graded: a class of that name, or several of the functions."""
    classes, functions = _looked_for(config.load().contract)
    text = _program(entry)
    return bool(classes.search(text)) or len(set(functions.findall(text))) >= ENOUGH


@functools.cache
def _looked_for(contract: Contract) -> tuple[re.Pattern[str], re.Pattern[str]]:
    classes = "|".join(name for name in contract.owners if name) or "(?!)"
    functions = "|".join({function_of(key) for key in contract.graded})
    return (
        re.compile(rf"^class\s+({classes})\b", re.MULTILINE),
        re.compile(rf"^\s*def\s+({functions})\b", re.MULTILINE),
    )


def _program(entry: StoredFile) -> str:
    is_notebook = entry.suffix == notebook.SUFFIX
    source = entry.read(MAX_NOTEBOOK_BYTES if is_notebook else MAX_BYTES)
    found = notebook.read(entry.path.name, source)
    return found.text if isinstance(found, SourceCode) else decode(source).text


def _names(entries: list[StoredFile]) -> str:
    return ", ".join(sanitize.code(str(entry.path), 80) for entry in entries[:5])


def is_skipped(path: PurePosixPath) -> bool:
    """Tell whether a path is none that anybody means to hand in."""
    return any(part in SKIPPED or part.startswith(".") for part in path.parts)


# Folders.


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder, at most so many and so deep, and no links."""
    seen = 0
    for root, folders, files in os.walk(folder, followlinks=False):
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


def file_reader(file: Path) -> Callable[[int], bytes]:
    """Return what reads at most so many bytes of a file, and none of a link."""

    def read(limit: int) -> bytes:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            descriptor = os.open(file, flags)
        except OSError:  # it has become a link, or may not be read: then it is not what is meant
            return b""
        with os.fdopen(descriptor, "rb") as opened:
            return opened.read(limit + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""

    return read


# Archives.


def member_path(member: zipfile.ZipInfo) -> PurePosixPath:
    """Return the path of a member, also of an archive that was made on Windows."""
    name = member.filename
    if not member.flag_bits & UTF_8_NAME:  # then zipfile takes every name for one in cp437
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return PurePosixPath(name.replace("\\", "/"))


def is_folder(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a folder, also in an archive that was made on Windows."""
    return member.filename.endswith(("/", "\\"))


def objection(members: list[zipfile.ZipInfo], where: str = "archive") -> str:
    """Say what is wrong with members that could be graded, or nothing."""
    seen = set()
    for member in members:
        path = member_path(member)
        name = sanitize.code(member.filename, 80)
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            return f"Your {where} holds {name}, which points outside of it; hand in {FILE_NAME} alone."
        if stat.S_ISLNK(member.external_attr >> 16):
            return f"Your {where} holds {name} as a link; hand in the file itself."
        if path in seen:
            return f"Your {where} holds {name} twice; hand in {FILE_NAME} alone."
        if member.flag_bits & 1:
            return f"Your {where} is encrypted; hand in solution.py alone."
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return f"Your {where} is packed in a way that is not read here; hand in {FILE_NAME} alone."
        seen.add(path)
    return ""


def member_reader(file: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[int], bytes]:
    """Return what reads at most so many bytes of a member, whatever size it claims to have."""

    def read(limit: int) -> bytes:
        with file.open(member) as opened:
            return opened.read(limit + 1)

    return read
