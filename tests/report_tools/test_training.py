import numpy as np
import pytest

from autograder.common.errors import UserError
from reference.solution import NN
from report_tools.train import data, loading
from report_tools.train.student import student_class

from .conftest import SOLUTION, TINY


def test_an_epoch_at_a_time_is_the_students_own_training(run_recipe, digits):
    results = run_recipe("initialization", *TINY, "epochs=3", "initialization=glorot", "lr=0.1")
    splits = data.scaled(digits, 255, 120, 40)
    network = NN(hidden_dims=(6, 5), activation="relu", lr=0.1, batch_size=64, seed=500, data=splits[:3])
    logs = network.train_loop(3)
    series = results.runs[0].run.series
    assert np.allclose(series["train_loss"], logs["train_loss"], rtol=1e-12)
    assert np.allclose(series["valid_accuracy"], logs["validation_accuracy"], rtol=1e-12)


def test_zero_weights_learn_from_the_labels_alone(run_recipe, digits):
    results = run_recipe("initialization", *TINY, "initialization=zero", "lr=0.1", "epochs=1")
    y = data.scaled(digits, 255, 120, 40).train.y
    bias = np.zeros(10)
    for batch in (y[:64], y[64:]):
        p = np.exp(bias) / np.exp(bias).sum()
        bias = bias - 0.1 * (p - batch.mean(axis=0))
    expected = -(y @ np.log(np.exp(bias) / np.exp(bias).sum())).mean()
    assert abs(results.runs[0].run.series["train_loss"][0] - expected) < 1e-12


def test_the_laws_of_the_weights():
    sizes = [784, 256, 10]
    zero, normal = (student_class.draw_weights(law, sizes, 500) for law in ("zero", "normal"))
    assert not any(array.any() for array in zero.values())
    assert abs(normal["W1"].std() - 1) < 0.01
    assert not normal["b2"].any()
    assert normal["b2"].shape == (1, 10)
    assert np.array_equal(normal["W2"], student_class.draw_weights("normal", sizes, 500)["W2"])


def test_glorot_is_the_students_own(digits, make_jobs):
    (job, *_), _ = make_jobs("initialization", *TINY, "initialization=glorot")
    network = student_class.build(str(SOLUTION), job.settings, data.scaled(digits, 255, 120, 40))
    network.initialize_weights([784, 10])
    own = loading.load(str(SOLUTION), "NN")(hidden_dims=network.hidden_dims, seed=network.seed)
    own.initialize_weights([784, 10])
    assert np.array_equal(network.weights["W1"], own.weights["W1"])


def test_evaluating_in_slices_gives_the_same_means(digits, monkeypatch, make_jobs):
    (job, *_), _ = make_jobs("initialization", *TINY)
    splits = data.scaled(digits, 255, 120, 40)
    network = student_class.build(str(SOLUTION), job.settings, splits)
    network.train_loop(1)
    whole = network.compute_loss_and_accuracy(*splits.train)
    monkeypatch.setattr(student_class, "SLICE_ROWS", 50)  # 50 + 50 + 20 rows
    sliced = network.compute_loss_and_accuracy(*splits.train)
    assert np.allclose(whole[:2], sliced[:2], rtol=1e-13)
    assert np.array_equal(whole[2], sliced[2])


def test_packages_are_there_as_they_are_for_the_grader(run_recipe, tmp_path):
    # What draws or shows progress does nothing; others are absent, and fail only where they are used.
    path = tmp_path / "mine.py"
    imports = "import matplotlib.pyplot as plt\nfrom tqdm.auto import tqdm\nimport no_such_package as torch\n"
    methods = """
Base = NN
class NN(Base):
    def train_loop(self, n):
        plt.plot([1])
        for _ in tqdm(range(n)):
            logs = super().train_loop(1)
        return logs
    def other(self):
        return torch.zeros(3)
"""
    future = "from __future__ import annotations\n"
    path.write_text(f"{future}{imports}get_ipython()\n{SOLUTION.read_text()}{methods}")
    results = run_recipe("initialization", *TINY, "initialization=glorot", solution=path)
    assert results.runs[0].run.status == "complete"
    with pytest.raises(ImportError, match=r"no_such_package.zeros is not available during grading"):
        loading.load(str(path), "NN")().other()


def test_a_diverging_run_is_recorded_as_such(run_recipe, write_solution):
    solution = write_solution(
        "    def loss(self, p, y):\n        return np.nan if self.lr > 1 else super().loss(p, y)"
    )
    results = run_recipe("initialization", *TINY, "lr=2", "initialization=glorot", solution=solution)
    run = results.runs[0].run
    assert (run.status, run.message) == ("diverged", "the train loss became nan in epoch 1")
    assert run.done
    assert "train_loss" not in run.series


def test_a_run_that_raises_is_recorded_with_the_reason_and_done_again(run_recipe, write_solution):
    solution = write_solution("    def train_loop(self, n):\n        raise IndexError('row 7')")
    results = run_recipe("initialization", *TINY, "initialization=glorot", solution=solution)
    run = results.runs[0].run
    line = len(solution.read_text().splitlines())
    said = f"IndexError: row 7, on line {line} of solution.py: raise IndexError('row 7')"
    assert (run.status, run.message) == ("failed", said)
    assert not run.done


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def NN(:\n", "line 1: not valid Python"),
        (
            "x = 1\nraise OSError('no data')\n",
            "cannot be imported: OSError: no data, on line 2",
        ),
        (
            "raise SystemExit(3)\n",
            "cannot be imported: SystemExit: 3, on line 1 of solution.py",
        ),
        ("class Net: pass\n", "has no class NN"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path, text, words):
    path = tmp_path / "solution.py"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        loading.load(str(path), "NN")
    assert words in str(caught.value)
    with pytest.raises(UserError, match="--solution FILE"):
        loading.load(str(tmp_path / "none.py"), "NN")
