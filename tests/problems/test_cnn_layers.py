"""The two layers against loops, fixed points and PyTorch; what a fair grader tolerates; the example."""

import ast
import inspect
import itertools
import re
import sys

import msgspec
import numpy as np
import pytest
from hypothesis import given

from autograder.assignment import config, contract
from autograder.assignment.config import Part, Totals
from autograder.checking.later import now
from autograder.grading import zoo
from autograder.grading.grade import grade
from autograder.intake.places import Places
from autograder.intake.submission import accept
from autograder.problems.cnn_layers import strategies
from autograder.problems.cnn_layers.strategies import ConvolutionCase, PoolingCase, convolutions, poolings
from autograder.sandbox import load_report
from autograder.sandbox.protocol import messages
from autograder.sandbox.worker.loader import SubmittedModule
from handout import example
from reference import cnn_layers
from reference.cnn_layers import Convolution2dLayer, MaxPooling2dLayer
from tests.table import table

PROBLEM = contract.problem("cnn_layers")
SOURCE = PROBLEM.reference_path.read_text(encoding="utf-8")
PARTS = (
    Part(
        number="1.1", title="", points=12, problem="cnn_layers",
        functions={"forward": 4, "backward": 8}, owner="Convolution2dLayer",
    ),
    Part(
        number="1.2", title="", points=8, problem="cnn_layers",
        functions={"forward": 2, "backward": 6}, owner="MaxPooling2dLayer",
    ),
)  # fmt: skip
ASSIGNMENT = msgspec.structs.replace(
    config.load(), parts=PARTS, totals=Totals(programming=20, report=65), network=None
)
X = np.arange(16.0).reshape(1, 1, 4, 4)
ONES = np.ones((1, 1, 2, 2))
CASES = [
    ConvolutionCase(),
    ConvolutionCase(n_images=3, n_channels=3, n_filters=2, filter_size=3, stride=2, height=8),
    ConvolutionCase(n_images=1, n_channels=2, filter_size=1, stride=2),
    ConvolutionCase(filter_size=5),
]
POOLINGS = [
    PoolingCase(),
    PoolingCase(n_images=3, filter_size=3, height=7, width=10, darkest=-50),
    PoolingCase(filter_size=4),
]


def convolution(weights, **settings):
    layer = Convolution2dLayer(
        filter_size=weights.shape[-1], n_channels=weights.shape[1], n_filters=len(weights), **settings
    )
    layer.weights = weights
    return layer


# The reference.


def seven_loops(case):
    """Compute the output and the gradient one product at a time."""
    out, gradient = np.zeros(case.output_shape), np.zeros(case.weights.shape)
    k, s = case.filter_size, case.stride
    for n, f, i, j in np.ndindex(out.shape):
        for c, a, b in itertools.product(range(case.n_channels), range(k), range(k)):
            pixel = case.x[n, c, i * s + a, j * s + b]
            out[n, f, i, j] += pixel * case.weights[f, c, a, b]
            gradient[f, c, a, b] += pixel * case.grad_output[n, f, i, j]
    return out, gradient


@table("case", CASES)
def test_the_convolution_is_what_seven_loops_compute(case):
    out, gradient = seven_loops(case)
    cache = case.reference().forward(case.x)
    np.testing.assert_array_equal(cache["out"], out)
    np.testing.assert_array_equal(case.reference().backward(cache, case.grad_output), gradient)


@table("case", POOLINGS)
def test_the_pooling_is_what_loops_find(case):
    cache = case.reference().forward(case.x)
    gradient, k = np.zeros(case.x.shape), case.filter_size
    for n, c, i, j in np.ndindex(case.output_shape):
        pixels = {
            (a, b): case.x[n, c, a, b]
            for a, b in itertools.product(range(i * k, i * k + k), range(j * k, j * k + k))
        }
        place = max(pixels, key=pixels.get)
        assert cache["out"][n, c, i, j] == pixels[place]
        gradient[(n, c, *place)] = case.grad_output[n, c, i, j]
    assert cache["out"].shape == case.output_shape
    np.testing.assert_array_equal(case.reference().backward(cache, case.grad_output), gradient)


