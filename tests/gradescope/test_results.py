"""results.json: what Gradescope reads, written and read back as one record."""

import json
import math

import jsonschema
import msgspec
import pytest

from autograder.assignment import config
from autograder.common.errors import UserError
from autograder.gradescope import from_report, results
from autograder.gradescope.results import CheckResult, Results
from autograder.grading.verdict import Verdict
from tests.conftest import grade_source

# From Gradescope's documentation; it passes over whatever else there is, without a word.
TOP_LEVEL = {
    "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format",
    "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard",
}  # fmt: skip
OF_A_TEST = {
    "score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags",
    "visibility", "extra_data",
}  # fmt: skip


@pytest.fixture(scope="module")
def graded(reference_source):
    return from_report.results_of(grade_source(reference_source.encode()))


def test_it_has_no_key_that_gradescope_does_not_read(graded):
    content = json.loads(results.to_json(graded))
    assert set(content) <= TOP_LEVEL
    assert all(set(test) <= OF_A_TEST for test in content["tests"])


def test_it_fits_its_own_schema(graded):
    nothing = from_report.nothing_graded(config.load(), "Not yet.")
    for one in (graded, nothing):
        jsonschema.validate(json.loads(results.to_json(one)), results.schema())
    wrong = {**json.loads(results.to_json(graded)), "visibility": "sometimes"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, results.schema())


def test_it_is_read_back_as_it_was_written(graded, tmp_path):
    file = tmp_path / "results.json"
    results.write(graded, file)
    assert results.read(file) == graded
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


def test_what_is_no_number_is_never_written(graded, tmp_path):
    file = tmp_path / "results.json"
    file.write_text("old")
    with pytest.raises(ValueError, match="JSON"):
        results.write(msgspec.structs.replace(graded, score=math.nan), file)
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


def test_something_else_is_refused_in_a_sentence(tmp_path):
    file = tmp_path / "results.json"
    for content in ("", "{}", "[]", '{"score": -1, "extra_data": {"parts": [], "status": "graded"}}'):
        file.write_text(content)
        with pytest.raises(UserError, match=r"is not a results\.json of this grader .*; grade again\."):
            results.read(file)


def test_every_verdict_travels():
    for verdict in Verdict:
        explanation = results.Explanation(verdict=verdict)
        check = CheckResult(
            name="a", number="1.1", score=0, max_score=1, status="failed", output="", explanation=explanation
        )
        about = results.About(parts=(), status="graded")
        one = Results(score=0, about=about, tests=(check,))
        assert msgspec.json.decode(results.to_json(one), type=Results).tests[0].verdict is verdict
