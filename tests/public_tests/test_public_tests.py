"""The students' public tests: kind on the template, silent on the reference, and like the hidden ones."""

import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from autograder import ROOT
from autograder.assignment import config, contract
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
    assert "at the start that is as it should be" in done.stdout
    assert "The next one to write is initialize_weights: see the handout, 1.1." in done.stdout
    assert re.search(r"= \d+ not written yet in", done.stdout.splitlines()[-1])
    assert len(done.stdout.splitlines()) < 20


def test_a_cause_is_shown_once_and_what_rests_on_it_is_named(reference_source, tmp_path):
    done = run_public_tests(changed(reference_source, ("np.mean(per_row)", "np.sum(per_row)")), tmp_path)
    said = done.stdout.split("loss: 2 tests failed")[1]
    title = "loss: the cross-entropy, averaged over the rows (R13)"
    assert f"{title}\n  the loss of three rows is wrong. It is 3 times too large (N is 3).\n" in said
    assert "backward: 3 tests failed; fix loss first." in said
    assert "Traceback" not in done.stdout
    assert len(done.stdout.splitlines()) < 30


def test_where_a_function_raises_is_shown(reference_source, tmp_path):
    two_slips = changed(reference_source, ("np.maximum(", "np.maximun("), ("        return cache\n", ""))
    done = run_public_tests(two_slips, tmp_path)
    # Python 3.12 and later ask whether 'maximum' was meant.
    raised = r"AttributeError: module 'numpy' has no attribute 'maximun'(\. Did you mean: 'maximum'\?)?"
    assert re.search(rf"{raised}\nsolution\.py, line", done.stdout)
    assert "return np.maximun(x, 0)  # as x" in done.stdout
    assert re.search(r"^forward: \d+ tests failed; fix relu first\.$", done.stdout, re.MULTILINE)
    done = run_public_tests(two_slips, tmp_path, "--tb=short", "-k", "forward_keys")
    assert "E   AssertionError: the cache is None: is a `return` missing?" in done.stdout


def test_a_missing_return_is_said(reference_source, tmp_path):
    done = run_public_tests(changed(reference_source, ("        return cache\n", "")), tmp_path)
    assert "the cache is None: is a `return` missing?" in done.stdout
    assert len(done.stdout.splitlines()) < 25


def test_a_file_that_python_cannot_read_is_a_few_lines(reference_source, tmp_path):
    done = run_public_tests(changed(reference_source, ("np.maximum(x, 0)", "np.maximum(x, 0")), tmp_path)
    said = r"(\d+) of \1 tests cannot run\.\nsolution\.py, line \d+: Python cannot read this line \('\(' was"
    assert re.search(said, done.stdout)
    assert "importlib" not in done.stdout


def said_of(function, output):
    """Return what the summary says of a function."""
    return output.split(f" {function}: ")[1].split("\n---")[0]


def test_mistakes_are_named_first(reference_source, tmp_path):
    """Five mistakes in five functions that rest on no other."""
    mistakes = changed(
        reference_source,
        ("s = np.where(x >= 0, 1, e) / (1 + e)", "s = 1 / 1 + np.exp(-x)"),
        ("return 1 - t**2", "return 1 + t**2"),
        ("np.sum(e, axis=-1, keepdims=True)", "np.sum(e, axis=0)"),
        ("np.mean(per_row)", "np.mean(per_row) / 2"),
        ("self.lr", "-self.lr") if reference_source.count("self.lr ") == 1 else ("- self.lr", "+ self.lr"),
    )
    output = run_public_tests(mistakes, tmp_path).stdout
    assert "1 / 1 + np.exp(-x) is 1 + exp(-x): brackets are missing." in said_of("sigmoid", output)
    assert "tanh(x, grad=True) is wrong. It is 1 + t**2." in said_of("tanh", output)
    assert "They do along axis 0: which axis is the last?" in said_of("softmax", output)
    assert "It is 2 times too small (C is 2)." in said_of("loss", output)
    assert "update subtracts from W1 is wrong. Every sign is wrong." in said_of("update", output)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("- labels) / n_rows", "- labels)", "Every number is 2 times too large (N is 2)."),
        ("- labels) / n_rows", "- labels) / self.batch_size", "N / batch_size (N is 2, batch_size is 5)."),
        ("np.sum(dA, axis=0, keepdims=True)", "np.sum(dA, axis=1, keepdims=True)", "over axis 0, down the"),
        ('grads[f"dW{layer}"] =', 'grads[f"W{layer}"] =', 'grads has no "dW1"; it has dA3, W3, db3, dZ2,'),
        (
            'cache[f"A{layer - 1}"], grad',
            'cache[f"Z{layer - 1}"], grad',
            "The derivative is taken at Z1, but",
        ),
    ],
)
def test_backward_is_told_what_is_wrong(reference_source, tmp_path, old, new, said):
    output = run_public_tests(changed(reference_source, (old, new)), tmp_path).stdout
    assert said in said_of("backward", output)
    assert "forward:" not in output.replace("backward:", "")


