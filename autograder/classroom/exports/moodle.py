"""Read Moodle's export: a folder `Name_<id>_assignsubmission_file_` per student."""

import dataclasses
import re
from collections import defaultdict
from pathlib import PurePosixPath

from autograder.classroom.exports.archive import Batch, File, Listing
from autograder.classroom.exports.people import person

# Where the files are not downloaded in folders, the same stands before the name of each file.
NAME = re.compile(r"(?P<who>.+)_(?P<id>\d+)_assignsubmission_[a-z]+(?:[_.](?P<file>.*))?")


def matches(listing: Listing) -> bool:
    """Tell whether this is Moodle's."""
    return any(NAME.fullmatch(name) for name in (*listing.below, *_top_names(listing)))


def owns(name: str, *, is_folder: bool) -> bool:
    """Tell whether something at the top of the export belongs there."""
    return bool(NAME.fullmatch(name))


def batches(listing: Listing) -> list[Batch]:
    """Return one batch per student: the file, and what was typed into the page, if anything."""
    students: dict[tuple[str, str], list[File]] = defaultdict(list)
    for folder, files in listing.below.items():
        found = NAME.fullmatch(folder)
        if found:
            students[found["who"], found["id"]] += files
    for file in listing.top_files:
        found = NAME.fullmatch(file.path.name)
        if found and found["file"]:
            own = dataclasses.replace(file, path=PurePosixPath(found["file"]))
            students[found["who"], found["id"]].append(own)
    return [
        Batch(
            f"{who}_{number}",
            (person(who, number),),
            tuple(files),
            return_to=f"{who}_{number}_assignsubmission_file_/",
        )
        for (who, number), files in students.items()
    ]


def _top_names(listing: Listing) -> list[str]:
    return [file.path.name for file in listing.top_files]
