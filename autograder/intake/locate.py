"""Find the one file to grade in a folder, in a zip archive or among the files of an export.

Archives are never extracted: a member is read, as far as the limit goes, and nothing is written.
"""

import dataclasses
import io
import re
import zipfile
from pathlib import Path

from autograder.assignment import config
from autograder.assignment.contract import Contract
from autograder.common import sanitize
from autograder.intake import notebook
from autograder.intake.decode import SourceCode, decode
from autograder.intake.stored import (
    FILE_NAME,
    MAX_ENTRIES,
    UNREADABLE,
    StoredFile,
    files_below,
    is_folder,
    is_skipped,
    member_path,
    member_reader,
    objection,
)

# How much is read: of a program, of a notebook, which holds its pictures too, and of an archive.
MAX_BYTES, MAX_NOTEBOOK_BYTES, MAX_ARCHIVE_BYTES = 1 << 20, 8 << 20, 8 << 20
MAX_CANDIDATES = 50

CODE = (".py", notebook.SUFFIX)
# What a browser or an editor makes of solution.py; looked into where there is nothing better.
LIKE_CODE = (".txt", "")
# What is not unpacked here, but may well hold the solution.
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")

# How many functions of a class, or plain ones, say that a file is an answer whatever its class is called:
# half of them, but two at least (`fit` alone says little), and of many these.
FEWEST, ENOUGH = 2, 4
CLASS = re.compile(r"^class\s+(\w+)", re.MULTILINE)
FUNCTION = re.compile(r"^\s*def\s+(\w+)", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Found:
    """The file that a search came back with, and why this one, if that needs saying."""

    name: str
    source: bytes
    remarks: tuple[str, ...] = ()
    in_folder: bool = False


def in_folder(folder: Path) -> Found | str:
    """Find the file to grade in a folder and what is below it; links are not followed.

    Returns a sentence when there is none, or more than one.
    """
    return among(files_below(folder))


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
                return f"Your archive holds more than {MAX_ENTRIES} files; hand in {FILE_NAME} alone."
            code = [member for member in members if member_path(member).suffix.lower() in CODE]
            sentence = objection(code)
            if sentence:
                return sentence
            entries = [StoredFile(member_path(member), member_reader(file, member)) for member in members]
            return _choose([entry for entry in entries if not is_skipped(entry.path)], "archive")
    except UNREADABLE as error:
        return f"Your zip archive is damaged ({type(error).__name__}); hand in {FILE_NAME} itself."


def _choose(entries: list[StoredFile], where: str) -> Found | str:
    """Take solution.py, the one nearest the top; failing that, the only file that could be it."""
    code = [entry for entry in entries if entry.suffix in CODE]
    named = [entry for entry in code if entry.path.name.lower() == FILE_NAME]
    if named:
        depth = min(len(entry.path.parts) for entry in named)
        nearest = [entry for entry in named if len(entry.path.parts) == depth]
        if len(nearest) > 1:
            return (
                f"Your {where} holds {len(nearest)} files named {FILE_NAME} ({_names(nearest)}); hand in one."
            )
        return _found(nearest[0], _passed_over(nearest[0], entries, where))
    code = code[:MAX_CANDIDATES]
    like_code = [entry for entry in entries if entry.suffix in LIKE_CODE][:MAX_CANDIDATES]
    candidates = _answers(code) or code or _answers(like_code)
    if len(candidates) == 1:
        name = sanitize.words(candidates[0].path.name)
        return _found(candidates[0], (f"{name} was graded, because there is no {FILE_NAME}.",))
    if candidates:
        return (
            f"Your {where} holds no {FILE_NAME}, but several files that could be meant: "
            f"{_names(candidates)}; hand in {FILE_NAME}."
        )
    packed = [entry for entry in entries if entry.suffix in OTHER_ARCHIVES]
    but = f" (archives such as {_names(packed)} are not unpacked here)" if packed else ""
    return f"Your {where} holds no Python file{but}; hand in {FILE_NAME}."


def _found(entry: StoredFile, remarks: tuple[str, ...]) -> Found:
    # Whatever it is called, it may be a notebook.
    return Found(entry.path.name, entry.read(MAX_NOTEBOOK_BYTES), remarks)


def _passed_over(taken: StoredFile, entries: list[StoredFile], where: str) -> tuple[str, ...]:
    """Say what else could have been meant, and is not graded because there is a solution.py."""
    others = [entry for entry in entries if entry is not taken]
    scripts = [entry for entry in others if entry.suffix in (".py", *LIKE_CODE)][:MAX_CANDIDATES]
    meant = [entry for entry in others if entry.suffix in (notebook.SUFFIX, ".zip")] + _answers(scripts)
    if not meant:
        return ()
    return (f"{FILE_NAME} was graded, not {_names(meant)}, which your {where} also holds.",)


def _answers(entries: list[StoredFile]) -> list[StoredFile]:
    return [entry for entry in entries if _is_answer(entry)]


def _is_answer(entry: StoredFile) -> bool:
    """Tell whether a file defines what is graded: a class of that name, or several of the functions."""
    return defines_answer(_program(entry), config.load().contract)


def defines_answer(text: str, contract: Contract) -> bool:
    """Tell whether a program defines a class that is graded, or many functions of one, or plain ones."""
    classes, functions = set(CLASS.findall(text)), set(FUNCTION.findall(text))
    return any(
        name in classes or len(functions & set(owner.graded)) >= _enough(len(owner.graded))
        for name, owner in contract.owners.items()
    )


def _enough(graded: int) -> int:
    return min(graded, ENOUGH, max(FEWEST, (graded + 1) // 2))


def _program(entry: StoredFile) -> str:
    is_notebook = entry.suffix == notebook.SUFFIX
    source = entry.read(MAX_NOTEBOOK_BYTES if is_notebook else MAX_BYTES)
    found = notebook.read(entry.path.name, source)
    return found.text if isinstance(found, SourceCode) else decode(source).text


def _names(entries: list[StoredFile]) -> str:
    return ", ".join(sanitize.code(str(entry.path), 80) for entry in entries[:5])