@table("case", CASES)
def test_the_convolution_is_pytorchs(case):
    torch = pytest.importorskip("torch", reason="PyTorch comes with ./setup.sh --report")
    x = torch.tensor(case.x.copy())
    weights = torch.tensor(case.weights.copy(), requires_grad=True)
    out = torch.nn.functional.conv2d(x, weights, stride=case.stride)
    (out * torch.tensor(case.grad_output.copy())).sum().backward()
    cache = case.reference().forward(case.x)
    np.testing.assert_allclose(cache["out"], out.detach().numpy(), rtol=1e-12)
    gradient = case.reference().backward(cache, case.grad_output)
    np.testing.assert_allclose(gradient, weights.grad.numpy(), rtol=1e-12, atol=1e-12)


@table("case", POOLINGS)
def test_the_pooling_is_pytorchs(case):
    torch = pytest.importorskip("torch", reason="PyTorch comes with ./setup.sh --report")
    x = torch.tensor(case.x.copy(), requires_grad=True)
    out = torch.nn.functional.max_pool2d(x, case.filter_size)
    (out * torch.tensor(case.grad_output.copy())).sum().backward()
    cache = case.reference().forward(case.x)
    np.testing.assert_array_equal(cache["out"], out.detach().numpy())
    np.testing.assert_array_equal(case.reference().backward(cache, case.grad_output), x.grad.numpy())


@table(
    ("stride", "out", "gradient"),
    [
        (1, [[10, 14, 18], [26, 30, 34], [42, 46, 50]], [[45, 54], [81, 90]]),
        (2, [[10, 18], [42, 50]], [[20, 24], [36, 40]]),
    ],
)
def test_sixteen_pixels_and_a_filter_of_ones(stride, out, gradient):
    layer = convolution(ONES, stride=stride)
    cache = layer.forward(X)
    assert cache["out"].tolist() == [[out]]
    assert layer.backward(cache, np.ones_like(cache["out"])).tolist() == [[gradient]]


def test_a_bright_pixel_gives_the_filter_reversed():
    x, kernel = np.zeros((1, 1, 5, 5)), np.arange(9.0).reshape(1, 1, 3, 3)
    x[0, 0, 2, 2] = 1
    np.testing.assert_array_equal(convolution(kernel).forward(x)["out"], kernel[:, :, ::-1, ::-1])


def test_laws_of_pooling():
    case = PoolingCase(height=8, width=8, darkest=-80)
    layer = case.reference()
    two = layer.forward(layer.forward(case.x)["out"])["out"]
    np.testing.assert_array_equal(two, MaxPooling2dLayer(filter_size=4).forward(case.x)["out"])
    positive = np.maximum(case.x, 0)
    np.testing.assert_array_equal(layer.forward(positive)["out"], np.maximum(case.cache()["out"], 0))
    gradient = layer.backward(case.cache(), case.grad_output)
    assert np.sum(gradient) == np.sum(case.grad_output)


@table(
    ("side", "n_filters", "n_weights", "convolved", "pooled"),
    [(128, 32, 288, 126, 63), (32, 64, 576, 30, 15)],
)
def test_the_sizes_of_the_published_assignments(side, n_filters, n_weights, convolved, pooled):
    layer = Convolution2dLayer(n_filters=n_filters)
    assert layer.weights.size == n_weights
    out = layer.forward(np.zeros((1, 1, side, side)))["out"]
    assert out.shape == (1, n_filters, convolved, convolved)
    assert MaxPooling2dLayer().forward(out)["out"].shape == (1, n_filters, pooled, pooled)


def test_weights_follow_from_the_seed_and_stay_within_their_bound():
    layer, again, other = (Convolution2dLayer(n_channels=3, seed=seed) for seed in (1, 1, 2))
    before = layer.weights
    layer.initialize_weights()
    assert np.array_equal(before, again.weights) and np.array_equal(before, layer.weights)
    assert not np.array_equal(before, other.weights)
    assert 0.95 < np.max(np.abs(before)) * np.sqrt(27) <= 1


# The inputs.


@given(case=now(convolutions()))
def test_ordinary_convolutions_are_no_corner(case):
    n, f, h, w = case.output_shape
    assert n > 1 and f > 1 and h > 1 and w > 1
    assert (case.n_channels, case.stride, case.height) == (1, 1, case.width)


@given(case=now(poolings()))
def test_ordinary_poolings_are_no_corner(case):
    assert min(case.output_shape) > 1 and case.height == case.width
    assert (case.height % 2, case.filter_size) == (0, 2)
    assert np.min(case.x) > 0 and len(np.unique(case.x)) == case.x.size


