"""The students' public tests: kind on the template, silent on the reference, and like the hidden ones."""

import shutil
import subprocess
import sys

import pytest

from autograder import ROOT, suite, zoo
from autograder.selfcheck import public


def run_public_tests(solution, folder):
    for name in ("conftest.py", "test_public.py"):
        shutil.copy(ROOT / "template" / name, folder)
    shutil.copy(solution, folder / "solution.py")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(folder),
        str(folder),
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def test_all_pass_on_the_reference(tmp_path):
    done = run_public_tests(ROOT / "reference" / "solution.py", tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]


def test_all_fail_on_the_template_and_say_that_this_is_right(tmp_path):
    done = run_public_tests(ROOT / "template" / "solution.py", tmp_path)
    assert "at the beginning that is right" in done.stdout
    assert "passed" not in done.stdout.splitlines()[-1]
    assert done.stdout.count("not written yet: relu: see the handout, 1.2") >= 3
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    "function", ["initialize_weights", "relu", "softmax", "forward", "backward", "train_loop"]
)
def test_titles_are_the_hidden_ones_in_the_same_order(function):
    hidden = [check.title for check in suite.collect() if check.graded_function == function]
    ours = list(dict.fromkeys(title for title in public.titles() if title.startswith(f"{function}: ")))
    assert ours
    assert [title for title in hidden if title in ours] == ours


def test_every_public_title_is_a_hidden_one():
    hidden = {check.title for check in suite.collect()}
    assert set(public.titles()) <= hidden


@pytest.mark.parametrize(
    "name",
    [
        "relu/leaky",
        "softmax/axis-0",
        "activation/accepts-anything",
        "backward/gradient-summed",
        "train_loop/endless",
    ],
)
def test_known_mistakes_are_revealed(name, monkeypatch):
    monkeypatch.setattr(public, "SECONDS", 2)
    assert public.revealed(zoo.by_name(name))


@pytest.mark.parametrize(
    "name", ["numbers/signals-per-row", "numbers/float32-cache", "numbers/float32-activations"]
)
def test_a_right_submission_reveals_nothing(name):
    assert not public.revealed(zoo.by_name(name))
