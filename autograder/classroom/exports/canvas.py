"""Read Canvas's export: a flat archive of `lastnamefirstname_<id>_<id>_solution.py`."""

import dataclasses
import re
from collections import defaultdict
from pathlib import PurePosixPath

from autograder.classroom.exports.archive import Batch, File, Listing
from autograder.classroom.exports.people import person
from autograder.common import sanitize
from autograder.intake.stored import FILE_NAME

# Who, late or not, the student's number, the number of the upload, and the student's own name
# of the file.  Where names are hidden, the student's number may hold letters.
NAME = re.compile(
    r"(?!.*_assignsubmission_)"  # that would be Moodle's
    r"(?P<who>.+?)(?P<late>_late)?"
    r"_(?P<id>\d+|(?<=anon_)\w{5}|(?<=anon_late_)\w{5})(?P<late_too>_late)?"
    r"_(?:(?P<upload>\d+)_(?P<file>.+)|(?P<typed>(?:text|link)\.html))",  # typed into the page
    re.IGNORECASE,
)
AGAIN = re.compile(r"(?P<stem>.+)-(?P<number>\d{1,3})")


@dataclasses.dataclass(frozen=True)
class Upload:
    """One file of the export, and what its name tells."""

    who: str
    id: str
    late: bool
    number: int
    file: File  # under the name the student gave it


def matches(listing: Listing) -> bool:
    """Tell whether this is Canvas's: some code is called so, or most of all the files are."""
    named = [file for file in listing.top_files if NAME.fullmatch(file.path.name)]
    return any(file.is_code for file in named) or len(named) * 2 > len(listing.top_files)


def owns(name: str, *, is_folder: bool) -> bool:
    """Tell whether something at the top of the export belongs there."""
    return not is_folder and bool(NAME.fullmatch(name))


def batches(listing: Listing) -> list[Batch]:
    """Return one batch per student, of the newest upload of each file."""
    students: dict[tuple[str, str], list[Upload]] = defaultdict(list)
    for file in listing.top_files:
        upload = _upload(file)
        if upload:
            students[upload.who, upload.id].append(upload)
    return [_batch(*student, uploads) for student, uploads in students.items()]


def _upload(file: File) -> Upload | None:
    found = NAME.fullmatch(file.path.name)
    if not found:
        return None
    own = dataclasses.replace(file, path=PurePosixPath(found["file"] or found["typed"]))
    late = bool(found["late"] or found["late_too"])
    return Upload(found["who"], found["id"], late, int(found["upload"] or 0), own)


def _batch(who: str, number: str, uploads: list[Upload]) -> Batch:
    kept, remarks = _newest(uploads)
    return Batch(
        f"{who}_{number}",
        (person(who, number),),
        tuple(upload.file for upload in kept),
        late=any(upload.late for upload in kept),
        remarks=remarks,
        return_to=f"{who}_{number}_{max(upload.number for upload in kept)}_",
    )


def _newest(uploads: list[Upload]) -> tuple[list[Upload], tuple[str, ...]]:
    """Keep the newest upload under each name, and say so where there was a choice."""
    versions: dict[str, list[tuple[int, int, Upload]]] = defaultdict(list)
    names = {upload.file.path.name.lower() for upload in uploads}
    for upload in uploads:
        name, again = _original(upload.file.path, names)
        file = dataclasses.replace(upload.file, path=PurePosixPath(name))
        newest = dataclasses.replace(upload, file=file)
        versions[name.lower()].append((again, upload.number, newest))
    remarks = [
        f"{sanitize.words(name)} was handed in {len(found)} times; the newest was graded."
        for name, found in sorted(versions.items())
        if len(found) > 1
    ]
    newest_first = [max(found, key=lambda version: version[:2])[2] for found in versions.values()]
    return newest_first, tuple(remarks)


def _original(path: PurePosixPath, names: set[str]) -> tuple[str, int]:
    """Return the name before Canvas added `-1` to it, and that number; 0 if it did not."""
    again = AGAIN.fullmatch(path.stem)
    if again:
        original = again["stem"] + path.suffix
        if original.lower() == FILE_NAME or original.lower() in names:
            return original, int(again["number"])
    return path.name, 0
