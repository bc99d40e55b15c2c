"""The strategies make what they say, and the same for everyone."""

import hashlib
import subprocess
import sys
import types

import numpy as np
import pytest
from hypothesis import given

from autograder import ROOT
from autograder.checks.strategies import BATCH_SIZE, CORNERS, Case, cases, logits, trainings, with_corners
from autograder.grading import suite


@given(case=cases())
def test_a_case_fits_together(case):
    assert 1 <= len(case.dims) - 2 <= 3
    assert case.x.shape == (case.n_rows, case.dims[0])
    assert case.labels.shape == (case.n_rows, case.dims[-1])
    assert np.array_equal(case.labels.sum(axis=1), np.ones(case.n_rows))
    for layer, (fan_in, fan_out) in enumerate(zip(case.dims, case.dims[1:], strict=False), start=1):
        assert case.weights[f"W{layer}"].shape == (fan_in, fan_out)
        assert case.weights[f"b{layer}"].shape == (1, fan_out)


@given(case=cases())
def test_no_preactivation_is_at_the_kink_of_relu(case):
    for activation in ("relu", "sigmoid", "tanh"):
        cache = case.reference(activation).forward(case.x)
        smallest = min(np.min(np.abs(cache[name])) for name in cache if name.startswith("A"))
        assert smallest > (1e-3 if activation == "relu" else 0)


def test_corners_hold_what_was_promised():
    assert {len(case.dims) - 2 for case in CORNERS} == {1, 2, 3}
    rows = {case.n_rows for case in CORNERS}
    assert 1 in rows and BATCH_SIZE in rows
    assert any(1 < n < BATCH_SIZE for n in rows) and any(n > BATCH_SIZE for n in rows)
    assert all(np.all(b != 0) for case in CORNERS for name, b in case.weights.items() if name.startswith("b"))


def test_corners_are_met_first_the_smallest_one_first():
    @with_corners
    @given(case=cases())
    def check(student, case):
        """relu: a check (R5)"""
        student.append(case)

    check.__number__, check.__weight__, check.__tags__ = "1.2.1", 1, ("relu",)

    met = []
    for example in suite.BoundCheck(types.SimpleNamespace(obj=check, name="check")).examples():
        example(met)
    assert tuple(met) == CORNERS


@given(training=trainings())
def test_a_training_has_splits_of_different_sizes(training):
    (x, y), (x_valid, _), (x_test, _) = training.data
    assert len(x) == len(y) == training.n_train
    assert len(x_valid) + 1 == len(x_test)


@given(x=logits())
def test_logits_have_at_least_two_classes(x):
    assert x.ndim == 2
    assert x.shape[1] >= 2


def test_a_case_is_the_same_every_time():
    one, two = Case((3, 4, 2), n_rows=5, seed=7), Case((3, 4, 2), n_rows=5, seed=7)
    assert np.array_equal(one.x, two.x)
    assert not np.array_equal(one.x, Case((3, 4, 2), n_rows=5, seed=8).x)


PRINT_DIGEST = """
import hashlib, sys
{extra}
from autograder.grading import suite
suite.draw_all(12)
checks = [check for check in suite.collect() if check.draws]
drawn = [repr(sorted(inputs.items())) for check in checks for inputs in check._inputs(12)]
print(len(drawn), hashlib.sha256("".join(drawn).encode()).hexdigest())
"""


@pytest.mark.parametrize(
    "extra", ["import autograder.commands.report_table, autograder.zoo.entries, json.tool, reference"]
)
def test_inputs_do_not_depend_on_what_else_is_imported(extra, tmp_path):
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PRINT_DIGEST.format(extra=imports)],
            env={"PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for imports in ("", extra)
    }
    assert len(outputs) == 1
    assert int(outputs.pop().split()[0]) > 200
    assert list(tmp_path.iterdir()) == [], "nothing is left where the user stands"


def test_another_seed_draws_other_inputs():
    check = next(check for check in suite.collect() if check.draws)
    digests = {hashlib.sha256(repr(check._inputs(seed)).encode()).hexdigest() for seed in (1, 2)}
    assert len(digests) == 2
