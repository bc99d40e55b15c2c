"""Put names in the order in which people look for them: accents, capitals and punctuation do not count."""

import unicodedata

# Letters that no decomposition takes apart, and how they are written without them.
WHOLE_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def folded(text: str) -> str:
    """Return text in small letters and digits alone, without accents; "O'Brien" becomes "obrien"."""
    small = unicodedata.normalize("NFKD", text.casefold()).translate(WHOLE_LETTERS)
    kept = (sign if sign.isalnum() else " " * sign.isspace() for sign in small)
    return " ".join("".join(kept).split())


def alphabetical(text: str) -> tuple[str, str]:
    """Return what sorts names by the alphabet; of two that are alike but for accents, always in one order."""
    return folded(text), text
