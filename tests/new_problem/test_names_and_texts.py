"""What the command `new` refuses, and what it makes of the assignment that is served."""

import pytest

from autograder.common import toml_file
from autograder.common.errors import UserError
from autograder.scaffold import new_problem
from tests.conftest import ASSIGNMENT_FILES
from tests.table import table


@table(
    ("name", "says"),
    [
        ("1st", "cannot be the name of a problem"),
        ("Line", "cannot be the name of a problem"),
        ("class", "cannot be the name of a problem"),
        ("../line", "cannot be the name of a problem"),
        ("line\n", "cannot be the name of a problem"),
        ("", "cannot be the name of a problem"),
        ("solution", "reference/solution.py already exists"),
        ("cifar10", "template/cifar10 already exists"),
    ],
)
def test_a_name_that_cannot_be_is_one_sentence(name, says):
    with pytest.raises(UserError) as error:
        new_problem.write(name)
    assert says in str(error.value)
    assert str(error.value).count("\n") == 0


def test_a_disk_that_is_full_leaves_nothing_behind(monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device", "solution.py")

    monkeypatch.setattr(new_problem.template, "write", full)
    with pytest.raises(UserError, match="nothing was written: No space left on device"):
        new_problem.write("never_there")
    assert not [place for place in new_problem._places("never_there") if place.exists()]


@pytest.mark.parametrize("file", ASSIGNMENT_FILES, ids=lambda file: file.stem)
def test_the_new_assignment_has_the_dates_and_limits_of_the_one_that_is_served(file):
    parts = (new_problem.SKELETON / "assignments" / "NAME.toml.txt").read_text(encoding="utf-8")
    made = new_problem.assignment(file.read_text(encoding="utf-8"), parts.replace("NAME", "sizes"))
    tables, served = toml_file.parse(made, "made"), toml_file.read(file)
    for same in ("course", "term", "dates", "handout", "tolerance", "limits"):
        assert tables[same] == served[same]
    assert [part["problem"] for part in tables["parts"]] == ["sizes", "sizes"]
    assert tables["totals"] == {"programming": sum(part["points"] for part in tables["parts"]), "report": 0}
    assert tables["report"]["questions"] == {}
    assert "network" not in tables
    assert "leaderboard" not in made
