import pytest

from autograder.common import time_limit
from autograder.common.errors import UserError
from report_tools.plan.mlp import STUDENT
from report_tools.train.student import preflight, public_tests

from .conftest import ROOT, SOLUTION

# What a mistake looks like, and what is said about it: its function, the test, its section.
MISTAKES = [
    ("relu = None", "relu is missing; see section 1.2"),
    ("compute_loss_and_accuracy = None", "compute_loss_and_accuracy is missing; it is given in the template"),
    (
        "def forward(self, x): raise NotImplementedError('see 1.3')",
        "forward is not written yet; see section 1.3",
    ),
    (
        "def softmax(self, x): return np.exp(x) / np.sum(np.exp(x))",
        'softmax fails the public test "softmax: right for every row of a batch (R9)": the rows do not sum',
    ),
    ("def sigmoid(self, x, grad=False): return x[0]", "has shape (3,), but should have shape (2, 3); see"),
    ("def activation(self, x, grad=False): return self.selu(x)", "AttributeError: 'NN' object has no"),
    (
        "def backward(self, cache, y): return {k: 7 * v for k, v in super().backward(cache, y).items()}",
        "see section 1.4 of the handout, or train anyway with --force.",
    ),
    ("def backward(self, cache, y): return None", "is a `return` missing?"),
    ("def update(self, grads): self.weights['W1'] += 1", "update fails the public test"),
    ("def train_loop(self, n): self.train_logs = {}", "train_loop fails the public test"),
    ("def __init__(self, data): pass", "unexpected keyword argument 'hidden_dims'"),
]


def test_the_reference_passes():
    preflight.check(str(SOLUTION), STUDENT)


@pytest.mark.parametrize(("body", "words"), MISTAKES)
def test_the_first_wrong_function_is_named_in_one_sentence(write_solution, body, words):
    with pytest.raises(UserError) as caught:
        preflight.check(str(write_solution(f"    {body}")), STUDENT)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cause_is_named_before_what_rests_on_it(write_solution):
    body = (
        "    def tanh(self, x, grad=False): return x\n    def forward(self, x): return super().forward(x + 1)"
    )
    with pytest.raises(UserError, match=r"^tanh fails"):
        preflight.check(str(write_solution(body)), STUDENT)


def test_force_goes_on_all_the_same(write_solution):
    preflight.check(str(write_solution("    def relu(self, x, grad=False): return x")), STUDENT, force=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "import os\nif __name__ == 'solution': raise OSError('no data')\n",
            "raises OSError (no data), on line 2",
        ),
        ("import os\nif __name__ == 'solution': os._exit(3)\n", "it says nothing"),
    ],
)
def test_a_file_with_which_no_test_begins_is_one_sentence(tmp_path, text, words):
    path = tmp_path / "mine.py"
    path.write_text(text + SOLUTION.read_text())
    with pytest.raises(UserError, match=r"^the public tests cannot be run with mine\.py: ") as caught:
        preflight.check(str(path), STUDENT)
    assert words in str(caught.value)


@pytest.mark.hangs
def test_an_endless_loop_is_one_sentence(write_solution, monkeypatch):
    monkeypatch.setattr(public_tests, "TIMEOUT_SECONDS", 2)
    solution = write_solution("    def relu(self, x, grad=False):\n        while True: pass")
    with pytest.raises(UserError, match="take more than 2 seconds; is there an endless loop"):
        preflight.check(str(solution), STUDENT)


def test_an_import_that_does_not_end_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(time_limit, "SECONDS", 0.2)
    (tmp_path / "mine.py").write_text("n = 0\nwhile n < 1:\n    n -= 1\n")
    with pytest.raises(
        UserError, match=r"^importing mine\.py does not end; it was stopped on line [23] of mine\.py: "
    ):
        preflight.check(str(tmp_path / "mine.py"), STUDENT)


def test_without_public_tests_the_class_is_enough(write_solution, monkeypatch, tmp_path):
    monkeypatch.setattr(public_tests, "FOLDER", tmp_path / "none")
    preflight.check(str(write_solution("    def relu(self, x, grad=False): return x")), STUDENT)


def test_an_empty_template_is_told_where_to_start():
    template = ROOT / "template" / "solution.py"
    with pytest.raises(UserError, match=r"initialize_weights is not written yet; see section 1\.1"):
        preflight.check(str(template), STUDENT)
