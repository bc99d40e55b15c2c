"""The students' public tests: kind on the template, silent on the reference, and like the hidden ones."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from autograder import ROOT
from autograder.assignment import config
from autograder.grading import suite, zoo
from autograder.selfcheck import public_tests
from tests.table import table

TITLES = public_tests.titles("mlp")


def run_public_tests(solution, folder, *options):
    """Run them beside a solution, given as its text."""
    for name in ("conftest.py", "test_mlp.py"):
        shutil.copy(ROOT / "template" / name, folder)
    (folder / "solution.py").write_text(solution, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(folder),
        str(folder),
        *options,
    ]
    # As in the kit, where the folder autograder lies beside; Hypothesis takes half a second to load.
    bare = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        command, cwd=folder, env=bare, capture_output=True, text=True, check=False, timeout=300
    )


def changed(source, *replacements):
    for old, new in replacements:
        assert source.count(old) == 1
        source = source.replace(old, new)
    return source


def test_all_pass_on_the_reference(reference_source, tmp_path):
    done = run_public_tests(reference_source, tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]


def test_all_fail_on_the_template_and_say_that_this_is_right(template_source, tmp_path):
    done = run_public_tests(template_source, tmp_path)
    assert done.returncode == 1
    assert "at the beginning that is right" in done.stdout
    assert "Next is initialize_weights: see the handout, 1.1." in done.stdout
    assert re.search(r"= \d+ not written yet in", done.stdout.splitlines()[-1])
    assert len(done.stdout.splitlines()) < 20


def test_a_cause_is_shown_once_and_what_rests_on_it_is_named(reference_source, tmp_path):
    done = run_public_tests(changed(reference_source, ("np.mean(per_row)", "np.sum(per_row)")), tmp_path)
    said = done.stdout.split("loss: 2 tests failed")[1]
    title = "loss: the cross-entropy, averaged over the rows (R13)"
    assert f"{title}\n  the loss of three rows is wrong. It is 3 times too large (N is 3).\n" in said
    assert "backward: 3 tests failed; first mend loss." in said
    assert "Traceback" not in done.stdout
    assert len(done.stdout.splitlines()) < 30


def test_where_a_function_raises_is_shown(reference_source, tmp_path):
    two_slips = changed(reference_source, ("np.maximum(", "np.maximun("), ("        return cache\n", ""))
    done = run_public_tests(two_slips, tmp_path)
    assert "AttributeError: module 'numpy' has no attribute 'maximun'\nsolution.py, line" in done.stdout
    assert "return np.maximun(x, 0)  # as x" in done.stdout
    assert re.search(r"^forward: \d+ tests failed; first mend relu\.$", done.stdout, re.MULTILINE)
    done = run_public_tests(two_slips, tmp_path, "--tb=short", "-k", "forward_keys")
    assert "E   AssertionError: the cache is None: is a `return` missing?" in done.stdout


def test_a_missing_return_is_said(reference_source, tmp_path):
    done = run_public_tests(changed(reference_source, ("        return cache\n", "")), tmp_path)
    assert "the cache is None: is a `return` missing?" in done.stdout
    assert len(done.stdout.splitlines()) < 25


def test_a_file_that_python_cannot_read_is_a_few_lines(reference_source, tmp_path):
    done = run_public_tests(changed(reference_source, ("np.maximum(x, 0)", "np.maximum(x, 0")), tmp_path)
    said = (
        r"94 of 94 tests cannot run\.\nsolution\.py, line \d+: Python cannot read this line \('\(' was never"
    )
    assert re.search(said, done.stdout)
    assert "importlib" not in done.stdout


@table("function", ["initialize_weights", "relu", "softmax", "forward", "backward", "train_loop"])
def test_titles_are_the_hidden_ones_in_the_same_order(function):
    hidden = [check.title for check in suite.collect(config.load()) if check.tag == function]
    ours = list(dict.fromkeys(title for title in TITLES if title.startswith(f"{function}: ")))
    # Whether a function leaves its arguments alone is asked first: if not, no other answer is sure.
    unchanged, others = ([title for title in ours if ("R23" in title) is asked] for asked in (True, False))
    assert others
    assert ours == unchanged + others
    assert [title for title in hidden if title in others] == others


def test_every_graded_function_has_a_public_test():
    contract = config.load().contract
    assert {title.split(":")[0] for title in TITLES} == {contract.shown[key] for key in contract.graded}


def test_every_public_title_is_a_hidden_one():
    hidden = {check.title for check in suite.collect(config.load())}
    assert set(TITLES) <= hidden


@pytest.mark.parametrize(
    "name",
    [
        "relu/leaky",
        "softmax/axis-0",
        "activation/accepts-anything",
        "backward/gradient-summed",
        pytest.param("train_loop/endless", marks=pytest.mark.hangs),
    ],
)
def test_known_mistakes_are_revealed(name, monkeypatch):
    monkeypatch.setattr(public_tests, "SECONDS", 2)
    assert public_tests.revealed(zoo.by_name(name))


@pytest.mark.parametrize(
    "name", ["numbers/signals-per-row", "numbers/float32-cache", "numbers/float32-activations"]
)
def test_a_right_submission_reveals_nothing(name):
    assert not public_tests.revealed(zoo.by_name(name))
