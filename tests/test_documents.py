"""What the documents point at is there, and the first page stays a page."""

import re
from pathlib import Path

import pytest

from autograder import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "report_tools" / "README.md"])
LINK = re.compile(r"\[[^\]]+\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    for name, heading in LINK.findall(document.read_text(encoding="utf-8")):
        target = document.parent / name if name else document
        assert target.exists(), name
        assert not heading or heading in headings(target), f"{name}#{heading}"


def headings(document: Path) -> set[str]:
    """Return the anchors that GitHub makes of a document's headings."""
    text = document.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


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
