"""Read files that somebody sorted by hand: one file, one archive or one folder per student."""

import re
from types import ModuleType

from autograder.classroom.exports.archive import Batch, File, Listing
from autograder.classroom.exports.people import person
from autograder.common.errors import UserError
from autograder.intake.stored import FILE_NAME

# Tables and notes of the staff; whatever else lies at the top is somebody's, and is graded or refused.
STAFFS_OWN = (".csv", ".tsv", ".xls", ".xlsx", ".ods", ".md", ".json", ".yml", ".yaml", ".log")
# What a name may end in without belonging to the name of the student, also twice: "Dora.py.txt".
ENDINGS = re.compile(
    r"\.(py|ipynb|zip|txt|rar|7z|tar|gz|tgz|bz2|xz|pyc|pdf|docx?|odt|rtf|pages|html?|lnk|url|png|jpe?g)$",
    re.IGNORECASE,
)


def is_class(listing: Listing) -> bool:
    """Tell whether these are the submissions of several students, rather than the files of one."""
    code = [file for file in listing.top_files if file.is_code]
    students = code or [file for file in listing.top_files if _could_be_code(file)]
    return len(students) + len(listing.below) > 1 and _solution(listing) is None


def not_looked_at(listing: Listing) -> list[str]:
    """Return the files at the top that are nobody's submission."""
    return [file.path.name for file in listing.top_files if file.path.suffix.lower() in STAFFS_OWN]


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
        Batch(_student(file.path.name), (person(_student(file.path.name)),), (file,))
        for file in listing.top_files
        if file.path.suffix.lower() not in STAFFS_OWN
    ]
    folders = [Batch(name, (person(name),), files) for name, files in listing.below.items()]
    return files + folders


def _student(name: str) -> str:
    """Return the name of a file without its endings, if anything is left then."""
    while ENDINGS.search(name) and ENDINGS.sub("", name):
        name = ENDINGS.sub("", name)
    return name


def _could_be_code(file: File) -> bool:
    suffix = file.path.suffix.lower()
    return suffix == "" or (suffix not in STAFFS_OWN and bool(ENDINGS.fullmatch(suffix)))


def _solution(listing: Listing) -> str | None:
    names = [file.path.name for file in listing.top_files]
    return next((name for name in names if name.lower() == FILE_NAME), None)
