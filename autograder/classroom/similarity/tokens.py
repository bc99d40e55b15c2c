"""Read Python as a sequence of tokens in which names, numbers, strings and layout do not count."""

import dataclasses
import difflib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import numpy as np
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Error, Keyword, Name, Number, String, Text

# No solution is so long; what follows is left out.
MAX_LETTERS, MAX_LINES = 100_000, 4000
CLOSING = (")", "]", "}")
LEXER = PythonLexer()


@dataclasses.dataclass(frozen=True)
class Token:
    """What a token is, whatever it is called, and the line it stands in."""

    kind: str
    line: int  # the first is 1


def read(code: str) -> list[Token]:
    """Return the tokens of a program, also of one that Python cannot run."""
    found: list[Token] = []
    for kind, line in _kinds(code[:MAX_LETTERS]):
        if line > MAX_LINES:
            break
        if found and kind == "string" == found[-1].kind:
            continue  # the parts of one string
        if found and kind in CLOSING and found[-1].kind == ",":
            found.pop()  # a formatter adds this comma, or takes it away
        if kind not in ("(", ")"):  # and parentheses too
            found.append(Token(kind, line))
    return found


def written(tokens: list[Token], template: list[Token]) -> list[Token]:
    """Return the tokens of the lines that are not the template's."""
    lines, given = _lines(tokens), _lines(template)
    matcher = difflib.SequenceMatcher(None, list(lines.values()), list(given.values()), autojunk=False)
    numbers = list(lines)
    of_template = {
        numbers[at] for block in matcher.get_matching_blocks() for at in range(block.a, block.a + block.size)
    }
    return [token for token in tokens if token.line not in of_template]


def _lines(tokens: list[Token]) -> dict[int, tuple[str, ...]]:
    """Return the kinds of the tokens of every line that has some."""
    lines: dict[int, list[str]] = defaultdict(list)
    for token in tokens:
        lines[token.line].append(token.kind)
    return {number: tuple(kinds) for number, kinds in lines.items()}


def _kinds(code: str) -> Iterator[tuple[str, int]]:
    line, before = 1, ""
    found = [(type_, value) for _, type_, value in LEXER.get_tokens_unprocessed(code)]
    following = [*(value for _, value in found[1:]), ""]
    for (type_, value), after in zip(found, following, strict=False):
        if type_ not in Text and type_ not in Comment and type_ not in String.Doc:
            yield _kind(type_, value, before, after), line
            before = value
        line += value.count("\n")


def _kind(type_: object, value: str, before: str, after: str) -> str:
    """Return what stays of a token when everything is renamed that can be."""
    if type_ in Error:
        return "error"
    if type_ in String:
        return "string"
    if type_ in Number:
        return "number"
    if type_ not in Name or type_ in Keyword:
        return value
    is_shared = value in _attributes() if before == "." else type_ in Name.Builtin and after == "("
    return value if is_shared else "name"


@cache
def _attributes() -> frozenset[str]:
    """Return what stands after a dot and is called the same by everybody."""
    names = {*dir(np), *dir(np.random), *dir(np.linalg), *dir(np.ndarray), *dir(dict), *dir(list)}
    return frozenset(names)
