"""Take over what an export says of a person: cleaned, with the accents of the name."""

import unicodedata

from autograder.common import sanitize
from autograder.intake.handin import Person


def person(name: object, number: object = "", email: object = "") -> Person:
    """Return a person; anything that is not text in the export counts as missing."""
    return Person(name=_told(name), id=_told(number), email=_told(email))


def _told(value: object) -> str:
    return sanitize.clean(unicodedata.normalize("NFC", value), 100) if isinstance(value, str) else ""
