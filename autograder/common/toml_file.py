"""Read TOML files strictly: an unknown key or a value of the wrong kind is one clear sentence."""

import ast
import difflib
import re
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from autograder.common import text_file
from autograder.common.errors import UserError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")
BOUNDS = {">": "be more than {}", ">=": "be {} or more", "<": "be less than {}", "<=": "be {} or less"}


def read(path: Path, source: str = "") -> dict[str, Any]:
    """Parse the file; raises UserError if it cannot be read or is not TOML.

    source: what the sentence calls the file; its path, if nothing is given.
    """
    return parse(text_file.read(path, source), source or str(path))


def parse(text: str, source: str) -> dict[str, Any]:
    """Parse TOML; raises UserError that names `source` if it is none."""
    try:
        return dict(tomllib.loads(f"{text}\n"))  # so that what the last line lacks is told with its number
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{source} is not valid TOML: {error}.") from None


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
    """Rewrite msgspec's message as a sentence that names the table, with the likely spelling."""
    message = message.replace("Object", "the table").replace("`$.", "`").replace(" - at `$`", "")
    broken = re.fullmatch(r"Expected `\w+` (matching regex|of length|[<>]=?) (.*?)( - at `.*`)?", message)
    if broken:
        kind, limit, place = broken.groups()
        what = place.removeprefix(" - at ").replace("`key` in ", "a key of ") if place else "the value"
        return f"{what} must {_constraint(kind, limit, record)}."
    choice = re.fullmatch(r"Invalid enum value '?(.*?)'?(?: - at (`.*`))?", message)
    if choice and (known := _choices(choice[2] or "", record)):
        return f"{choice[2] or 'the value'} must be one of {', '.join(known)}, but is {choice[1]}."
    unknown = re.search(r"unknown field `(\w+)`", message)
    if unknown:
        close = difflib.get_close_matches(unknown[1], _keys(record), n=1)
        return message + (f"; did you mean `{close[0]}`?" if close else "; remove it.")
    if re.match(r"Expected `str( \| array)?`, got `(int|float|bool|date|time)", message):
        return message + "; put it in quotes."
    return message + "."


def _constraint(kind: str, limit: str, record: Any) -> str:
    """Say what a value must be: by a pattern, in the words that are written beside it."""
    if kind == "matching regex":
        patterns = {one.pattern: one.description for one in _within(record) if isinstance(one, msgspec.Meta)}
        return "be " + (patterns.get(ast.literal_eval(limit)) or f"text that matches {limit}")
    if kind == "of length":
        return "not be empty" if limit == ">= 1" else f"have a length {limit}"
    return BOUNDS[kind].format(f"{float(limit):.15g}")


def _choices(place: str, record: Any) -> list[str]:
    """List the words of which one is due at a place, if nothing but one of these will do there."""
    key = re.sub(r"\[.*?\]|`", "", place).split(".")[-1]
    fields = (field for one in _records(record) for field in msgspec.structs.fields(one))
    types = [field.type for field in fields if field.encode_name == key] if key else [record]
    values = [typing.get_args(one)[1] if typing.get_origin(one) is dict else one for one in types]
    kinds = [kind for one in values for kind in _within(one)]
    if any(kind in (int, float, str) for kind in kinds):
        return []
    return [
        str(word) for kind in kinds if typing.get_origin(kind) is Literal for word in typing.get_args(kind)
    ]


def _keys(record: Any) -> set[str]:
    """Collect the keys of a record and of every record within it."""
    return {field.encode_name for one in _records(record) for field in msgspec.structs.fields(one)}


def _records(record: Any) -> list[type[msgspec.Struct]]:
    """List a record and every record within it."""
    return [one for one in _within(record) if isinstance(one, type) and issubclass(one, msgspec.Struct)]


def _within(record: Any) -> Iterator[Any]:
    """Yield a record, and the types of its fields with all that they are made of."""
    waiting = [record]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += typing.get_args(kind)  # the records of tuple[Part, ...] or of dict[str, Question]
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            waiting += [field.type for field in msgspec.structs.fields(kind)]
