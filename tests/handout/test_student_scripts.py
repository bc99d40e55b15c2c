"""Follow a student from an empty template to the file to upload."""

import os
import subprocess
import sys

import pytest

from autograder import ROOT
from autograder.assignment import config, contract, template
from handout import example, kit
from tests.handout.conftest import REFERENCE_PATH

PUBLIC_TESTS = """
import numpy as np
from solution import NN

def test_relu_keeps_what_is_positive():
    "relu: keeps what is positive"
    assert NN().relu(np.array([-1.0, 2.0])).tolist() == [0, 2], "relu(-1, 2) should be 0, 2"

def test_activation_follows_the_name():
    "activation: follows the name"
    assert NN(activation="relu").activation(np.array([2.0])).tolist() == [2]
"""


@pytest.fixture
def folder(this_term, tmp_path):
    (tmp_path / "template").mkdir()
    (tmp_path / "assignment.toml").write_text(kit._toml(this_term), encoding="utf-8")
    (tmp_path / "template" / "test_mlp.py").write_text(PUBLIC_TESTS, encoding="utf-8")
    worked_example = example.script(contract.problem("mlp"))
    (tmp_path / "template" / worked_example.name_in_kit).write_bytes(worked_example.path.read_bytes())
    for path in (*kit.SCRIPTS, template.TEMPLATE_PATH.with_name("conftest.py")):
        (tmp_path / "template" / path.name).write_bytes(path.read_bytes())
    for name in kit.SHARED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    save(tmp_path, BLANK)
    return tmp_path


REFERENCE = REFERENCE_PATH.read_text(encoding="utf-8")
BLANK = template.cut(REFERENCE, config.load())
RELU = 'raise NotImplementedError("relu: see the handout, 1.2")'


def save(folder, text):
    (folder / "template" / "solution.py").write_text(text, encoding="utf-8")


def run(folder, module, *, as_file=False, **variables):
    how = [f"template/{module}.py"] if as_file else ["-m", f"template.{module}"]
    command = [sys.executable, "-B", *how]
    # As a student has it: nothing but the kit.  Hypothesis takes half a second to load.
    bare = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    bare |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables}
    return subprocess.run(command, cwd=folder, env=bare, capture_output=True, text=True, check=False)


def test_at_first_nothing_is_written(folder, this_term):
    result = run(folder, "check")
    assert result.returncode == 1
    assert result.stdout.count(" no ") == len(this_term.functions)
    assert "Next: initialize_weights, section 1.1 of the handout." in result.stdout


def test_a_wrong_function_is_shown_with_its_reason(folder):
    save(folder, BLANK.replace(RELU, "return np.abs(x)"))
    result = run(folder, "check")
    assert "1.2   relu                 yes      0 of 1 pass" in result.stdout
    assert "Next: relu, section 1.2 of the handout.\nOne of its tests:\n\nrelu: keeps what" in result.stdout
    assert "relu(-1, 2) should be 0, 2" in result.stdout


def test_at_last_everything_passes(folder):
    save(folder, REFERENCE)
    result = run(folder, "check")
    assert result.returncode == 0
    assert "Everything is written and passes." in result.stdout


def test_the_worked_example_goes_as_far_as_it_can(folder):
    """The first three parts are written, the loss and the gradient are not."""
    part = REFERENCE.split("    def backward(")[0] + "    def backward(" + BLANK.split("    def backward(")[1]
    save(folder, part)
    result = run(folder, "worked_example_mlp", as_file=True)
    assert "  Z2 = [[  0.8176,  0.1824]," in result.stdout
    assert result.stdout.splitlines()[-1] == "Not written yet: loss: see the handout, 1.5"


def test_the_bundle_is_the_file_itself(folder, this_term):
    save(folder, REFERENCE)
    result = run(folder, "bundle")
    assert result.stdout.splitlines()[0] == "* 2 of 2 public tests pass."
    assert f"Upload upload/solution.py to Gradescope, {this_term.course}: " in result.stdout.replace(
        "\\", "/"
    )
    assert (folder / "upload" / "solution.py").read_text(encoding="utf-8") == REFERENCE


def test_the_bundle_warns_of_what_costs_points(folder):
    save(folder, BLANK + "\nimport no_such_package\n")
    output = run(folder, "bundle").stdout
    assert "* Not written yet, and worth nothing so far: initialize_weights, relu, " in output
    assert "* It imports no_such_package; no graded function may need more than NumPy (R24)." in output
    assert "0 of 2 public tests pass." in output


def test_where_nothing_can_run_nothing_is_laid_ready(folder):
    save(folder, REFERENCE + "\ndata = open('mnist.npz')\n")
    result = run(folder, "bundle")
    assert result.returncode == 1
    assert result.stdout.startswith("* 0 of 2 public tests pass.\n* 2 of 2 tests cannot run.\n")
    assert (
        "raises FileNotFoundError ([Errno 2] No such file or directory: 'mnist.npz'), on line "
        in result.stdout
    )
    assert ": data = open('mnist.npz')\nImporting the file must not train, plot, read data" in result.stdout
    assert "Upload" not in result.stdout
    assert not (folder / "upload").exists()
    result = run(folder, "check")
    assert result.returncode == 1
    assert "2 of 2 tests cannot run." in result.stdout
    assert "relu                 yes      0 of 1 pass" in result.stdout
    assert "Everything" not in result.stdout


def test_after_control_c_nothing_is_called_right(folder):
    save(
        folder, REFERENCE.replace("return np.maximum(x, 0)", "raise KeyboardInterrupt")
    )  # as if it came here
    result = run(folder, "check")
    assert result.returncode == 1
    assert "\nInterrupted on line 1" in result.stdout
    assert " of solution.py: raise KeyboardInterrupt" in result.stdout
    assert "2 of 2 tests did not run." in result.stdout
    result = run(folder, "bundle")
    assert result.returncode == 1
    assert "* 0 of 2 public tests pass.\n* Interrupted on line" in result.stdout
    assert "Upload" not in result.stdout


def test_options_of_pytest_in_the_environment_change_nothing(folder):
    save(folder, REFERENCE)
    result = run(folder, "check", PYTEST_ADDOPTS="--collect-only")
    assert result.returncode == 0
    assert "relu                 yes      1 of 1 pass" in result.stdout


def test_without_tests_nothing_is_called_right(folder):
    save(folder, REFERENCE)
    (folder / "template" / "test_mlp.py").write_text("import numpy\n", encoding="utf-8")
    result = run(folder, "check")
    assert result.returncode == 1
    assert "There are no public tests in this folder; unpack the kit again." in result.stdout
    (folder / "template" / "test_mlp.py").write_text("def test_\n", encoding="utf-8")
    result = run(folder, "bundle")
    assert result.returncode == 1
    assert "test_mlp.py cannot be read, so no test can run.\n" in result.stdout
    assert "Upload" not in result.stdout


def test_what_works_here_but_not_alone_is_said(folder):
    save(folder, REFERENCE + "\ndata = open('mnist.npz')\n")
    (folder / "mnist.npz").touch()
    result = run(folder, "bundle")
    assert result.stdout.startswith("* Importing solution.py raises FileNotFoundError")
    assert "* 2 of 2 public tests pass." in result.stdout


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x = 1\nclass NN(:\n", "solution.py, line 2: Python cannot read this line"),
        (b"# caf\xe9\n", "solution.py is not saved as UTF-8"),
        (None, "solution.py is not there; save your file under this name"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(folder, content, sentence):
    path = folder / "template" / "solution.py"
    path.unlink() if content is None else path.write_bytes(content)
    result = run(folder, "check")
    assert result.returncode == 2
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
