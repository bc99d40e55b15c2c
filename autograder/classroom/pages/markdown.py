"""Turn the Markdown that students read into HTML that contains nothing else.

Part of that text was written by a submission.  So only what the grader itself writes is
markup: paragraphs, lists, emphasis and code.  Links, pictures and HTML stay the letters they are.
"""

import unicodedata

from markdown_it import MarkdownIt
from markupsafe import Markup

from autograder.common.sanitize import UNSEEN

WRITTEN_BY_THE_GRADER = ["fence", "list", "backticks", "emphasis", "escape"]
# "zero" knows nothing but paragraphs.
READER = MarkdownIt("zero", {"html": False}).enable(WRITTEN_BY_THE_GRADER)


def blocks(markdown: str) -> Markup:
    """Return text of several paragraphs as HTML."""
    return Markup(READER.render(visible(markdown)))


def line(markdown: str) -> Markup:
    """Return one sentence or a few as HTML that may stand in a line."""
    return Markup(READER.renderInline(visible(markdown)))


def visible(text: str) -> str:
    """Drop what cannot be seen, such as signs that turn the direction of the text around."""
    if (
        text.isascii() and text.replace("\n", "").replace("\t", "").isprintable()
    ):  # nearly always, and told much quicker
        return text
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in UNSEEN)
