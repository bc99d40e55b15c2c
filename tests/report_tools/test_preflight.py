import pytest

from autograder.common.errors import UserError
from report_tools.train import preflight

from .conftest import ROOT, SOLUTION

MISTAKES = [
    ("relu = None", "relu is missing; see section 1.2"),
    ("compute_loss_and_accuracy = None", "compute_loss_and_accuracy is missing; it is given in the template"),
    (
        "def forward(self, x): raise NotImplementedError('see 1.3')",
        "forward is not written yet; see section 1.3",
    ),
    ("def softmax(self, x): return np.exp(x) / np.sum(np.exp(x))", "softmax gives rows that do not sum to 1"),
    (
        "def sigmoid(self, x, grad=False): return x[0]",
        "sigmoid gives its result the shape (3,) instead of (2, 3)",
    ),
    ("def activation(self, x, grad=False): return self.selu(x)", "activation raises AttributeError"),
    (
        "def initialize_weights(self, dims): self.weights = {'W1': np.ones((6, 5))}",
        "initialize_weights gives no b1; see section 1.1",
    ),
    (
        "def backward(self, cache, y): return {k: v.T for k, v in super().backward(cache, y).items()}",
        "backward gives dW1 the shape (5, 6) instead of (6, 5); see section 1.4",
    ),
    (
        "def backward(self, cache, y): return {k: 7 * v for k, v in super().backward(cache, y).items()}",
        "where finite differences of your loss give",
    ),
    ("def backward(self, cache, y): return None", "backward gives a NoneType instead of a dictionary"),
    ("def loss(self, p, y): return np.log(p)", "loss gives an array of shape (7, 3) instead of one number"),
    ("def loss(self, p, y): return np.inf", "loss gives inf for uniform predictions"),
    ("def loss(self, p, y): return 2 * super().loss(p, y)", "not ln 3; see section 1.5"),
    ("def update(self, grads): self.weights['W1'] += 1", "update does not subtract lr times the gradient"),
    (
        "def train_loop(self, n): self.train_logs = {}",
        "train_loop leaves 0 numbers in train_logs['train_loss']",
    ),
    ("def __init__(self, data): pass", "the constructor of the template takes these"),
]


def test_the_reference_passes():
    preflight.check(str(SOLUTION))


@pytest.mark.parametrize(("body", "words"), MISTAKES)
def test_the_first_wrong_function_is_named_in_one_sentence(write_solution, body, words):
    with pytest.raises(UserError) as caught:
        preflight.check(str(write_solution(f"    {body}")))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_template_is_told_where_to_start():
    template = ROOT / "template" / "solution.py"
    with pytest.raises(UserError, match=r"initialize_weights is not written yet; see section 1\.1"):
        preflight.check(str(template))
