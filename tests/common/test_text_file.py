import pytest

from autograder.assignment import config
from autograder.common import text_file
from autograder.common.errors import UserError
from handout.text import fill


def test_what_editors_put_before_and_after_lines_is_no_part_of_the_text(tmp_path):
    (tmp_path / "x.md").write_bytes("\N{BOM}é\r\nb\n".encode())
    assert text_file.read(tmp_path / "x.md") == "é\nb\n"


@pytest.mark.parametrize(
    "read",
    [
        text_file.read,
        config.load,
        lambda path: fill(path.name, {}, path.parent),
    ],
)
def test_what_is_not_utf8_is_told_with_its_line_whoever_reads_it(tmp_path, read):
    file = tmp_path / "x.toml"
    file.write_bytes(b'course = "Deep learning"\n\ntitle = "R\xe9seaux"\n')
    with pytest.raises(UserError, match=r"x\.toml: line 3 is not UTF-8; save the file as UTF-8\.$"):
        read(file)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UserError, match=r"none\.md cannot be read: No such file"):
        text_file.read(tmp_path / "none.md")


def test_an_assignment_may_begin_with_the_mark_of_an_editor(tmp_path):
    marked = tmp_path / "assignment.toml"
    marked.write_bytes("\N{BOM}".encode() + config.TOML_PATH.read_bytes())
    assert config.load(marked) == config.load(config.TOML_PATH)
