"""Make mutants of the reference's answers: small slips that nobody thought of.

The operators are cosmic-ray's: it hands out the mutated source, where other mutation
libraries insist on running the tests themselves, in the process of the code under test.
"""

import dataclasses
from collections.abc import Iterator

import msgspec

from autograder.assignment import config, template
from autograder.assignment.config import Assignment
from autograder.assignment.contract import contract_of
from autograder.assignment.template import ANSWER
from autograder.common import toml_file

# `a | b` and the like raise at once on floats: they would only make the count look good.
ARITHMETIC = {"Add", "Sub", "Mul", "Div", "Pow"}


@dataclasses.dataclass(frozen=True)
class Mutant:
    """The reference with one mutation: in which function, in which line, and the line now."""

    function: str  # its key
    shown: str
    line: int
    text: str
    source: bytes

    @property
    def name(self) -> str:
        """Name the mutant for a person."""
        return f"{self.shown}, line {self.line}: {self.text}"


class Equivalent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why mutants whose line reads so are right submissions all the same."""

    function: str
    lines: list[str]
    reason: str


def mutants() -> Iterator[Mutant]:
    """Yield every mutant of the reference's answers; given code is left alone."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    assignment = config.load()
    source, answers = template.reference(assignment), _answers(assignment)
    seen: set[str] = set()
    for name in sorted(operator_names()):
        if not _is_wanted(name):
            continue
        operator, occurrence = get_operator(name), 0
        while (mutated := mutate_code(source, operator(), occurrence)) not in (None, source):
            occurrence += 1
            mutant = _mutant(source, mutated, answers, assignment)
            if mutant is not None and mutated not in seen:
                seen.add(mutated)
                yield mutant


def equivalents() -> dict[tuple[str, str], str]:
    """Read, by function and mutated line, why some mutants are right all the same."""
    found: dict[tuple[str, str], str] = {}
    for problem in config.load().contract.problems:
        contract = contract_of((problem.name,))
        file = problem.folder / "zoo" / "equivalent.toml"
        source = f"{problem.name}/zoo/equivalent.toml"
        tables = toml_file.read(file, source).get("equivalent", []) if file.is_file() else []
        for entry in toml_file.convert(tables, list[Equivalent], source):
            found |= {(contract.key(entry.function), line): entry.reason for line in entry.lines}
    return found


def _is_wanted(operator: str) -> bool:
    words = operator.split("/")[1].split("_")
    if words[0] == "ReplaceBinaryOperator":
        return set(words[1:]) <= ARITHMETIC
    return not words[0].startswith("Variable")  # these want a list of names to play with


def _mutant(source: str, mutated: str, answers: dict[int, str], assignment: Assignment) -> Mutant | None:
    """Locate the line that differs, if it is one of an answer."""
    lines = zip(source.splitlines(), mutated.splitlines(), strict=False)
    number, text = next((index, new) for index, (old, new) in enumerate(lines, start=1) if old != new)
    key = answers.get(number)
    if key is None:
        return None
    code = " ".join(text.partition("  #")[0].split())
    return Mutant(key, assignment.contract.shown[key], number, code, mutated.encode())


def _answers(assignment: Assignment) -> dict[int, str]:
    """Map each line of an answer to the key of its function."""
    source = template.reference(assignment)
    lines: dict[int, str] = {}
    for answer in ANSWER.finditer(source):
        first, last = source.count("\n", 0, answer.start()) + 1, source.count("\n", 0, answer.end())
        lines.update(dict.fromkeys(range(first, last + 1), assignment.contract.key(answer["function"])))
    return lines
