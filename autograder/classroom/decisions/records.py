"""Read decisions.toml: what people decided, record by record, with the line where each one stands."""

import datetime
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import msgspec

from autograder.classroom.grades_folder import for_staff
from autograder.common import text_file, toml_file
from autograder.common.errors import UserError

NAME = "decisions.toml"
TABLES = ("decisions", "extensions")

T = TypeVar("T", bound="Record")


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of decisions.toml."""


class Decision(Record, frozen=True):
    """Points given back or taken, from everybody whom it fits.

    mistake: a name or a title as the pages show it.  check: numbers as the pages show them; "1.4" is all of
    1.4.1, 1.4.2, ...  person: a number, an e-mail address, a name or a key.  Where several are told, all
    of them must fit.  points: to each person; "all": what it cost them.  reason: what the student reads.
    """

    points: int | float | Literal["all"]
    reason: str
    by: str
    when: datetime.date
    mistake: str = ""
    check: str | tuple[str, ...] = ()
    person: str = ""

    @property
    def checks(self) -> tuple[str, ...]:
        """Return the numbers of the checks."""
        return (self.check,) if isinstance(self.check, str) else self.check

    @property
    def exact(self) -> Decimal | None:
        """Return the points as they are written; None for "all"."""
        return None if self.points == "all" else Decimal(str(self.points))

    @property
    def about(self) -> str:
        """Say in a few words what is decided."""
        of = [f"the mistake “{self.mistake}”"] if self.mistake else []
        of += [f"check {', '.join(self.checks)}"] if self.checks else []
        return ", ".join(of + ([self.person] if self.person else []))


class Extension(Record, frozen=True):
    """Days that somebody has more than the others.  Nothing but the days is shown to the student."""

    person: str
    days: int
    reason: str = ""
    by: str = ""
    when: datetime.date | None = None

    @property
    def about(self) -> str:
        """Say in a few words what is decided."""
        return f"the extension of {self.person}"


@dataclass(frozen=True)
class Placed(Generic[T]):
    """A record, and where it stands, as people find it."""

    where: str
    says: T


@dataclass(frozen=True)
class Decisions:
    """Everything that a file says; nothing if there is none.  `file`: its name, as people gave it."""

    decisions: tuple[Placed[Decision], ...] = ()
    extensions: tuple[Placed[Extension], ...] = ()
    file: str = NAME


def of_class(submissions: Path, grades: Path, named: Path | None) -> Decisions:
    """Read the file that is named, or else the one beside the submissions, if there is one.

    Raises UserError for one that is broken, or lies where nobody would read it.
    """
    folder = submissions.parent if submissions.name else submissions.absolute().parent
    file = named or folder / NAME
    for unread in (submissions / NAME, grades / NAME, for_staff(grades) / NAME):
        if unread.is_file() and unread.resolve() != file.resolve():
            raise UserError(
                f"{unread} is not read from there; move it to {file}, or name it with --decisions."
            )
    return read(file) if named or file.exists() else Decisions(file=str(file))


def read(file: Path) -> Decisions:
    """Read a decisions.toml; raises UserError, one sentence with the line, if it is none."""
    return parse(text_file.read(file), str(file))


def parse(text: str, source: str = NAME) -> Decisions:
    """Read the text of a decisions.toml; see `read`."""
    tables = toml_file.parse(text, source)
    strange = [name for name in tables if name not in TABLES]
    if strange:
        line = _first_line(text, rf"\[*\s*[\"']?{re.escape(strange[0])}\b")
        raise UserError(
            f"{_at(source, line)}: there is no `{strange[0]}`; each record begins with [[decisions]] or "
            "[[extensions]]."
        )
    decisions = _records(tables, text, source, "decisions", Decision)
    extensions = _records(tables, text, source, "extensions", Extension)
    for one in decisions:
        _require_sense(one.says, one.where)
    for other in extensions:
        if other.says.days < 1 or not other.says.person.strip():
            raise UserError(f"{other.where}: an extension needs a person, and a number of days, 1 or more.")
    return Decisions(decisions, extensions, source)


def snippet(*, mistake: str = "", checks: Sequence[str] = (), person: str = "") -> str:
    """Return the lines to paste into decisions.toml; what is left empty is for people to fill in."""
    shown = {"mistake": mistake, "check": list(checks) if len(checks) > 1 else "".join(checks)}
    named = [f"{key} = {_quoted(value)}" for key, value in {**shown, "person": person}.items() if value]
    return "\n".join(
        [
            "[[decisions]]",
            *named,
            'points =    # for each; below 0 takes points; "all" gives back what it cost',
            'reason = "" # for the student',
            'by = ""',
            "when =      # YYYY-MM-DD",
        ]
    )


def _quoted(value: str | list[str]) -> str:
    """Write text as TOML does; JSON quotes the same way, but for one sign."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _records(
    tables: dict[str, Any], text: str, source: str, name: str, kind: type[T]
) -> tuple[Placed[T], ...]:
    """Turn the tables of one name into records."""
    found = tables.get(name, [])
    if not isinstance(found, list):
        line = _first_line(text, rf"\[?\s*{name}\b")
        raise UserError(f"{_at(source, line)}: write [[{name}]] with two brackets on each side.")
    headings = _lines(text, rf"\[\[\s*{name}\s*\]\]")
    if len(headings) == len(found):
        places = [_at(source, line) for line in headings]
    else:  # written in another way than people do
        places = [f"{source}, number {number} of {name}" for number in range(1, len(found) + 1)]
    converted = [toml_file.convert(one, kind, where) for where, one in zip(places, found, strict=True)]
    return tuple(Placed(where, one) for where, one in zip(places, converted, strict=True))


def _require_sense(decision: Decision, where: str) -> None:
    """Raise UserError for what is TOML, and no decision."""
    names = (decision.mistake, *decision.checks, decision.person)
    if not any(name.strip() for name in names):
        raise UserError(f"{where}: the decision names no mistake, check or person; name one.")
    for key in ("reason", "by"):
        if not getattr(decision, key).strip():
            raise UserError(f"{where}: `{key}` is empty; say {'why' if key == 'reason' else 'who decides'}.")
    exact = decision.exact
    if exact is None:
        if not (decision.mistake or decision.checks):
            raise UserError(
                f'{where}: "all" gives back what a mistake or a check cost; name one, or write a number.'
            )
    elif not math.isfinite(exact) or not exact or exact != round(exact, 2):
        raise UserError(
            f"{where}: points = {decision.points} is not possible; write a number other than 0, with "
            'at most two decimals, or "all".'
        )


def _lines(text: str, pattern: str) -> list[int]:
    return [
        number for number, line in enumerate(text.split("\n"), start=1) if re.match(rf"\s*{pattern}", line)
    ]


def _first_line(text: str, pattern: str) -> int | None:
    return next(iter(_lines(text, pattern)), None)


def _at(source: str, line: int | None) -> str:
    return source if line is None else f"{source}, line {line}"
