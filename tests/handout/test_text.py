"""A slip in a Markdown file is one sentence with the file and the line."""

import pytest

from autograder.common.errors import UserError
from handout.text import fill


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def test_values_and_included_files_are_filled_in(tmp_path):
    folder = write(tmp_path, a='One {{ n }}.\n{% include "b.md" %}\n', b="Two {{ n }}.\n")
    assert fill("a.md", {"n": 1}, folder) == "One 1.\nTwo 1.\n"


def test_comments_never_reach_a_reader(tmp_path):
    assert "secret" not in fill("a.md", {}, write(tmp_path, a="x <!-- secret\n{{ unknown }} --> y"))


def test_markdown_stays_as_it_is(tmp_path):
    text = "## A {#a}\n\n$\\frac{a}{b}$ & <b> `{x}`\n"
    assert fill("a.md", {}, write(tmp_path, a=text)) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("\n\n{{ titel }}", "a.md, line 3: 'titel' is undefined; look for a typing mistake."),
        (
            "{{ dates.deu }}",
            "a.md, line 1: 'dict object' has no attribute 'deu'; look for a typing mistake.",
        ),
        ("\n{{ title", "a.md, line 2: unexpected end of template, expected 'end of print statement'."),
        ("{{ part(9) }}", "a.md, line 1: there is no part 9."),
    ],
)
def test_a_slip_names_file_and_line(tmp_path, text, sentence):
    def part(number):
        raise UserError(f"there is no part {number}.")

    with pytest.raises(UserError) as error:
        fill("a.md", {"dates": {}, "part": part}, write(tmp_path, a=text))
    assert str(error.value) == sentence


def test_a_slip_in_an_included_file_names_that_file(tmp_path):
    folder = write(tmp_path, a='{% include "b.md" %}', b="\n{{ nothing }}")
    with pytest.raises(UserError, match=r"^b\.md, line 2: 'nothing' is undefined"):
        fill("a.md", {}, folder)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"needs the file .*gone\.md, which does not exist"):
        fill("a.md", {}, write(tmp_path, a='{% include "gone.md" %}'))
