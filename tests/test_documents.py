"""What the documents point at is there, and the first page stays a page."""

import re
from pathlib import Path

import pytest

from autograder import ROOT
from autograder.__main__ import commands as autograder
from handout.__main__ import main as handout
from report_tools.commands import main as report_tools

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("[!.]*/README.md")])
TEXTS = sorted({*DOCUMENTS, *(ROOT / "handout").rglob("*.md")})
GROUPS = {"autograder": autograder, "handout": handout, "report_tools": report_tools}
COMMAND = re.compile(r"python -m (autograder|handout|report_tools) ([a-z]+)([^`#\n]*)")
# Files that the pages on adding something make, and those of other graders.
NOT_YET = ("leaky_relu", "line_fit", "gs_suite", "checks.py")
LINK = re.compile(r"\[[^\]]+\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "code", document.read_text(encoding="utf-8"))
    for name, heading in LINK.findall(text):
        target = document.parent / name if name else document
        assert target.exists(), name
        assert not heading or heading in headings(target), f"{name}#{heading}"


def headings(document: Path) -> set[str]:
    """Return the anchors that GitHub makes of a document's headings."""
    text = document.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_and_option_exists(document: Path) -> None:
    for package, name, rest in COMMAND.findall(document.read_text(encoding="utf-8")):
        command = GROUPS[package].commands.get(name)
        assert command, f"python -m {package} {name}"
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, f"python -m {package} {name}{rest}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_that_is_named_exists(document: Path) -> None:
    for name in re.findall(r"\btests/[\w/.]*\w", document.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), name


def test_every_module_that_is_named_exists() -> None:
    folders = ("autograder", "benchmarks", "handout", "report_tools", "tests", "template", "reference")
    there = [
        f"/{path.relative_to(ROOT).as_posix()}"
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
    ]
    for document in DOCUMENTS:
        for name in re.findall(r"`([\w./-]+\.py)`", document.read_text(encoding="utf-8")):
            found = any(path.endswith(f"/{name}") for path in there)
            assert found or any(word in name for word in NOT_YET), f"{document.name}: {name}"


def test_the_first_page_has_at_most_800_words() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 800


def test_every_folder_of_the_tree_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = text.split("## What is where")[1].split("##")[0]
    above = ROOT
    named = set()
    for indent, name in re.findall(r"^( {4,6})(\S+)", tree, flags=re.MULTILINE):
        above = ROOT if len(indent) == 4 else ROOT / "autograder"
        assert (above / name).exists(), name
        named.add(above / name)
    rooms = {room.parent for room in (ROOT / "autograder").glob("*/__init__.py")}
    assert rooms <= named, "a room that the tree does not show"
