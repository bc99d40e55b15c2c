"""Read text that a person wrote in an editor: in UTF-8, or refused with the line that is not."""

from pathlib import Path

from autograder.common.errors import UserError


def read(path: Path, source: str = "") -> str:
    """Return the text of the file, without the mark that some editors put before it.

    source: what the sentence calls the file; its path, if nothing is given.
    Raises UserError if the file cannot be read or is not UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UserError(f"{source or path}: line {line} is not UTF-8; save the file as UTF-8.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
