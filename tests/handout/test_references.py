"""Numbers in brackets become links, and a link that leads nowhere stops the build."""

import pytest

from autograder.common.errors import UserError
from handout.references import link

PLACES = "# Part {#1.2}\n\n* [**R7**]{#R7} A rule.\n\n"


def test_numbers_become_links():
    assert link(PLACES + "See [1.2] and [R7].", "a.md").endswith("\n\n[1.2]: #1.2\n[R7]: #R7\n")


@pytest.mark.parametrize("text", ["[1.9]", "[R26]", "[there](#nowhere)"])
def test_a_link_that_leads_nowhere_is_refused(text):
    with pytest.raises(UserError, match=r"^a\.md: a link leads to \S+, but nothing there has the anchor"):
        link(PLACES + text, "a.md")


def test_an_anchor_used_twice_is_refused():
    with pytest.raises(UserError, match=r"the anchor R7 appears twice"):
        link(PLACES + PLACES.replace("1.2", "1.3"), "a.md")


@pytest.mark.parametrize("text", ["```\nx[0] [5]\n```", "`W2[0]`", "[1](https://a.example)"])
def test_code_and_other_links_are_left_alone(text):
    assert link(text, "a.md").strip() == text
