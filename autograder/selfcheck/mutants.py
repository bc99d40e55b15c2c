"""Make mutants of the reference's answers: small slips that nobody thought of.

The operators are cosmic-ray's: it hands out the mutated source, where other mutation
libraries insist on running the tests themselves, in the process of the code under test.
"""

import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from autograder.assignment.template import ANSWER, REFERENCE_PATH
from autograder.common import toml_file

# `a | b` and the like raise at once on floats: they would only make the count look good.
ARITHMETIC = {"Add", "Sub", "Mul", "Div", "Pow"}
EQUIVALENT = Path(__file__).with_name("equivalent.toml")


@dataclasses.dataclass(frozen=True)
class Mutant:
    """The reference with one mutation: in which function, in which line, and the line now."""

    function: str
    line: int
    text: str
    source: bytes

    @property
    def name(self) -> str:
        """Name the mutant for a person."""
        return f"{self.function}, line {self.line}: {self.text}"


class Equivalent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why mutants whose line reads so are right submissions all the same."""

    function: str
    lines: list[str]
    reason: str


def mutants() -> Iterator[Mutant]:
    """Yield every mutant of the reference's answers; given code is left alone."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    source = REFERENCE_PATH.read_text(encoding="utf-8")
    seen: set[str] = set()
    for name in sorted(operator_names()):
        if not _is_wanted(name):
            continue
        operator, occurrence = get_operator(name), 0
        while (mutated := mutate_code(source, operator(), occurrence)) not in (None, source):
            occurrence += 1
            mutant = _mutant(source, mutated)
            if mutant is not None and mutated not in seen:
                seen.add(mutated)
                yield mutant


def equivalents() -> dict[tuple[str, str], str]:
    """Read, by function and mutated line, why some mutants are right all the same."""
    entries = msgspec.convert(toml_file.read(EQUIVALENT)["equivalent"], list[Equivalent])
    return {(entry.function, line): entry.reason for entry in entries for line in entry.lines}


def _is_wanted(operator: str) -> bool:
    words = operator.split("/")[1].split("_")
    if words[0] == "ReplaceBinaryOperator":
        return set(words[1:]) <= ARITHMETIC
    return not words[0].startswith("Variable")  # these want a list of names to play with


def _mutant(source: str, mutated: str) -> Mutant | None:
    """Locate the line that differs, if it is one of an answer."""
    lines = zip(source.splitlines(), mutated.splitlines(), strict=False)
    number, text = next((index, new) for index, (old, new) in enumerate(lines, start=1) if old != new)
    function = _answers().get(number)
    if function is None:
        return None
    code = " ".join(text.partition("  #")[0].split())
    return Mutant(function, number, code, mutated.encode())


@functools.cache
def _answers() -> dict[int, Any]:
    """Map each line of an answer to its function."""
    source = REFERENCE_PATH.read_text(encoding="utf-8")
    lines = {}
    for answer in ANSWER.finditer(source):
        first, last = source.count("\n", 0, answer.start()) + 1, source.count("\n", 0, answer.end())
        lines.update(dict.fromkeys(range(first, last + 1), answer["function"]))
    return lines
