"""Text from a submission, fit to be shown anywhere."""

import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.text import Text

from autograder.common import sanitize
from tests.table import table


@given(said=st.text(max_size=500))
def test_clean_text_is_short_visible_and_on_one_line(said: str) -> None:
    shown = sanitize.clean(said, 100)
    assert len(shown) <= 100
    assert "\n" not in shown
    assert shown.isprintable()


@given(said=st.text(alphabet="`<>&[]()*_#|!~\\\n\"'a \t$-=", max_size=60))
def test_quoted_text_is_code_and_nothing_else(said: str) -> None:
    markdown = f"It raises E ({sanitize.code(said)})."
    _, inline, _ = MarkdownIt("commonmark").parse(markdown)
    assert {child.type for child in inline.children or []} <= {"text", "code_inline"}
    html = MarkdownIt("commonmark").render(markdown)
    assert set(re.findall(r"<(/?\w+)", html)) <= {"p", "/p", "code", "/code"}


@given(said=st.text(max_size=200))
def test_names_and_words_hold_nothing_that_means_something(said: str) -> None:
    assert re.fullmatch(r"[\w.]+", sanitize.name(said))
    assert not set("`<>&[]*#|\\\n\x1b") & set(sanitize.words(said))
    assert Text.from_markup(sanitize.words(said)).plain == sanitize.words(said)


@table(
    ("said", "shown"),
    [
        ("a\x1b[2Jb", "a[2Jb"),
        ("user\u202etxt.exe", "usertxt.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("two\nlines\r\n", "two lines"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 2),
        ("x" * 1000, "x" * 299 + "…"),
        ("été 数学", "été 数学"),
    ],
)
def test_clean(said: str, shown: str) -> None:
    assert sanitize.clean(said) == shown
