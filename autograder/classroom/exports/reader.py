"""Find out who handed in what, from whatever a learning platform lets one download.

`read` takes the zip archive or the unpacked folder and tells by what is in it which platform
it is from: `gradescope.py`, `canvas.py`, `moodle.py`, or `folder.py` for files sorted by hand.
Nothing is extracted; the file of a student is read when somebody asks for it.
"""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.assignment import config
from autograder.classroom.exports import canvas, folder, gradescope, moodle
from autograder.classroom.exports.archive import Batch, Listing, Take, listed
from autograder.classroom.exports.file_names import unique
from autograder.classroom.grades_folder import is_grades
from autograder.common import sanitize
from autograder.common.errors import UserError
from autograder.intake.handin import Handin
from autograder.intake.submission import Submission

MOST_LISTED = 10  # names in a sentence
READERS = {"Gradescope": gradescope, "Moodle": moodle, "Canvas": canvas, "plain": folder}


@dataclasses.dataclass(frozen=True)
class Submitted:
    """Who handed in, and what, read when asked; None means that nothing was handed in."""

    handin: Handin
    take: Callable[[], Submission | None]


@dataclasses.dataclass(frozen=True)
class Export:
    """What somebody downloaded: of which platform, who handed in what, and what is nobody's.

    submitted: one for each student or group, in the order of their names, with keys that are
    unique and fit to name a file.  not_looked_at: what lies at the top and belongs to nobody.
    """

    kind: str
    submitted: tuple[Submitted, ...]
    not_looked_at: tuple[str, ...] = ()


def read(path: Path) -> Export:
    """Read who handed in what from an export of Gradescope, Canvas or Moodle, or a plain folder.

    What cannot be graded is refused when it is taken.  Raises UserError if the path is no such export.
    """
    if is_grades(path):
        raise UserError(f"{path} is a folder that `class --out` wrote; name what was handed in instead.")
    listing = _unwrap(listed(path))
    kind = _kind(listing)
    nobodys = sorted({*listing.not_looked_at, *_strays(listing, kind)})
    batches = sorted(READERS[kind].batches(listing), key=_order)
    if not batches:
        besides = f" (ignored: {listed_names(nobodys)})" if nobodys else ""
        raise UserError(
            f"{path} holds no submissions{besides}; name the export, or the folder of all students."
        )
    keys = unique([batch.name for batch in batches])
    submitted = tuple(_submitted(listing.export, *pair) for pair in zip(keys, batches, strict=True))
    return Export(kind, submitted, tuple(nobodys))


def listed_names(names: Sequence[str]) -> str:
    """Return names one after the other, and how many more there are."""
    left = len(names) - MOST_LISTED
    return ", ".join(names[:MOST_LISTED]) + (f" and {left} more" if left > 0 else "")


def _strays(listing: Listing, kind: str) -> list[str]:
    """Return what lies at the top and is not of this platform."""
    if kind == "plain":
        names = folder.not_looked_at(listing)
    else:
        owns = READERS[kind].owns
        names = [name for name in listing.names if not owns(name, is_folder=name in listing.below)]
    return [sanitize.words(name) for name in names]


def _order(batch: Batch) -> tuple[str, list[str]]:
    """Sort in the same way whatever order the export is in, so that every key stays with its student."""
    return batch.name, sorted(str(file.path) for file in batch.files)


def _submitted(export: Path, key: str, batch: Batch) -> Submitted:
    names = [sanitize.words(file.path.name) for file in batch.files]
    dates = config.load().dates
    submitted = dates.in_zone(batch.submitted) if batch.submitted else None
    days_late = dates.days_late(submitted) if submitted else None
    handin = Handin(
        key=key,
        people=batch.people,
        file_name=names[0] if len(names) == 1 else "",
        submitted=submitted,
        late=batch.late or bool(days_late),
        days_late=days_late,
        return_to=batch.return_to,
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
