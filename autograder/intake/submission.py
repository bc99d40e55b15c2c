"""Take a submission in: bytes, read once, with a sentence for whatever is wrong with them."""

import dataclasses
import errno
import hashlib
import os
from functools import cached_property
from pathlib import Path

from autograder.common import sanitize
from autograder.common.errors import UserError
from autograder.intake import kinds, locate, notebook, stored
from autograder.intake.decode import SourceCode, decode
from autograder.intake.locate import MAX_ARCHIVE_BYTES, MAX_BYTES, MAX_NOTEBOOK_BYTES
from autograder.intake.places import Places

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"


@dataclasses.dataclass(frozen=True)
class Submission:
    """The bytes that are graded, and the name they came under.

    refusal: why they cannot be a solution, for whoever handed them in; nothing if they can be one.
    """

    name: str
    source: bytes
    remarks: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def sha256(self) -> str:
        """Return the digest that tells this submission from every other one."""
        return hashlib.sha256(self.source).hexdigest()

    @property
    def code(self) -> bytes:
        """Return the program in UTF-8, whatever the file was written in; of a notebook, its code."""
        return self._program.text.encode("utf-8", "replace")

    @property
    def places(self) -> Places:
        """Return where the lines of `code` stand in the file."""
        return self._program.places

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was odd about the file and cost nothing, a sentence each."""
        return self.remarks + self._program.notes

    @cached_property
    def _program(self) -> SourceCode:
        found = notebook.read(self.name, self.source)
        return found if isinstance(found, SourceCode) else decode(self.source)


def read(path: Path) -> Submission:
    """Read a submission from a file, or find it in a folder or in a zip archive.

    Raises UserError if the path cannot be read or is a link, which is a mistake of whoever grades.
    What cannot be a solution, a mistake of whoever handed it in, comes back with a refusal.
    """
    if path.is_dir() and not path.is_symlink():
        return _found(locate.in_folder(path), path.resolve().name)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            source = stored.read_regular(file, MAX_ARCHIVE_BYTES)
    except FileNotFoundError:
        raise UserError(f"{path} does not exist; name the solution.py to grade.") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UserError(f"{path} cannot be opened: it is a link; name the file itself.") from None
        raise UserError(f"{path} cannot be read: {error.strerror}; name the solution.py to grade.") from None
    if source is None:
        raise UserError(f"{path} is not a file; name the solution.py to grade.")
    return accept(path.name, source)


def accept(name: str, source: bytes, remarks: tuple[str, ...] = ()) -> Submission:
    """Take bytes for a submission, unless they plainly are something else; look into a zip archive."""
    name = sanitize.words(name)
    if source.startswith((ZIP, EMPTY_ZIP)) and len(source) <= MAX_ARCHIVE_BYTES:
        document = kinds.of_archive(source)
        if document:
            return Submission(name, source[:MAX_BYTES], remarks, _not_python(document))
        found = _found(locate.in_zip(source), name)
        return dataclasses.replace(found, remarks=remarks + found.remarks)
    sentence = _objection(name, source)
    if sentence:
        return Submission(name, source[:MAX_BYTES], remarks, sentence)
    return Submission(name, source, remarks)


def choose(entries: list[stored.StoredFile], name: str, remarks: tuple[str, ...] = ()) -> Submission | None:
    """Take what one student handed in, one file or several; None if there is no file at all."""
    hidden = [entry for entry in entries if stored.is_skipped(entry.path)]
    entries = [entry for entry in entries if entry not in hidden]
    if hidden and not entries:
        where = sanitize.code(str(hidden[0].path), 80)
        return Submission(
            sanitize.words(name), b"", remarks,
            f"Your submission holds nothing but hidden files, such as {where}; hand in {stored.FILE_NAME}.",
        )  # fmt: skip
    if not entries:
        return None
    if len(entries) == 1:  # nothing to choose, whatever it is called
        return accept(entries[0].path.name, entries[0].read(MAX_ARCHIVE_BYTES), remarks)
    found = _found(locate.among(entries, "submission"), name)
    return dataclasses.replace(found, remarks=remarks + found.remarks)


def _found(found: locate.Found | str, where: str) -> Submission:
    """Take what a search came back with: a file, or a sentence."""
    if isinstance(found, str):
        return Submission(sanitize.words(where), b"", (), found)
    if found.source.startswith(ZIP) and not found.in_folder:
        return Submission(
            sanitize.words(found.name),
            b"",
            (),
            "The file in your archive is an archive itself; hand in solution.py.",
        )
    return accept(found.name, found.source, found.remarks)


def _objection(name: str, source: bytes) -> str:
    """Say what the bytes are if they cannot be a solution, or nothing."""
    if not source.strip(b"\0 \t\r\n\f\xef\xbb\xbf\xff\xfe"):
        return "Your file is empty; it may not have been saved before it was handed in."
    kind = kinds.of(source)
    if kind:
        return _not_python(kind)
    if len(source) > MAX_NOTEBOOK_BYTES:
        return _too_large(name)
    found = notebook.read(name, source)
    if isinstance(found, str):
        return found
    return _too_large(name) if found is None and len(source) > MAX_BYTES else ""


def _not_python(kind: str) -> str:
    return f"Your file is not Python: it is {kind}. Hand in {stored.FILE_NAME}."


def _too_large(name: str) -> str:
    if name.lower().endswith(notebook.SUFFIX):
        limit = f"{MAX_NOTEBOOK_BYTES >> 20} MB"
        return f"Your notebook is larger than {limit}; clear its outputs, save it and hand it in again."
    return f"Your file is larger than {MAX_BYTES >> 20} MB; hand in solution.py alone, without data."
