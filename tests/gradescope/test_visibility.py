"""Who sees which check, as assignment.toml says."""

import json
import re

import jsonschema
import msgspec
import pytest

from autograder.assignment import config
from autograder.common.errors import UserError
from autograder.gradescope.from_report import results_of
from autograder.gradescope.results import to_json
from autograder.grading import points, suite
from autograder.grading.grade import grade
from autograder.intake.submission import accept
from tests.gradescope.conftest import SCHEMA
from tests.table import table

SHIPPED = config.load()


def assignment_with(checks, default="visible"):
    feedback = config.Feedback(show_inputs=False, visibility=default, checks=checks)
    return msgspec.structs.replace(SHIPPED, feedback=feedback)


def shown(assignment):
    checks = points.price(suite.collect(assignment), assignment)
    return {one.check.number: one.check.visibility for one in checks}


def test_every_check_is_visible_unless_something_else_is_said():
    assert set(shown(assignment_with({})).values()) == {"visible"}


def test_a_number_comes_before_a_function_and_a_function_before_the_default():
    assignment = assignment_with({"softmax": "hidden", "1.2.6": "after_published"}, default="after_due_date")
    checks = points.price(suite.collect(assignment), assignment)
    softmax = {one.check.number for one in checks if one.check.shown == "softmax"}
    assert len(softmax) > 3
    for number, visibility in shown(assignment).items():
        of_function = "hidden" if number in softmax else "after_due_date"
        assert visibility == ("after_published" if f"{number}.".startswith("1.2.6.") else of_function)


def test_a_number_stands_for_all_that_belongs_to_it():
    every = shown(assignment_with({}))
    above = next(number.rpartition(".")[0] for number in every if number.count(".") > 2)
    below = [number for number in every if number.startswith(f"{above}.")]
    assert len(below) > 1
    hidden = shown(assignment_with({above: "hidden", below[0]: "after_due_date"}))
    assert {number for number, who in hidden.items() if who == "hidden"} == set(below[1:])
    assert hidden[below[0]] == "after_due_date"


def test_gradescope_is_told(reference_source):
    assignment = assignment_with({"1.1.1": "hidden"})
    published = []
    grade(
        accept("solution.py", reference_source.encode()), assignment=assignment, on_progress=published.append
    )
    content = json.loads(to_json(results_of(published[0])))
    jsonschema.validate(content, SCHEMA)
    assert [test["number"] for test in content["tests"] if test["visibility"] == "hidden"] == ["1.1.1"]
    assert content["visibility"] == "visible"
    assert "| 1.1 | Initialisation |" in content["output"]


@table("name", ["1.2.99", "1.2", "rellu"])
def test_a_check_that_there_is_not_is_one_sentence(name):
    with pytest.raises(UserError, match=r"^assignment.toml: \[feedback.checks\] names .*, which is neither"):
        shown(assignment_with({name: "hidden"}))


@table(
    ("checks", "says"),
    [
        ('1.4.3 = "hidden"', "the number of a check needs quotes in [feedback.checks]"),
        ('softmax = "secret"', "one of visible, after_due_date, after_published, hidden, but is secret"),
    ],
)
def test_a_slip_in_the_table_is_one_sentence(checks, says):
    shipped = config.TOML_PATH.read_text(encoding="utf-8")
    without = re.sub(r"(?m)^\[feedback.checks\]\n(.+\n)*", "", shipped)
    with pytest.raises(UserError) as error:
        config.parse(f"{without}\n[feedback.checks]\n{checks}\n")
    assert says in str(error.value)
    assert "\n" not in str(error.value)
