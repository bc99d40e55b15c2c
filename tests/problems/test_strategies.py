"""The strategies make what they say, and the same for everyone."""

import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given

from autograder import ROOT
from autograder.assignment import config
from autograder.checking import inputs
from autograder.checking.later import now
from autograder.grading import points, suite
from autograder.grading.cache import Collected
from autograder.problems.mlp.strategies import (
    ORDINARY,
    Case,
    cases,
    logits,
    trainings,
    with_ordinary,
)


@given(case=now(cases()))
def test_a_case_fits_together(case):
    assert 1 <= len(case.dims) - 2 <= 3
    assert min(case.dims) >= 2 <= case.n_rows == case.keywords["batch_size"], "one mistake costs one ruling"
    assert case.x.shape == (case.n_rows, case.dims[0])
    assert case.labels.shape == (case.n_rows, case.dims[-1])
    assert np.array_equal(case.labels.sum(axis=1), np.ones(case.n_rows))
    for layer, (fan_in, fan_out) in enumerate(zip(case.dims, case.dims[1:], strict=False), start=1):
        assert case.weights[f"W{layer}"].shape == (fan_in, fan_out)
        assert case.weights[f"b{layer}"].shape == (1, fan_out)


@given(case=now(cases()))
def test_no_preactivation_is_at_the_kink_of_relu(case):
    for activation in ("relu", "sigmoid", "tanh"):
        cache = case.reference(activation).forward(case.x)
        smallest = min(np.min(np.abs(cache[name])) for name in cache if name.startswith("A"))
        assert smallest > (1e-3 if activation == "relu" else 0)


def test_ordinary_cases_hold_what_was_promised():
    assert {len(case.dims) - 2 for case in ORDINARY} == {1, 2, 3}
    for case in ORDINARY:
        assert min(case.dims) >= 2 <= case.n_rows
        assert all(one != other for one, other in itertools.pairwise((case.n_rows, *case.dims)))
        assert all(np.all(b != 0) for name, b in case.weights.items() if name.startswith("b"))


def test_ordinary_cases_are_met_first_the_smallest_one_first():
    @with_ordinary
    @inputs.given(case=cases())
    def check(student, expect, case):
        """relu: a check (R5)"""
        student.append(case)

    check.__weight__, check.__tags__ = 1, ("relu",)

    met = []
    for example in suite.BoundCheck(Collected(Path("mlp/checks/test_check.py"), check, "check")).examples():
        example(met, None)
    assert tuple(met) == ORDINARY


@given(training=now(trainings()))
def test_a_training_has_splits_of_different_sizes(training):
    (x, y), (x_valid, _), (x_test, _) = training.data
    assert len(x) == len(y) == training.n_train
    assert len(x) % training.batch_size != 1, "no batch of one row, which is another ruling"
    assert len(x_valid) + 1 == len(x_test)


@given(x=now(logits()))
def test_logits_have_at_least_two_classes(x):
    assert x.ndim == 2
    assert min(x.shape) >= 2


def test_a_case_is_the_same_every_time():
    one, two = Case((3, 4, 2), n_rows=5, seed=7), Case((3, 4, 2), n_rows=5, seed=7)
    assert np.array_equal(one.x, two.x)
    assert not np.array_equal(one.x, Case((3, 4, 2), n_rows=5, seed=8).x)


PRINT_DIGEST = """
import hashlib, sys
{extra}
from autograder.assignment import config
from autograder.grading import suite
checks = [check for check in suite.collect(config.load()) if check.draws]
drawn = [drawn.inputs for check in checks for drawn in check.inputs(12)]
print(len(drawn), hashlib.sha256(repr(drawn).encode()).hexdigest())
"""


EXTRA = """
import autograder.commands.report_table, autograder.grading.zoo, json.tool, local, reference
constants = [123456789, 2.5e77, "a constant that Hypothesis might find"]
"""


def test_inputs_do_not_depend_on_what_else_is_imported(tmp_path):
    (tmp_path / "local.py").write_text("CONSTANTS = (3, 17, 0.125, 987654321)")
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PRINT_DIGEST.format(extra=imports)],
            env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for imports in ("", EXTRA)
    }
    assert len(outputs) == 1
    assert int(outputs.pop().split()[0]) > 200
    assert [file.name for file in tmp_path.iterdir()] == ["local.py"], "nothing is left where the user stands"


def test_another_seed_draws_other_inputs():
    check = next(check for check in suite.collect(config.load()) if check.draws)
    assert repr(check.inputs(1)) != repr(check.inputs(2))


def test_checks_of_one_strategy_meet_different_inputs():
    """A mistake that shows for some number of rows only must not fail every check of a term, or none."""
    met = {
        one.check.number: tuple(drawn.inputs["case"] for drawn in one.bound.inputs(12))
        for one in points.price(suite.collect(config.load()), config.load())
        if one.check.shown == "backward" and "case" in getattr(one.bound.function, "strategies", ())
    }
    assert len(met) >= 8
    assert len(set(met.values())) == len(met)
    with_so_many = {
        n_rows: [any(case.n_rows == n_rows for case in cases) for cases in met.values()]
        for n_rows in range(2, 8)
    }
    assert any(any(some) and not all(some) for some in with_so_many.values())
