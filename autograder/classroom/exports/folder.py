"""Read files that somebody sorted by hand: one file, one archive or one folder per student."""

from types import ModuleType

from autograder.classroom.exports.archive import Batch, Listing
from autograder.classroom.exports.people import person
from autograder.common.errors import UserError
from autograder.intake import locate


def is_class(listing: Listing) -> bool:
    """Tell whether these are the submissions of several students, rather than the files of one."""
    students = [file for file in listing.top_files if file.is_code]
    return len(students) + len(listing.below) > 1 and _solution(listing) is None


def strays(listing: Listing, readers: list[ModuleType]) -> list[str]:
    """Return what could be somebody's submission, but not one of these readers knows it."""
    folders = [
        name for name in listing.below if not any(reader.owns(name, is_folder=True) for reader in readers)
    ]
    files = [file.path.name for file in listing.top_files if file.is_code]
    return folders + [
        name for name in files if not any(reader.owns(name, is_folder=False) for reader in readers)
    ]


def batches(listing: Listing) -> list[Batch]:
    """Return one batch per file, archive or folder; its name is the student's."""
    solution = _solution(listing)
    if solution:
        raise UserError(
            f"{listing.export} holds {solution} itself, which names no student; "
            "grade one submission with `grade`, or name the folder of all students."
        )
    files = [
        Batch(file.path.stem, (person(file.path.stem),), (file,))
        for file in listing.top_files
        if file.is_code
    ]
    folders = [Batch(name, (person(name),), files) for name, files in listing.below.items()]
    return files + folders


def _solution(listing: Listing) -> str | None:
    names = [file.path.name for file in listing.top_files]
    return next((name for name in names if name.lower() == locate.FILE_NAME), None)
