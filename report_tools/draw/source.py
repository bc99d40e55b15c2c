"""Read report.md, the file that a student writes, and turn it into Typst and LaTeX.

It is made once, from the questions of the edition, and never written again.  A comment in it says
where figures and tables come in: `<!-- figures of NAME -->`, `<!-- table of all runs -->`.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from autograder.common.errors import UserError

NAME = "report.md"
PLACEHOLDER = "Your answer."
FIGURES = re.compile(r"<!-- figures of (\S+) -->")
SUMMARY = re.compile(r"<!-- table of all runs -->")
READER = "commonmark_x+sourcepos"
COMMENT = {"typst": "//", "latex": "%"}
MIDDLE = "end of the front matter"
POSITION = "data-pos"  # under which pandoc says where in the source something was
Json = Any
# The text that comes in place of a comment: of the figures of a recipe, or, for "", the table of all runs.
Insert = Callable[[str], str]


class Written(NamedTuple):
    """The report in another language: its title in plain text, what precedes the first heading, the rest."""

    title: str
    front: str
    body: str


def figures_in(text: str) -> dict[str, int]:
    """Map the recipes whose figures the text asks for to the line that does."""
    lines = enumerate(text.splitlines(), start=1)
    return {name: number for number, line in lines for name in FIGURES.findall(line)}


def unwritten(text: str) -> list[int]:
    """List the lines at which nothing has been written yet: an answer, the name."""
    lines = enumerate(text.splitlines(), start=1)
    return [number for number, line in lines if line.strip() in (PLACEHOLDER, "Name:", "Number:")]


def convert(text: str, to: str, insert: Insert) -> Written:
    """Turn the text into "typst" or "latex", with a comment before each block that says its line."""
    tree = json.loads(_pandoc(text, "json", READER))
    blocks: list[Json] = []
    title: list[Json] = []
    for block in tree["blocks"]:
        line, (plain, *_) = _line(block), _unwrap([block])
        if plain["t"] == "Header":
            if plain["c"][0] == 1 and not title:
                title = plain["c"][2]
                continue
            if not any(_is_raw(one, to, MIDDLE) for one in blocks):
                blocks.append(_raw(to, f"{COMMENT[to]} {MIDDLE}"))
            plain["c"][0] = max(1, plain["c"][0] - 1)
        blocks += [_raw(to, f"{COMMENT[to]} {NAME}, line {line}"), _inserted(plain, to, insert)]
    front, _, body = _convert(tree | {"blocks": blocks}, to).partition(f"{COMMENT[to]} {MIDDLE}\n")
    words = _convert(tree | {"blocks": [{"t": "Plain", "c": title}]}, "plain") if title else ""
    return Written(" ".join(words.split()), front, body)


def line_of(written: str, line: int) -> int | None:
    """Return the line of report.md from which a line of its translation comes."""
    before = "\n".join(written.splitlines()[:line])
    found = re.findall(rf"{re.escape(NAME)}, line (\d+)$", before, re.MULTILINE)
    return int(found[-1]) if found else None


def _inserted(block: Json, to: str, insert: Insert) -> Json:
    if block["t"] == "RawBlock" and block["c"][0] == "html":
        if found := FIGURES.search(block["c"][1]):
            return _raw(to, insert(found[1]))
        if SUMMARY.search(block["c"][1]):
            return _raw(to, insert(""))
    return block


def _raw(to: str, text: str) -> Json:
    return {"t": "RawBlock", "c": [to, text]}


def _is_raw(block: Json, to: str, words: str) -> bool:
    return block["t"] == "RawBlock" and block["c"][0] == to and words in block["c"][1]


def _line(block: Json) -> int:
    """Return the first line of a block, from the first position that stands in it."""
    lines = re.findall(rf'"{POSITION}", "(\d+):\d+-\d+:\d+(?:;(\d+))?', json.dumps(block))
    return min(int(number) for number in lines[0] if number) if lines else 0


def _unwrap(node: Json) -> Json:
    """Leave out all that pandoc adds only to say where something was."""
    if isinstance(node, dict) and node.get("t") == "CodeBlock":
        return node | {"c": [["", [], []], node["c"][1]]}  # no colours, for which LaTeX would need macros
    if isinstance(node, dict):
        return {key: _unwrap(value) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    kept: list[Json] = []
    for one in node:
        if isinstance(one, dict) and one.get("t") in ("Div", "Span") and ["wrapper", "1"] in one["c"][0][2]:
            kept += _unwrap(one["c"][1])
        elif not (isinstance(one, list) and one[:1] == [POSITION]):
            kept.append(_unwrap(one))
    return kept


def _convert(tree: Json, to: str) -> str:
    return _pandoc(json.dumps(tree), to, "json")


def _pandoc(text: str, to: str, reader: str) -> str:
    import pypandoc  # type: ignore[import-untyped]  # here, since most commands do without it

    try:
        return str(pypandoc.convert_text(text, to, format=reader, extra_args=["--wrap=preserve"]))
    except RuntimeError as error:
        raise UserError(f"pandoc cannot read {NAME}: {str(error).strip().splitlines()[-1]}.") from None
