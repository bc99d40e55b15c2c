"""Tell what bytes are that are no program: a document, an archive, something compiled."""

import io
import re
import unicodedata
import zipfile

from autograder.intake.decode import text_of

OFFICE = "a Word or other Office document; save it as plain text"
# How files begin that are handed in by mistake, and what they then are.
SIGNATURES = {
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"\x7fELF": "a compiled program",
    b"MZ\x90\0": "a compiled program",
    b"\xcf\xfa\xed\xfe": "a compiled program",
    b"\xca\xfe\xba\xbe": "a compiled program",
    b"{\\rtf": "a rich-text document; save it as plain text",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": OFFICE,
    b"L\0\0\0\x01\x14\x02\0": "a Windows shortcut; hand in the file that it points to",
    b"[InternetShortcut]": "a Windows shortcut; hand in the file that it points to",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x93NUMPY": "an array saved by NumPy",
    b"bplist00": "a macOS property list",
    b"\0\x05\x16\x07": "a hidden file that macOS keeps beside another; hand in the other file itself",
    b"\0\0\0\x01Bud1": "a hidden file that macOS keeps in a folder; hand in the file itself",
    b"SQLite format 3": "a database",
}
# The number of the version, then a line end that transfers as text would spoil.
COMPILED_PYTHON = re.compile(rb"[^\t\n\r -~].\r\n|[ -~][\x0d-\x0f]\r\n", re.DOTALL)
TAR, TAR_AT = b"ustar", 257
# No program begins with a tag; "<<<<<<<" is what Git leaves of a conflict, and is said by Python.
WEB_PAGE = re.compile(r"\s*<[a-zA-Z!?/]")
# What a zip archive is that holds a member of this name.
DOCUMENTS = {
    "[Content_Types].xml": OFFICE,
    "META-INF/manifest.xml": "a LibreOffice document; save it as plain text",
    "Index/Document.iwa": "a Pages document; save it as plain text",
}
SAMPLE = 20_000  # characters that are looked at
CONTROLS = re.compile(r"[\0-\x08\x0e-\x1a\x1c-\x1f]")
NOBODYS = ("Cn", "Co", "Cs")  # no sign of any alphabet
MOST_STRANGE = 0.03  # of the characters of a text


def of(source: bytes) -> str:
    """Return what the bytes are if they cannot be a program, such as "a picture"; else nothing."""
    for signature, kind in SIGNATURES.items():
        if source.lstrip().startswith(signature) or source.startswith(signature):
            return kind
    if COMPILED_PYTHON.match(source) and b"\0" in source[:16]:
        return "compiled Python (a .pyc)"
    if source[TAR_AT : TAR_AT + len(TAR)] == TAR:
        return "a tar archive"
    text, notes = text_of(source)
    if WEB_PAGE.match(text.lstrip("\ufeff")):
        return "a web page; download the file itself"
    if _is_strange(text.strip("\0")[:SAMPLE], wide="UTF-16" in "".join(notes)):
        return "not even text, but something compressed or compiled"
    return ""


def of_archive(source: bytes) -> str:
    """Return which document a zip archive is; nothing if it is an archive like any other, or damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            names = set(archive.namelist())
    except Exception:  # damaged in whatever way: said where its members are read
        return ""
    return next((kind for name, kind in DOCUMENTS.items() if name in names), "")


def _is_strange(text: str, *, wide: bool) -> bool:
    """Tell whether this is no text: it holds more signs than a slip can explain that nobody types.

    wide: it was taken for UTF-16, in which nearly any two bytes are a sign of some kind.
    """
    strange = len(CONTROLS.findall(text))
    if wide:
        strange += sum(unicodedata.category(sign) in NOBODYS for sign in text)
    return strange > 2 and strange > MOST_STRANGE * len(text)
