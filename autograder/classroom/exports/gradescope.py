"""Read Gradescope's export: folders `submission_<id>`, and who they belong to in one YAML file."""

import datetime
import re
from typing import Any

import msgspec
import yaml

from autograder.classroom.exports.archive import Batch, File, Listing, opened
from autograder.classroom.exports.people import person
from autograder.common.errors import UserError
from autograder.intake import stored
from autograder.intake.handin import Person

METADATA = "submission_metadata.yml"
MAX_BYTES, MAX_DEPTH = 256 << 20, 100  # it holds every output of every test of the class
FOLDER = re.compile(r"submission_\d+")
# It takes every value for text (a student's number may begin with zeros) and builds nothing,
# whatever Ruby class the file names.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def matches(listing: Listing) -> bool:
    """Tell whether this is Gradescope's."""
    return listing.file(METADATA) is not None


def owns(name: str, *, is_folder: bool) -> bool:
    """Tell whether something at the top of the export belongs there."""
    return bool(FOLDER.fullmatch(name)) if is_folder else name == METADATA


def batches(listing: Listing) -> list[Batch]:
    """Return one batch per submission, whether its folder or its entry is missing or not."""
    entries = _metadata(listing)
    return [
        _batch(name, entries.get(name), listing.below.get(name, ()))
        for name in sorted({*listing.below, *entries})
    ]


def _batch(name: str, entry: object, files: tuple[File, ...]) -> Batch:
    entry = entry if isinstance(entry, dict) else {}
    return Batch(name, _people(entry) or (person(name),), files, _time(entry.get(":created_at")))


def _people(entry: dict[str, Any]) -> tuple[Person, ...]:
    submitters = entry.get(":submitters")
    return tuple(
        person(one.get(":name"), one.get(":sid"), one.get(":email"))
        for one in (submitters if isinstance(submitters, list) else [])
        if isinstance(one, dict)
    )


def _time(value: object) -> datetime.datetime | None:
    """Read a time, with the offset that it is written with."""
    if not isinstance(value, str):
        return None
    written = re.sub(r"\s+(Z|[+-]\d\d:?\d\d)$", r"\1", value.strip())
    written = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", written)
    try:
        return msgspec.convert(written, datetime.datetime, strict=False)
    except msgspec.ValidationError:
        return None


def _metadata(listing: Listing) -> dict[str, Any]:
    """Read the YAML file; raises UserError if it is none."""
    file = listing.file(METADATA)
    try:
        with opened(listing.export, (file,) if file else ()) as (entries, _):
            source = entries[0].read(MAX_BYTES)
        if len(source) > MAX_BYTES or _is_too_deep(source):
            raise ValueError("it is too large or too deep")
        content = yaml.load(source, LOADER)
    except (*stored.UNREADABLE, yaml.YAMLError):
        raise UserError(
            f"{METADATA} in {listing.export} cannot be read; download the export again."
        ) from None
    if not isinstance(content, dict):
        raise UserError(f"{METADATA} in {listing.export} names no submissions; download the export again.")
    return {
        name: entry for name, entry in content.items() if isinstance(name, str) and FOLDER.fullmatch(name)
    }


def _is_too_deep(source: bytes) -> bool:
    """Tell whether loading would take more stack than there is; libyaml does not."""
    depth = 0
    for event in yaml.parse(source, LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            return True
    return False
