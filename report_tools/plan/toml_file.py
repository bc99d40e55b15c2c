"""Read TOML files strictly: an unknown key or a value of the wrong kind is one clear sentence."""

import difflib
import re
import sys
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from autograder.common.errors import UserError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")


def read(path: Path) -> dict[str, Any]:
    """Parse the file; raises UserError if it cannot be read or is not TOML."""
    try:
        return dict(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not valid TOML: {error}.") from None


def value(text: str) -> Any:
    """Read one value as TOML would, and anything that is not TOML as a bare word."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def convert(tables: Any, record: type[T], source: str) -> T:
    """Turn parsed TOML into a record; raises UserError that names `source` and the key."""
    try:
        return msgspec.convert(tables, record)
    except msgspec.ValidationError as error:
        raise UserError(f"{source}: {_explain(str(error), record)}") from None


def _explain(message: str, record: Any) -> str:
    message = message.replace("Object", "the table").replace("`$.", "`").replace(" - at `$`", "")
    unknown = re.search(r"unknown field `(\w+)`", message)
    if unknown:
        close = difflib.get_close_matches(unknown[1], getattr(record, "__struct_fields__", ()), n=1)
        return message + (f"; did you mean `{close[0]}`?" if close else "; remove it.")
    return message + "."