def test_the_widest_batch_is_what_the_handout_promises():
    widest = strategies.FULL_SIZE
    assert (widest.x.shape, widest.n_filters) == ((2, 1, 28, 28), 8)


def test_the_contract_names_the_keywords_of_the_constructors():
    for name, owner in PROBLEM.classes.items():
        assert tuple(inspect.signature(getattr(cnn_layers, name)).parameters) == owner.keywords


# What a fair grader tolerates.


def graded(source):
    return grade(accept("solution.py", source.encode()), assignment=ASSIGNMENT)


def lost(report):
    return {
        outcome.check.function: outcome.reason
        for outcome in report.outcomes
        if not outcome.passed and outcome.check.max_points
    }


def changed(*replacements, source=SOURCE):
    for old, new in replacements:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


RENAMED = (("class Convolution2dLayer:", "class Conv:"), ("class MaxPooling2dLayer:", "class Pool:"))


def test_renamed_classes_are_told_apart_by_their_keywords():
    report = graded(changed(*RENAMED))
    assert report.points == 20
    others = '\n\nclass Network:\n    def __init__(self, layers):\n        """Stack layers."""\n'
    methods = "".join(f"    def {name}:\n        pass\n\n" for name in ("forward(self)", "backward(self)"))
    assert graded(changed(*RENAMED) + others + methods).points == 20


KEYWORDS = (
    ("(self, *, filter_size=3, stride=1, n_channels=1, n_filters=32, seed=None)", "(self, **keywords)"),
    ("(self, *, filter_size=2)", "(self, **keywords)"),
)


def test_classes_that_nothing_tells_apart_are_named():
    (first, *others) = graded(changed(*RENAMED, *KEYWORDS)).outcomes
    assert first.reason == (
        "Your file defines nothing that is graded, such as `Convolution2dLayer`, `MaxPooling2dLayer`. "
        "`Conv`, `Pool` could be meant; give each class the name that it has in the template."
    )
    assert not any(outcome.points for outcome in others)


def test_a_class_for_which_there_are_several_is_asked_for_its_name():
    dense = "\n\nclass Dense:\n    def forward(self, x):\n        pass\n\n    backward = forward\n"
    report = graded(changed(RENAMED[1], KEYWORDS[1]) + dense)
    assert lost(report)["MaxPooling2dLayer.forward"] == (
        "Your file has no class `MaxPooling2dLayer`, but several that could be meant: `Pool`, "
        "`Dense`. Give one of them that name."
    )
    assert report.points == 12


def test_a_class_that_could_be_two_is_asked_for_its_name(monkeypatch):
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setitem(sys.modules, "solution", ast)  # whatever, it is put back
    layer = "\n\nclass Layer:\n    def forward(self, x):\n        pass\n\n    backward = forward\n"
    line = "\n\nclass Line:\n    def fit(self, x):\n        pass\n"
    wanted = [
        messages.Wanted(name=name, graded=graded, state=[], after_construction="", keywords=[])
        for name, graded in {"Conv": ["forward"], "Pool": ["backward"], "Line": ["fit"]}.items()
    ]
    loaded = SubmittedModule((layer + line).encode(), wanted, Places()).execute(lambda number: None, None)
    assert loaded.found == {"Line": "Line"}
    assert load_report.why_missing(loaded, "Pool") == (
        "Your file has no class `Pool`; `Layer` could be meant, or could be another class that is missing: "
        "give it the name that it has in the template."
    )


def test_a_constructor_of_another_year_costs_a_sentence():
    report = graded(
        changed(("n_filters=32, seed=None)", "n_units=32, seed=None)"), ("= n_filters\n", "= n_units\n"))
    )
    assert report.points == 20
    assert [note.split(";")[0] for note in report.notes] == [
        "The constructor of `Convolution2dLayer` comes with the template"
    ]


FORWARD_OF_CONVOLUTION = "        n, _, height, width = x.shape\n"
FORWARD_OF_POOLING = "        n, c, height, width = x.shape\n"


@table(
    "breakage",
    [
        "return None",
        "raise ValueError",
        "raise NotImplementedError",
        "raise SystemExit",
        "return {'x': x * 0}",
    ],
)
def test_a_wrong_forward_costs_nothing_in_backward(breakage):
    source = changed(
        *((line, f"        {breakage}\n{line}") for line in (FORWARD_OF_CONVOLUTION, FORWARD_OF_POOLING))
    )
    report = graded(source)
    assert set(lost(report)) == {"Convolution2dLayer.forward", "MaxPooling2dLayer.forward"}
    assert report.points == 14


