"""Make what a submission says fit to be shown: short, on one line, and unable to pass for anything else.

Whatever text comes from a submission (what it raises, its lines, its names, its keys) goes
through one of these where it enters, so that no rendering of a Report need think of it.
"""

import re
import unicodedata

# Control, format (bidi overrides, zero width), surrogate, private, unassigned, separators.
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
MARKS = ("Mn", "Me")  # accents that pile up on one letter
MAX_MARKS = 2
MAX_NAME = 80
# Where an object lies differs from run to run; the same file must get the same words.
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def clean(text: str, limit: int = 300) -> str:
    """Return text on one line, of at most `limit` characters, every one of which is visible.

    It may still mean something to Markdown; `code` is for sentences.
    """
    text = ADDRESS.sub("0x...", text[: 4 * limit])
    harmless = text.isascii() and text.isprintable()  # nearly always, and told much quicker
    line = " ".join((text if harmless else _visible(text)).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _visible(text: str) -> str:
    """Leave out what cannot be seen; line breaks and tabs become spaces."""
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in MARKS else 0
        if character in "\t\r\n\v\f\u2028\u2029":
            shown.append(" ")
        elif category not in UNSEEN and marks <= MAX_MARKS:
            shown.append(character)
    return "".join(shown)


def code(text: str, limit: int = 300) -> str:
    """Quote text as code, which neither Markdown nor HTML nor a terminal reads as anything else."""
    line = clean(text, limit).replace("`", "'")
    return f"`{line}`" if line else ""


def name(text: str) -> str:
    """Return a name as Python has them, dots included; what no name holds becomes "_"."""
    return re.sub(r"[^\w.]", "_", clean(text, MAX_NAME)) or "_"


def words(text: str, limit: int = 100) -> str:
    """Return text, such as the name of a file, in letters that mean nothing to any rendering."""
    return re.sub(r"[^\w .,()+'-]", "_", clean(text, limit)) or "_"
