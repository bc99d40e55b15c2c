"""A slip in a contract is one sentence that names the file and the function."""

import pytest

from autograder.assignment import contract as contracts
from autograder.assignment.contract import Contract, Owner, Problem
from autograder.common.errors import UserError
from tests.table import table

LINES = """
title = "Lines"
reference = "solution.py"
[classes.Line]
graded = { slope = [], fit = ["x", "y"] }
uses = { fit = ["slope"] }
writes = { fit = ["slope_"] }
[functions]
graded = { mean = ["values"], spread = ["values"] }
uses = { spread = ["mean"] }
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write the contract of a problem called lines, in a folder of problems of its own."""
    monkeypatch.setattr(contracts, "PROBLEMS", tmp_path)
    folder = tmp_path / "lines"
    folder.mkdir()

    def write_contract(text):
        (folder / "problem.toml").write_text(text, encoding="utf-8")
        return contracts.problem.__wrapped__("lines")  # as if it were read for the first time

    return write_contract


def test_a_right_contract_says_who_is_who(write):
    contract = Contract((write(LINES),))
    assert contract.graded == ("Line.slope", "Line.fit", "mean", "spread")
    assert contract.uses("Line.fit") == ("Line.slope",)
    assert contract.uses("spread") == ("mean",)
    assert contract.key("fit") == "Line.fit"


@table(
    ("old", "new", "says"),
    [
        ('fit = ["slope"] }', 'fit = ["slop"] }', "`fit` uses `slop`, which is neither graded nor given"),
        ('{ fit = ["slope"] }', '{ fit = ["fit"] }', "form a circle: `fit` uses `fit`; leave one"),
        (
            '{ fit = ["slope"] }',
            '{ fit = ["slope"], slope = ["fit"] }',
            "uses of Line form a circle: `fit` uses `slope`, `slope` uses `fit`; leave",
        ),
        (
            'graded = { mean = ["values"], spread = ["values"] }\nuses = { spread = ["mean"] }',
            "graded = { mean = [], spread = [], range = [] }\n"
            'uses = { mean = ["range"], range = ["spread"], spread = ["mean"] }',
            "form a circle: `mean` uses `range`, `range` uses `spread`, `spread` uses `mean`; leave one",
        ),
        ("writes = { fit", "writes = { fot", "`fot` in writes of Line is neither graded nor given"),
        ("uses = { spread", "uses = { sprad", "`sprad` in uses of the plain functions is neither"),
        ('"solution.py"', '"nowhere.py"', "there is no reference/nowhere.py"),
        ("uses = { fit", "usses = { fit", "usses"),
        ('title = "Lines"\n', "", "title"),
        ('title = "Lines"', 'title = ""', "`title` must be a line of text"),
        ('"solution.py"', '"../solution.py"', "`reference` must be the name of a Python file"),
        ("[classes.Line]", '[classes."A line"]', "a key of `classes` must be a Python name"),
        ('["x", "y"]', '["x", "x"]', "`fit` of Line has two parameters with the same name"),
        (
            "[functions]",
            'keys = { fot = "A" }\n[functions]',
            "`fot` in keys of Line is neither graded nor given",
        ),
        (
            "[functions]",
            'keys = { fit = "[A" }\n[functions]',
            "`fit` in keys of Line is not a regular expression",
        ),
        ("[functions]", 'after_construction = "set"\n[functions]', "`set` in after_construction of Line is"),
        ("[functions]", "[functions", "problems/lines/problem.toml"),
    ],
)
def test_slips_are_one_sentence(write, old, new, says):
    assert old in LINES
    with pytest.raises(UserError) as refused:
        write(LINES.replace(old, new, 1))
    assert says in refused.value.message
    assert "problems/lines/problem.toml" in refused.value.message


def test_a_problem_that_is_not_there_is_named_with_those_that_are(write):
    write(LINES)
    with pytest.raises(UserError, match=r"there is no problem 'line': lines have a problem\.toml"):
        contracts.problem.__wrapped__("line")


def problem(**classes):
    """Make a problem of classes whose functions take nothing."""
    return Problem(
        title="", reference="", classes={name: Owner(graded=graded) for name, graded in classes.items()}
    )


def test_two_problems_may_not_have_the_same_class():
    with pytest.raises(UserError, match="two problems of the assignment define the same Layer"):
        Contract((problem(Layer={"forward": ()}), problem(Layer={"backward": ()})))


def test_a_name_in_two_classes_is_shown_with_its_class():
    contract = Contract((problem(Linear={"forward": (), "fit": ()}, Relu={"forward": ()}),))
    assert contract.shown == {
        "Linear.forward": "Linear.forward",
        "Linear.fit": "fit",
        "Relu.forward": "Relu.forward",
    }
    assert contract.key("forward", "Relu") == "Relu.forward"
    with pytest.raises(UserError, match=r"several functions have this name: Linear\.forward, Relu\.forward"):
        contract.key("forward")
    with pytest.raises(UserError, match="no problem has it"):
        contract.key("backward")
