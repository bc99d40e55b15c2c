"""List the files of an export, a folder or a zip archive, and read those of one student."""

import contextlib
import dataclasses
import datetime
import os
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from autograder.common import sanitize
from autograder.common.errors import UserError
from autograder.intake import stored, submission
from autograder.intake.handin import Person
from autograder.intake.stored import CannotRead, StoredFile
from autograder.intake.submission import Submission

MAX_FILES = 100_000  # a large class with some data beside each solution
CODE = (".py", ".ipynb", ".zip")  # what may be graded, or is refused with advice
# What desktops leave in folders and archives, and nobody hands in.
DESKTOPS_OWN = re.compile(
    r"\.DS_Store|\._.*|__MACOSX|\.localized|\.Trash.*|\.fseventsd|\.Spotlight-V100|\.TemporaryItems|"
    r"Thumbs\.db|ehthumbs\.db|desktop\.ini|\$RECYCLE\.BIN|System Volume Information|\.directory",
    re.IGNORECASE,
)


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
    return_to: str = ""  # see Handin


@dataclasses.dataclass(frozen=True)
class Listing:
    """What is in an export: its files, and its folders, of which some may be empty.

    not_looked_at: the names at the top that are nobody's, and no desktop's either.
    """

    export: Path
    files: tuple[File, ...]
    folders: frozenset[PurePosixPath]
    not_looked_at: tuple[str, ...] = ()

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

    @property
    def names(self) -> set[str]:
        """Return what everything at the top is called."""
        return {file.path.name for file in self.top_files} | set(self.below)

    def file(self, name: str) -> File | None:
        """Return the file of this name at the top, if there is one."""
        return next((file for file in self.top_files if file.path.name == name), None)

    def inside_the_only_folder(self) -> "Listing | None":
        """Return the same without the folder that holds all of it; None if there is no such folder."""
        if self.top_files or len(self.below) != 1:
            return None
        ((_, files),) = self.below.items()
        folders = [PurePosixPath(*folder.parts[1:]) for folder in self.folders if len(folder.parts) > 1]
        return Listing(self.export, files, frozenset(folders), self.not_looked_at)


@dataclasses.dataclass(frozen=True)
class Take:
    """A callable that reads what one student handed in; can be sent to another process."""

    export: Path
    files: tuple[File, ...]
    name: str
    remarks: tuple[str, ...] = ()

    def __call__(self) -> Submission | None:
        """Return the submission, a refusal with its sentence, or None if there is no file.

        Raises CannotRead where the export is damaged or closed, which is no fault of the student.
        """
        if not self.export.exists():
            raise UserError(f"{self.export} no longer exists; put it back and start again.")
        name = sanitize.words(self.name)
        try:
            with opened(self.export, self.files) as (entries, objection):
                if objection:
                    return Submission(name, b"", self.remarks, objection)
                return submission.choose(entries, self.name, self.remarks)
        except stored.UNREADABLE as error:
            raise _damaged(f"what {name} handed in", self.export, error) from None


def _damaged(what: str, export: Path, error: Exception) -> CannotRead:
    return CannotRead(
        f"{what} cannot be read from {export.name} ({type(error).__name__}); download the export again."
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
    except stored.UNREADABLE as error:
        if path.suffix.lower() == ".zip":
            raise UserError(f"{path} cannot be read as a zip archive ({error}); download it again.") from None
        raise UserError(
            f"{path} is neither a folder nor a zip archive; name the export, or the folder of all students."
        ) from None


@contextlib.contextmanager
def opened(export: Path, files: tuple[File, ...]) -> Iterator[tuple[list[StoredFile], str]]:
    """Yield entries to read these files by, and what is wrong with them, if something is."""
    if export.is_dir():
        yield (
            [StoredFile(file.path, stored.file_reader(export / str(file.place))) for file in files],
            (_links(export, files)),
        )
        return
    with zipfile.ZipFile(export) as archive:
        members = archive.infolist()
        mine = [(file, members[int(file.place)]) for file in files]
        entries = [StoredFile(file.path, _member_reader(export, archive, member)) for file, member in mine]
        code = [member for file, member in mine if file.is_code or len(mine) == 1]
        yield entries, stored.objection(code, "submission")


def _member_reader(export: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[int], bytes]:
    """Read a member; if that fails it is the download, whatever may be wrong in an archive within it."""
    read_member = stored.member_reader(archive, member)

    def read(limit: int) -> bytes:
        try:
            return read_member(limit)
        except stored.UNREADABLE as error:
            raise _damaged(sanitize.words(str(stored.member_path(member))), export, error) from None

    return read


def _links(export: Path, files: tuple[File, ...]) -> str:
    """Name a file that is a link, as the objection to a member of an archive does."""
    for file in files:
        if file.is_code and (export / str(file.place)).is_symlink():
            name = sanitize.code(file.path.name, 80)
            return f"Your submission holds {name} as a link; hand in the file itself."
    return ""


def _folder(path: Path) -> Listing:
    files, folders, closed = [], [], []
    for root, names, file_names in os.walk(path, onerror=stored.closed):
        here = PurePosixPath(Path(root).relative_to(path).as_posix())
        for name in names:
            if (Path(root) / name).is_symlink() and Path(root) == path:
                raise UserError(f"{path / name} is a link; put the folder itself there.")
        closed += [here / name for name in names if stored.is_skipped(here / name)]
        names[:] = sorted(name for name in names if not stored.is_skipped(here / name))
        if len(here.parts) >= stored.MAX_DEPTH:
            names.clear()
        folders += [here / name for name in names]
        files += [File(here / name, str(here / name)) for name in sorted(file_names)]
        if len(files) > MAX_FILES:
            raise UserError(f"{path} holds more than {MAX_FILES} files; name the folder of the submissions.")
    return _listing(path, files, folders, closed)


def _archive(path: Path, members: list[zipfile.ZipInfo]) -> Listing:
    if len(members) > MAX_FILES:
        raise UserError(f"{path} holds more than {MAX_FILES} files; name the export of the submissions.")
    files, folders = [], []
    for number, member in enumerate(members):
        where = stored.member_path(member)
        if stored.is_folder(member):
            folders.append(where)
        else:
            files.append(File(where, number))
    return _listing(path, files, folders, [])


def _listing(
    path: Path, files: list[File], folders: list[PurePosixPath], closed: list[PurePosixPath]
) -> Listing:
    """Sort out what is nobody's; closed: folders that were not looked into."""
    paths = [*(file.path for file in files), *folders, *closed]
    nobodys = {_top(path): None for path in sorted(paths) if not _is_ours(path) and not _is_desktops(path)}
    return Listing(
        path,
        tuple(file for file in files if _is_ours(file.path) and not _is_desktops(file.path)),
        frozenset(folder for folder in folders if _is_ours(folder) and not _is_desktops(folder)),
        tuple(nobodys),
    )


def _top(path: PurePosixPath) -> str:
    """Name what lies at the top: the file or folder itself, or the whole of a path that leads out."""
    outside = stored.points_outside(PurePosixPath(*path.parts[:1])) if path.parts else True
    return sanitize.words(str(path) if outside else path.parts[0])


def _is_ours(path: PurePosixPath) -> bool:
    """Tell whether a path is somebody's: neither hidden nor outside of the export from the start.

    One that leaves a student's folder later on stays, so that this student's files are refused.
    """
    top = PurePosixPath(*path.parts[:1])
    return bool(path.parts) and not stored.points_outside(top) and not stored.is_skipped(top)


def _is_desktops(path: PurePosixPath) -> bool:
    return any(DESKTOPS_OWN.fullmatch(part) for part in path.parts) or not path.parts
