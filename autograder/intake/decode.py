"""Turn the bytes of a file into the text of a program, in whatever encoding they were saved."""

import codecs
import dataclasses
import io
import re
import tokenize
import unicodedata

from autograder.intake.places import PLAIN_FILE, Places

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
# What editors write.  Python has others, some of which take minutes to decode a megabyte.
CREDIBLE = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp125\d|cp437|cp850|cp932|cp936|cp949|mac-roman|"
    r"koi8-[ru]|gbk|gb2312|gb18030|big5|shift_jis|euc_(jp|kr)"
)
# Letters of other alphabets that look like the Latin ones of the names that are graded.
LOOKALIKES = str.maketrans("аеорсхуіѕԁһкԛԝΝοαυν", "aeopcxyisdhkqwNoauv")
NAME = re.compile(r"\b(?:def|class)\s+(\w+)")


@dataclasses.dataclass(frozen=True)
class SourceCode:
    """The text of a program, a sentence for each thing that was odd, and where its lines stand."""

    text: str
    notes: tuple[str, ...]
    places: Places = PLAIN_FILE


def decode(source: bytes) -> SourceCode:
    """Decode as Python would, and where Python would give up, as the writer must have meant it."""
    return tidy(*text_of(source))


def text_of(source: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file as it stands there, and what was odd about its encoding."""
    encoding, notes = _encoding(source)
    try:
        text = source.decode(encoding)
    except UnicodeDecodeError:
        text = source.decode("cp1252" if _decodes(source, "cp1252") else "latin-1")
        notes = [
            *notes,
            f"Your file is not valid {encoding.upper()}; it was read as Latin-1. Save it as UTF-8.",
        ]
    return text, tuple(notes)


def tidy(text: str, notes: tuple[str, ...]) -> SourceCode:
    """Leave out what Python refuses in a text, write line ends as Python does, and note what was odd."""
    if "\0" in text:
        text = text.replace("\0", "")
        notes = (
            *notes,
            "Your file contains NUL characters, which Python does not accept; they were left out.",
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SourceCode(text, (*notes, *_lookalikes(text)))


def _encoding(source: bytes) -> tuple[str, list[str]]:
    for mark, encoding in MARKS:
        if source.startswith(mark):
            return encoding, _unless_utf_8(encoding)
    if source[:400].count(0) * 3 > len(source[:400]):  # every second byte of English UTF-16 is zero
        encoding = "utf-16-le" if source[1:2] == b"\0" else "utf-16-be"
        return encoding, _unless_utf_8(encoding)
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(source[:1000]).readline)[0]
    except SyntaxError:  # what it claims to be it is not, or nobody knows
        return "utf-8", []
    encoding = "utf-8" if encoding == "utf-8-sig" else codecs.lookup(encoding).name
    return (encoding if CREDIBLE.fullmatch(encoding) else "utf-8"), []


def _unless_utf_8(encoding: str) -> list[str]:
    if encoding.startswith("utf-8"):
        return []
    return [
        f"Your file is saved as {encoding[:6].upper()}, which Python cannot run; it was read all "
        "the same. Save it as UTF-8."
    ]


def _decodes(source: bytes, encoding: str) -> bool:
    try:
        source.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _lookalikes(text: str) -> list[str]:
    """Point out definitions whose names only look like what they seem to be."""
    notes = []
    for name in sorted(set(NAME.findall(text))):
        latin = name.translate(LOOKALIKES)
        if latin != name and latin.isascii():
            strange = next(letter for letter in name if not letter.isascii())
            notes.append(
                f"Your file defines `{latin}` with a letter of another alphabet "
                f"({unicodedata.name(strange).title()}), which makes it a different name. Type "
                "the name again."
            )
    return notes[:5]
