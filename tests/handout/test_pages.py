"""What is built can be read by everyone: without a network, by keyboard, aloud, on paper."""

import datetime
import itertools
import re
from html.parser import HTMLParser

import pytest

from handout import TEMPLATES, pages

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Page(HTMLParser):
    """Collect what the tests ask for."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.unclosed = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unclosed.append(tag)

    def attributes(self, name):
        return [attrs[name] for _, attrs in self.tags if name in attrs]


@pytest.fixture(scope="module", params=["handout.html", "for-staff/marking-guide.html"])
def text(dist, request):
    return (dist / request.param).read_text(encoding="utf-8")


@pytest.fixture
def page(text):
    return Page(text)


def test_it_needs_no_other_file(page, text):
    assert page.attributes("src") == []
    assert [tag for tag, _ in page.tags if tag in {"link", "script", "iframe", "object"}] == []
    assert "url(http" not in text
    assert "@import" not in text


def test_every_link_leads_somewhere_in_it(page):
    anchors = page.attributes("id")
    assert len(anchors) == len(set(anchors))
    targets = [target for target in page.attributes("href") if target.startswith("#")]
    assert set(targets) == set(page.attributes("href"))
    assert {target[1:] for target in targets} <= set(anchors)


def test_headings_go_down_one_step_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))


def test_it_is_marked_up_for_screen_readers_and_keyboards(page, text):
    assert ("html", {"lang": "en"}) in page.tags
    assert 'class="skip" href="#content"' in text
    assert all(attrs.get("role") == "img" and attrs["aria-label"] for tag, attrs in page.tags if tag == "svg")
    scrolling = [attrs for _, attrs in page.tags if attrs.get("class") == "scroll"]
    assert len(scrolling) == [tag for tag, _ in page.tags].count("table")
    assert all(attrs["tabindex"] == "0" and attrs["aria-label"] for attrs in scrolling)
    inputs = [attrs for tag, attrs in page.tags if tag == "input"]
    assert all(attrs["type"] == "checkbox" for attrs in inputs)


def test_every_tag_is_closed(page):
    assert page.unclosed == []
    assert page.open == []


def test_nothing_of_the_markup_is_left(text):
    prose = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<annotation.*?</annotation>", "", text, flags=re.DOTALL)
    for leftover in ("{{", "}}", "{%", "{#", "[R", "$$", "**", "::: "):
        assert leftover not in prose


def test_rulings_parts_and_formulas_are_there(dist, this_term):
    page = Page((dist / "handout.html").read_text(encoding="utf-8"))
    anchors = set(page.attributes("id"))
    assert {f"R{i}" for i in range(1, 26)} | {part.number for part in this_term.parts} <= anchors
    assert [tag for tag, _ in page.tags].count("math") > 50


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["text", "quiet", "link"])
@pytest.mark.parametrize("paper", ["back", "panel", "box"])
def test_contrast_is_at_least_4_5(scheme, ink, paper):
    """WCAG 2.1 asks for 4.5 to 1 in text (success criterion 1.4.3)."""
    block = (TEMPLATES / "page.css").read_text(encoding="utf-8").split(":root {")[scheme + 1].split("}")[0]
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    light, dark = sorted((luminance(colours[ink]), luminance(colours[paper])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("name", ["handout.pdf", "for-staff/marking-guide.pdf"])
def test_the_pdf_is_tagged(dist, name):
    content = (dist / name).read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/MarkInfo" in content
    assert b"/StructTreeRoot" in content


def test_the_same_text_gives_the_same_bytes():
    metadata = {"title": "T", "pagetitle": "T", "course": "C", "term": "W", "subtitle": "S"}
    made = datetime.date(2027, 1, 18)
    assert pages.pdf("# A {#a}\n\n$x^2$", metadata, made) == pages.pdf("# A {#a}\n\n$x^2$", metadata, made)


def test_signs_in_a_title_are_only_signs():
    name = 'A & B <i> #1 "C" [d] $e$ @f'
    metadata = {"title": name, "pagetitle": name, "course": name, "term": name, "subtitle": name}
    page = pages.html("text", metadata).decode()
    assert "<h1>A &amp; B &lt;i&gt; #1 &quot;C&quot; [d] $e$ @f</h1>" in page.replace("”", "&quot;").replace(
        '"C"', "&quot;C&quot;"
    )
    assert pages.pdf("text", metadata, datetime.date(2027, 1, 18)).startswith(b"%PDF-")