@pytest.mark.hangs
def test_a_forward_without_an_end_costs_nothing_in_backward():
    limits = msgspec.structs.replace(ASSIGNMENT.limits, call_seconds=2.0, function_seconds=6.0)
    impatient = msgspec.structs.replace(ASSIGNMENT, limits=limits)
    source = changed(
        (FORWARD_OF_CONVOLUTION, f"        while True:\n            pass\n{FORWARD_OF_CONVOLUTION}")
    )
    report = grade(accept("solution.py", source.encode()), assignment=impatient)
    assert set(lost(report)) == {"Convolution2dLayer.forward"}


def test_what_forward_leaves_in_the_cache_is_there_in_backward():
    """A mask, a generator, an object: things that could never travel."""
    for name in ("layers/places-in-the-cache", "layers/cache-with-things-of-its-own", "layers/columns"):
        assert grade(accept("s.py", entry(name).text.encode()), assignment=ASSIGNMENT).points == 20


def test_taking_out_of_the_cache_what_forward_put_there_is_a_change():
    source = changed(
        (
            '(N, F)\n        return {"x": x, "out": out}',
            '(N, F)\n        return {"x": x, "out": out, "own": 1}',
        ),
        ('        x = cache["x"]  # (N, C, H, W)\n', '        x, _ = cache["x"], cache.pop("own", None)\n'),
    )
    reasons = lost(graded(source))
    assert "changes its argument `cache['own']` (R23)" in reasons["Convolution2dLayer.backward"]
    assert graded(source).points == pytest.approx(19.7)


def entry(name):
    return next(each for each in zoo.entries(ASSIGNMENT) if each.name == name)


def test_a_flipped_filter_is_said_so_and_costs_its_own_function():
    reasons = lost(
        grade(
            accept("s.py", entry("Convolution2dLayer.forward/kernel-flipped").text.encode()),
            assignment=ASSIGNMENT,
        )
    )
    assert set(reasons) == {"Convolution2dLayer.forward"}
    assert "You flip the filter" in reasons["Convolution2dLayer.forward"]


# The worked example.


def printed():
    """Read the numbers of the script back, by block and name."""
    blocks = {}
    for title, block in example.sections(PROBLEM).items():
        entries = re.split(r"^ *([\w ]+?) = ", block, flags=re.MULTILINE)[1:]
        blocks[title] = {
            name: np.array(ast.literal_eval(text))
            for name, text in zip(entries[::2], entries[1::2], strict=True)
        }
    return blocks


def test_the_worked_example_is_right():
    x = X[0, 0]
    blocks = printed()
    assert list(blocks) == ["image", "convolution", "stride", "pooling", "shifted", "pixel"]
    np.testing.assert_array_equal(blocks["image"]["x"], x)
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2))
    for title, step in (("convolution", 1), ("stride", 2)):
        np.testing.assert_array_equal(blocks[title]["out"], windows[::step, ::step].sum(axis=(2, 3)))
        np.testing.assert_array_equal(blocks[title]["d weights"], windows[::step, ::step].sum(axis=(0, 1)))
    largest = np.array([[5, 7], [13, 15]])
    np.testing.assert_array_equal(blocks["pooling"]["out"], largest)
    np.testing.assert_array_equal(blocks["pooling"]["d x"], np.isin(x, largest))
    np.testing.assert_array_equal(blocks["shifted"]["out"], largest - 20)
    assert blocks["pixel"]["out"].ravel().tolist() == list(range(9, 0, -1))


def test_the_numbers_in_the_sentences_are_those_of_the_example():
    text = (example.HERE / "problems" / "cnn_layers" / "text.md").read_text(encoding="utf-8")
    blocks = printed()
    sums = [sum(map(int, terms.split(" + "))) for terms in re.findall(r"\$(\d[\d +]+) = \d+\$", text)]
    totals = [int(total) for total in re.findall(r"\$\d[\d +]+ = (\d+)\$", text)]
    assert sums == totals
    assert totals == [
        blocks["convolution"]["out"][0, 0],
        blocks["convolution"]["d weights"][0, 0],
        blocks["stride"]["d weights"][0, 0],
    ]
