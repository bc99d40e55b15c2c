"""What students complain about, and rightly: prices, kind reading, words, the same words every time."""

import re
import subprocess
import sys

import msgspec
import numpy as np
import pytest

from autograder import ROOT
from autograder.assignment import config
from autograder.gradescope.from_report import results_of
from autograder.grading import zoo
from autograder.grading.grade import grade
from autograder.intake.submission import accept
from autograder.selfcheck import judge
from tests.conftest import grade_source

NONSENSE = {
    "zeros": "return np.zeros_like(x) if isinstance(x, np.ndarray) else 0.0",
    "the argument": "return x",
    "none": "pass",
    "an empty dict": "return {}",
    "raises": "raise ValueError(f'{self.activation_str} {x}')",
}
CLASS = """
import numpy as np


class NN:
    def __init__(self, **settings):
        self.__dict__.update(settings)
        self.activation_str = settings.get("activation", "relu")
        self.hidden_dims, self.weights = settings.get("hidden_dims", (784, 256)), {}
        names = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
        self.train_logs = {name: [] for name in names}
        self.epsilon, self.n_hidden = 1e-6, len(self.hidden_dims)
        self.train, self.valid, self.test = settings.get("data") or [(np.ones((4, 784)), np.eye(10)[:4])] * 3

"""
FUNCTIONS = ("initialize_weights", "relu", "sigmoid", "tanh", "softmax", "activation", "forward", "update")


def nonsense(body):
    two = [("backward", "x, labels"), ("loss", "x, labels")]
    lines = [f"    def {name}(self, x, grad=False):\n        {body}\n" for name in FUNCTIONS]
    lines += [f"    def {name}(self, {parameters}):\n        {body}\n" for name, parameters in two]
    loop = "    def train_loop(self, n_epochs):\n        return self.train_logs\n"
    given = "    def compute_loss_and_accuracy(self, X, y):\n        return 0.0, 0.0, np.zeros(len(X))\n"
    return (CLASS + "\n".join([*lines, loop, given])).encode()


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_earns_next_to_nothing(name):
    """Not for biases without weights, logs of a loop that never ran, or rows that are the same for any x."""
    report = grade_source(nonsense(NONSENSE[name]))
    earned = {outcome.check.title: outcome.points for outcome in report.outcomes if outcome.points}
    assert report.points <= 0.7, earned


def test_an_empty_file_gets_nothing():
    assert grade_source(b"").points == 0
    assert grade_source(b"# nothing\n").points == 0


# A mistake, the rulings that it breaks, and the share of its function's points that it costs.
CORNERS = [
    ("backward/divided-by-batch-size", {"R16"}, 1.0 / 8),
    ("backward/dW-by-batch-size-db-by-rows", {"R16"}, 1.0 / 8),
    ("backward/squeezes-dZ", {"R18"}, 0.6 / 8),
    ("backward/db-without-row", {"R17"}, 0.6 / 8),
    ("loss/array-of-one", {"R13"}, 0.2 / 3),
    ("loss/divided-by-batch-size", {"R16"}, 0.3 / 3),
    ("softmax/one-row-collapses", {"R18"}, 0.2 / 3),
    ("forward/Z0-missing", {"R12"}, 0.6 / 5),
]


@pytest.mark.parametrize(("name", "rulings", "share"), CORNERS, ids=[name for name, *_ in CORNERS])
def test_a_corner_costs_its_ruling_and_nothing_else(name, rulings, share):
    entry = zoo.by_name(name)
    report = grade_source(entry.source)
    lost = [outcome for outcome in report.outcomes if not outcome.passed]
    assert {outcome.check.rulings[-1] for outcome in lost} == rulings
    (function,) = {outcome.check.function for outcome in lost}
    points = config.load().functions[function].points_of[function]
    assert sum(outcome.check.max_points for outcome in lost) == pytest.approx(share * points, abs=1e-3)
    assert judge.off_ruling(entry, report) == ()


def test_an_entry_off_its_ruling_is_named():
    entry = msgspec.structs.replace(zoo.by_name("backward/divided-by-batch-size"), breaks=["R18"])
    (off,) = judge.off_ruling(entry, grade_source(entry.source))
    assert "(R15, R16)" in off


def test_what_cannot_be_sent_is_named_by_its_size():
    report = grade_source(zoo.by_name("backward/outer-products-not-summed").source)
    large = next(one for one in report.outcomes if "784-256-64" in one.check.title)
    assert "(48, 64, 10)" in large.words
    assert not any("ended the whole process" in outcome.reason for outcome in report.outcomes)


def test_half_precision_is_told():
    report = grade_source(zoo.by_name("numbers/half-precision-activations").source)
    assert (
        "`relu` returns float16, which keeps only three digits; it is judged with that precision."
        in report.notes
    )


def test_no_wall_of_one_sentence():
    report = grade_source(zoo.by_name("forward/returns-a-tuple").source)
    words = [outcome.words for outcome in report.outcomes if outcome.check.shown == "forward"]
    assert sum("Return the dict alone." in word for word in words) == 1
    assert "is a tuple of 2 values" in words[0]
    assert re.search(r"Failing for the same reason: 1\.3\.2\.1, ", words[0])


def test_two_gradings_in_two_folders_differ_in_times_only(tmp_path):
    """What a file says of itself, of where it stands and of its addresses, must not differ either."""
    where = "import os\nhere = [os.getcwd(), object(), os.path.abspath('x')]\nopen('data/mnist.npz')\n"
    source = (ROOT / "reference" / "solution.py").read_text(encoding="utf-8")
    source = where + source.replace("return np.mean(per_row)", "raise OSError(f'{os.getcwd()} {here}')")
    told = set()
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "solution.py").write_text(source + "\nopen(os.path.join(os.getcwd(), 'x'))\n")
        report = grade(accept("solution.py", (folder / "solution.py").read_bytes()))
        told.add(judge.published(report))
    assert len(told) == 1
    assert "/tmp" not in told.pop()


INSTALLED = """
import sys
sys.path.insert(0, {folder!r})
import extra_package
from autograder.grading.grade import grade
from autograder.intake.submission import accept
print(grade(accept("solution.py", open({file!r}, "rb").read())).points)
"""


def test_what_is_installed_decides_nothing(tmp_path):
    """Not even what the grader has imported itself before it makes a worker."""
    (tmp_path / "extra_package.py").write_text("mean = sum\n")
    source = (ROOT / "reference" / "solution.py").read_text(encoding="utf-8")
    file = tmp_path / "solution.py"
    file.write_text(
        source.replace("return np.mean(per_row)", "import extra_package, msgspec\n        return 1")
    )
    done = subprocess.run(
        [sys.executable, "-c", INSTALLED.format(folder=str(tmp_path), file=str(file))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    (loss,) = (part.points for part in config.load().parts if "loss" in part.functions)
    assert float(done.stdout) == config.load().totals.programming - loss


def test_versions_stand_in_the_results():
    results = results_of(grade_source(b""))
    assert results.about.python == ".".join(map(str, sys.version_info[:3]))
    assert results.about.numpy == np.__version__
    assert f"Graded with Python {results.about.python} and NumPy {results.about.numpy}" in results.output
