"""Find out who handed in what, from whatever a learning platform lets one download.

`read` takes the zip archive or the unpacked folder and tells by what is in it which platform
it is from: `gradescope.py`, `canvas.py`, `moodle.py`, or `folder.py` for files sorted by hand.
Nothing is extracted; the file of a student is read when somebody asks for it.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from autograder.classroom.exports import canvas, folder, gradescope, moodle
from autograder.classroom.exports.archive import Batch, Listing, Take, listed
from autograder.classroom.exports.keys import unique
from autograder.common import sanitize
from autograder.common.errors import UserError
from autograder.intake.handin import Handin
from autograder.intake.submission import Submission

READERS = {"Gradescope": gradescope, "Moodle": moodle, "Canvas": canvas, "plain": folder}


@dataclasses.dataclass(frozen=True)
class Submitted:
    """Who handed in, and what, read when asked; None means that nothing was handed in."""

    handin: Handin
    take: Callable[[], Submission | None]


def read(path: Path) -> list[Submitted]:
    """Read who handed in what from an export of Gradescope, Canvas or Moodle, or a plain folder.

    Returns one Submitted for each student or group, in the order of their names, with keys that
    are unique and fit to name a file.  What cannot be graded is refused when it is taken.
    Raises UserError if the path is no such export.
    """
    listing = _unwrap(listed(path))
    kind = _kind(listing)
    batches = sorted(READERS[kind].batches(listing), key=_order)
    if not batches:
        raise UserError(f"{path} holds no submissions; name the export, or the folder of all students.")
    keys = unique([batch.name for batch in batches])
    return [_submitted(listing.export, *pair) for pair in zip(keys, batches, strict=True)]


def _order(batch: Batch) -> tuple[str, list[str]]:
    """Sort in the same way whatever order the export is in, so that every key stays with its student."""
    return batch.name, sorted(str(file.path) for file in batch.files)


def _submitted(export: Path, key: str, batch: Batch) -> Submitted:
    names = [sanitize.words(file.path.name) for file in batch.files]
    handin = Handin(
        key=key,
        people=batch.people,
        file_name=names[0] if len(names) == 1 else "",
        submitted=batch.submitted,
        late=batch.late,
    )
    return Submitted(handin, Take(export, batch.files, batch.name, batch.remarks))


def _kind(listing: Listing) -> str:
    """Tell what made the export; two kinds in one are an error."""
    kinds = [kind for kind, reader in READERS.items() if kind != "plain" and reader.matches(listing)]
    strays = folder.strays(listing, [READERS[kind] for kind in kinds])
    if len(kinds) > 1:
        raise UserError(
            f"{listing.export} mixes {' and '.join(kinds)} exports; put each into its own folder."
        )
    if kinds and strays:
        raise UserError(
            f"{listing.export} is a {kinds[0]} export, but holds {sanitize.words(strays[0])} as well; "
            "move what does not belong to it elsewhere."
        )
    return kinds[0] if kinds else "plain"


def _unwrap(listing: Listing) -> Listing:
    """Leave out a folder that holds everything else, as many archives have one."""
    inner = listing.inside_the_only_folder()
    if inner is None or moodle.matches(listing):
        return listing
    known = any(reader.matches(inner) for kind, reader in READERS.items() if kind != "plain")
    return inner if known or folder.is_class(inner) else listing