def test_who_only_passes_an_exception_on_is_not_to_blame(reference_source, tmp_path):
    """Without weights `forward` fails inside `train_loop`; its own tests pass."""
    forgot = changed(
        reference_source, ("self.initialize_weights([x_train.shape[1], y_train.shape[1]])", "pass")
    )
    output = run_public_tests(forgot, tmp_path).stdout
    said = said_of("train_loop", output)
    assert "KeyError: 'W1'\n  self.weights holds nothing.\nsolution.py, line" in said
    assert "in train_loop:\n  cache = self.forward(x_train[batch])" in said
    assert " forward: " not in output


def test_changed_arguments_are_the_first_thing_that_is_said(reference_source, tmp_path):
    in_place = changed(
        reference_source,
        ("shifted = x - np.max(x, axis=-1, keepdims=True)", "x -= np.max(x, axis=-1, keepdims=True)"),
        ("e = np.exp(shifted)", "e = np.exp(x)"),
        ("return np.maximum(x, 0)", "x[x < 0] = 0\n        return x"),
    )
    output = run_public_tests(in_place, tmp_path).stdout
    for function in ("softmax", "relu"):
        said = said_of(function, output)
        assert said.startswith("1 test failed"), (
            "its answers are right, and other tests do not share the array"
        )
        assert f"{function} changes its argument; make a new array instead (R23)" in said
    assert re.search(r"^forward: \d+ tests failed; fix relu and softmax first\.$", output, re.MULTILINE)


def test_what_a_function_prints_is_shown_where_it_fails(reference_source, tmp_path):
    talks = changed(reference_source, ("return np.maximum(x, 0)", "print('x is', x.shape)\n        return x"))
    output = run_public_tests(talks, tmp_path).stdout
    assert "It printed:\n  x is (2, 3)" in said_of("relu", output)


def test_packages_are_absent_as_while_grading(reference_source, tmp_path):
    """Plots and bars do nothing; a framework is missed where it is used (R24)."""
    imports = "import torch\nimport matplotlib.pyplot as plt\nfrom tqdm import trange\nplt.plot([1], [2])\n"
    bars = changed(reference_source, ("for _ in range(n_epochs)", "for _ in trange(n_epochs)"))
    done = run_public_tests(imports + bars, tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]
    framework = changed(bars, ("return np.maximum(x, 0)", "return torch.relu(x)"))
    output = run_public_tests(imports + framework, tmp_path).stdout
    assert "torch.relu is not available during grading: only solution.py, NumPy" in said_of("relu", output)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("class NN:", "class Net:", "solution.py does not define NN; it defines one_hot, load_data,"),
        (
            "class NN:",
            "import sys\nsys.exit()\nclass NN:",
            "Importing solution.py ends Python, on line",
        ),
        ("class NN:", "n = input()\nclass NN:", "Importing solution.py asks for input, on line"),
    ],
)
def test_what_cannot_run_is_counted_and_said(reference_source, tmp_path, old, new, said):
    done = run_public_tests(changed(reference_source, (old, new)), tmp_path)
    assert done.returncode == 1
    assert re.search(rf"(\d+) of \1 tests cannot run\.\n{re.escape(said)}", done.stdout)
    assert len(done.stdout.splitlines()) < 20


@pytest.mark.hangs
def test_an_endless_loop_is_named_and_not_waited_for_again(reference_source, tmp_path):
    endless = changed(reference_source, ("return np.maximum(x, 0)", "while True: pass"))
    done = run_public_tests(endless, tmp_path)
    assert done.returncode == 1
    said = said_of("relu", done.stdout)
    assert re.search(r"relu does not end; it was stopped on line \d+ of solution\.py: while True: pass", said)
    assert "loss:" not in done.stdout


def test_public_tests_share_no_arrays():
    """What one function does to an array must not be blamed on another, whichever problem it is."""
    for problem in sorted(path.parent.name for path in contract.PROBLEMS.glob("*/problem.toml")):
        module = public_tests.load(problem)
        assert [name for name, value in vars(module).items() if holds_array(value)] == [], problem
        marks = [
            mark
            for test in vars(module).values()
            for mark in getattr(test, "pytestmark", ())
            if mark.name == "parametrize"
        ]
        assert not any(holds_array(mark.args[1]) for mark in marks), problem


def holds_array(value):
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, np.ndarray) or (
        isinstance(value, (list, tuple)) and any(map(holds_array, value))
    )


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
    "name",
    [
        "numbers/signals-per-row",
        "numbers/float32-cache",
        "numbers/float32-activations",
        "style/softmax-of-one-row-or-a-batch",
    ],
)
def test_a_right_submission_reveals_nothing(name):
    assert not public_tests.revealed(zoo.by_name(name))
