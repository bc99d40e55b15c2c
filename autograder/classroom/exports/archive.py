"""List the files of an export, a folder or a zip archive, and read those of one student."""

import contextlib
import dataclasses
import datetime
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from autograder.common import sanitize
from autograder.common.errors import UserError
from autograder.intake import locate, submission
from autograder.intake.handin import Person
from autograder.intake.submission import Submission

MAX_FILES = 100_000  # a large class with some data beside each solution
CODE = (".py", ".ipynb", ".zip")  # what may be graded, or is refused with advice


@dataclasses.dataclass(frozen=True)
class File:
    """One file: its path as students see it, and where in the export it really is."""

    path: PurePosixPath
    place: str | int  # a path in the folder, or the number of a member of the archive

    @property
    def is_code(self) -> bool:
        """Tell whether this can be somebody's answer, by its name."""
        return self.path.suffix.lower() in CODE


@dataclasses.dataclass(frozen=True)
class Batch:
    """What one student or one group handed in; the paths begin in their own folder."""

    name: str  # what becomes the key
    people: tuple[Person, ...]
    files: tuple[File, ...]
    submitted: datetime.datetime | None = None
    late: bool = False
    remarks: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Listing:
    """What is in an export: its files, and its folders, of which some may be empty."""

    export: Path
    files: tuple[File, ...]
    folders: frozenset[PurePosixPath]

    @property
    def top_files(self) -> list[File]:
        """Return the files that are in no folder."""
        return [file for file in self.files if len(file.path.parts) == 1]

    @cached_property
    def below(self) -> dict[str, tuple[File, ...]]:
        """Return the files of every folder at the top, with paths that begin in it."""
        found: dict[str, list[File]] = defaultdict(list)
        for folder in self.folders:
            found[folder.parts[0]] = []
        for file in self.files:
            top, *rest = file.path.parts
            if rest:
                found[top].append(dataclasses.replace(file, path=PurePosixPath(*rest)))
        return {folder: tuple(found[folder]) for folder in sorted(found)}

    def file(self, name: str) -> File | None:
        """Return the file of this name at the top, if there is one."""
        return next((file for file in self.top_files if file.path.name == name), None)

    def inside_the_only_folder(self) -> "Listing | None":
        """Return the same without the folder that holds all of it; None if there is no such folder."""
        if self.top_files or len(self.below) != 1:
            return None
        ((_, files),) = self.below.items()
        folders = [PurePosixPath(*folder.parts[1:]) for folder in self.folders if len(folder.parts) > 1]
        return Listing(self.export, files, frozenset(folders))


@dataclasses.dataclass(frozen=True)
class Take:
    """A callable that reads what one student handed in; can be sent to another process."""

    export: Path
    files: tuple[File, ...]
    name: str
    remarks: tuple[str, ...] = ()

    def __call__(self) -> Submission | None:
        """Return the submission, a refusal with its sentence, or None if there is no file."""
        if not self.export.exists():
            raise UserError(f"{self.export} is not there any more; put it back and start again.")
        try:
            with opened(self.export, self.files) as (entries, objection):
                if objection:
                    return Submission(sanitize.words(self.name), b"", self.remarks, objection)
                return submission.choose(entries, self.name, self.remarks)
        except locate.UNREADABLE as error:
            sentence = f"Your file could not be read from {sanitize.words(self.export.name)}"
            return Submission(
                sanitize.words(self.name),
                b"",
                self.remarks,
                f"{sentence} ({type(error).__name__}); hand it in again.",
            )


def listed(path: Path) -> Listing:
    """List a folder or a zip archive; raises UserError if it is neither."""
    if path.is_dir():
        return _folder(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _archive(path, archive.infolist())
    except FileNotFoundError:
        raise UserError(f"{path} does not exist; name the export, or the folder of all students.") from None
    except locate.UNREADABLE as error:
        if path.suffix.lower() == ".zip":
            raise UserError(f"{path} cannot be read as a zip archive ({error}); download it again.") from None
        raise UserError(
            f"{path} is neither a folder nor a zip archive; name the export, or the folder of all students."
        ) from None


@contextlib.contextmanager
def opened(export: Path, files: tuple[File, ...]) -> Iterator[tuple[list[locate.StoredFile], str]]:
    """Yield entries to read these files by, and what is wrong with them, if something is."""
    if export.is_dir():
        yield (
            [locate.StoredFile(file.path, locate.file_reader(export / str(file.place))) for file in files],
            (_links(export, files)),
        )
        return
    with zipfile.ZipFile(export) as archive:
        members = archive.infolist()
        mine = [(file, members[int(file.place)]) for file in files]
        entries = [
            locate.StoredFile(file.path, locate.member_reader(archive, member)) for file, member in mine
        ]
        code = [member for file, member in mine if file.is_code]
        yield entries, locate.objection(code, "submission")


def _links(export: Path, files: tuple[File, ...]) -> str:
    """Name a file that is a link, as the objection to a member of an archive does."""
    for file in files:
        if file.is_code and (export / str(file.place)).is_symlink():
            name = sanitize.code(file.path.name, 80)
            return f"Your submission holds {name} as a link; hand in the file itself."
    return ""


def _folder(path: Path) -> Listing:
    files, folders = [], []
    for root, names, file_names in os.walk(path):
        here = PurePosixPath(Path(root).relative_to(path).as_posix())
        names[:] = sorted(name for name in names if not locate.is_skipped(here / name))
        for name in names:
            if (Path(root) / name).is_symlink() and Path(root) == path:
                raise UserError(f"{path / name} is a link; put the folder itself there.")
        if len(here.parts) >= locate.MAX_DEPTH:
            names.clear()
        folders += [here / name for name in names]
        files += [File(here / name, str(here / name)) for name in sorted(file_names)]
        if len(files) > MAX_FILES:
            raise UserError(f"{path} holds more than {MAX_FILES} files; name the folder of the submissions.")
    return _listing(path, files, folders)


def _archive(path: Path, members: list[zipfile.ZipInfo]) -> Listing:
    if len(members) > MAX_FILES:
        raise UserError(f"{path} holds more than {MAX_FILES} files; name the export of the submissions.")
    files, folders = [], []
    for number, member in enumerate(members):
        where = locate.member_path(member)
        if locate.is_folder(member):
            folders.append(where)
        else:
            files.append(File(where, number))
    return _listing(path, files, folders)


def _listing(path: Path, files: list[File], folders: list[PurePosixPath]) -> Listing:
    return Listing(
        path,
        tuple(file for file in files if _is_ours(file.path)),
        frozenset(folder for folder in folders if _is_ours(folder)),
    )


def _is_ours(path: PurePosixPath) -> bool:
    """Tell whether a path is somebody's: not the desktop's own, nor outside of the export from the start.

    One that leaves a student's folder later on stays, so that this student's files are refused.
    """
    top = path.parts[0] if path.parts else ""
    return bool(top) and top not in ("/", "//", "..") and ":" not in top and not _is_hidden(path)


def _is_hidden(path: PurePosixPath) -> bool:
    return any(part in locate.SKIPPED or (part.startswith(".") and part != "..") for part in path.parts)
