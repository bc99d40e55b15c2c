"""A failing input is written down as Python that makes it again."""

import numpy as np
import pytest

from autograder.grading.snippet import literal, snippet
from autograder.grading.verdict import Verdict
from tests.conftest import grade_source
from tests.table import table


@table(
    "value",
    [
        np.array([[1.5, -2.0], [0.0, 1e-9]]),
        np.array([True, False]),
        np.arange(3),
        np.float64(0.25),
        {"W1": np.eye(2), "b1": np.zeros((1, 2))},
        (3, 2),
        (3,),
        [1, "relu", None],
    ],
)
def test_a_literal_makes_the_value_again(value):
    again = eval(literal(value), {"np": np})
    if isinstance(value, dict):
        assert all(np.array_equal(again[name], value[name]) for name in value)
    elif isinstance(value, np.ndarray):
        assert again.dtype == value.dtype
        assert np.allclose(again, value, rtol=1e-8)
    else:
        assert again == value


def test_a_long_example_is_left_out():
    assert snippet([("construct", ("NN", {})), ("call", ("relu", (np.zeros((50, 50)),), {}))]) == ""
    assert snippet([]) == ""


def test_the_example_of_a_failure_can_be_pasted(reference_source, tmp_path, monkeypatch):
    """Running the snippet of a failed check on the submission does what the check says."""
    wrong = reference_source.replace("np.maximum(x, 0)", "max(x, 0)")
    outcome = next(o for o in grade_source(wrong.encode()).outcomes if o.verdict == Verdict.RAISED)
    (tmp_path / "solution.py").write_text(wrong, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ValueError, match="ambiguous"):
        exec(outcome.example, {})
