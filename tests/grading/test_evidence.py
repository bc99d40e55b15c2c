"""What the staff see of a failure, and nobody else."""

import json

import numpy as np
import pytest

from autograder.assignment import config
from autograder.checking.expect import Expect, Wrong
from autograder.gradescope.from_report import results_of
from autograder.gradescope.results import to_json
from autograder.grading import evidence, zoo
from autograder.sandbox.errors import Raised, TimedOut
from tests.conftest import grade_source
from tests.table import table


def compared(got, want, name="grads"):
    """Return what is kept of an answer that is not the one that is due."""
    with pytest.raises(Wrong) as wrong:
        Expect(config.load()).same_as(got, want, name)
    return evidence.of(wrong.value)


def test_answers_stand_side_by_side_row_by_row():
    found = compared({"dW1": np.array([[1.0, 2.0]])}, {"dW1": np.array([[1.0, 4.0]])})
    assert found == evidence.Evidence(
        what='grads["dW1"]', got="shape (1, 2):\n[[1., 2.]]", want="shape (1, 2):\n[[1., 4.]]"
    )


@table(
    ("got", "said"),
    [
        (np.array([1.0, 2.0]), "shape (2,):\n[1., 2.]"),
        (None, "None (is a `return` missing?)"),
        (0.5, "0.5"),
        (10**400, "an int"),
        (np.array(["a", "b"]), "an array of shape (2,) and dtype <U1"),
        ([1, 2, 3], "a list of 3 values (an int, an int, an int)"),
        ("<script>", "a str"),
    ],
)
def test_what_is_no_array_is_named(got, said):
    assert evidence.written(got) == said


def test_the_name_is_that_of_the_answer_and_where_it_was_asked():
    assert compared(1.0, 2.0, "loss, for one row,").what == "loss, for one row"


def test_answers_that_look_alike_are_written_in_full():
    found = compared(np.array([0.1]), np.array([0.1000002]))
    assert (found.got, found.want) == ("shape (1,):\n[0.1]", "shape (1,):\n[0.1000002]")


def test_a_large_answer_is_cut():
    found = compared(np.zeros((200, 300)), np.ones((200, 300)))
    assert "..." in found.got
    assert max(len(found.got), len(found.want)) <= evidence.MAX_LENGTH


def test_of_what_was_raised_the_line_is_kept():
    assert evidence.of(Raised("relu", "ValueError", "", "line 7", "x", 7)).line == 7
    assert evidence.of(TimedOut("took too long")) == evidence.Evidence()


def test_only_the_staff_get_what_is_expected():
    report = grade_source(zoo.by_name("backward/gradient-summed").source)
    failed = [check for check in results_of(report, for_staff=True).tests if not check.passed]
    assert any(check.explanation.evidence.want for check in failed)
    assert any(check.explanation.example for check in failed)
    published = json.loads(to_json(results_of(report)))["tests"]
    assert {check["extra_data"]["evidence"] for check in published} == {None}
    assert {check["extra_data"]["example"] for check in published} == {""}
