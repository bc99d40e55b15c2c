import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs ./setup.sh --report")

from autograder.common.errors import UserError  # noqa: E402
from report_tools.draw import captions, picture, table  # noqa: E402
from report_tools.plan import recipe  # noqa: E402
from report_tools.train.pytorch import convnet, feature_maps, network, own_network, softmax_trap  # noqa: E402

torch.set_num_threads(1)

NET = """
from torch import nn

class Net(nn.Module):
    def __init__(self, channels, n_classes):
        super().__init__()
        self.conv = nn.Conv2d(channels, 4, 3, stride=2)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, n_classes))

    def forward(self, x):
        return {forward}
"""
FORWARD = "self.head(self.conv(x).relu())"
OWN = (
    "own.module=mynet.py:Net", "own.n_train=64", "own.resize=16", "n_train=32", "n_valid=32", "epochs=1",
    "own.epochs=2", "inception.n_train=16", "inception.resize=8", "inception.epochs=1",
)  # fmt: skip


@pytest.fixture
def write_net(tmp_path):
    """Write mynet.py beside a solution.py, and return the path of that."""

    def write(forward=FORWARD, source=NET):
        (tmp_path / "mynet.py").write_text(source.replace("{forward}", forward))
        return tmp_path / "solution.py"

    return write


def settings(name, label):
    return {run.label: run.settings for run in recipe.expand(recipe.load("fall2023", name))}[label]


def parameters(name, label, side):
    with torch.device("meta"):
        model, rows = network.build(settings(name, label), "solution.py", 3, side, 10)
    assert sum(row["parameters"] or 0 for row in rows) == network.count(model)
    return network.count(model)


def test_vgg16_and_the_wide_perceptron_have_exactly_the_published_parameters():
    assert parameters("networks", "VGG16", 227) == 134_309_962
    assert parameters("vgg16", "VGG16 for 32 × 32 pixels", 32) == 33_646_666
    assert parameters("mlp-vgg", "perceptron", 32) == 176_784_778


def test_they_are_the_layers_of_torchvision():
    models = pytest.importorskip("torchvision").models
    with torch.device("meta"):
        theirs = models.vgg16_bn(num_classes=10)
        ours, _ = network.build(settings("networks", "VGG16"), "solution.py", 3, 227, 10)
    kinds = (torch.nn.Conv2d, torch.nn.BatchNorm2d, torch.nn.Linear, torch.nn.Dropout, torch.nn.MaxPool2d)
    listed = [
        [(type(m), [p.shape for p in m.parameters()]) for m in model.modules() if isinstance(m, kinds)]
        for model in (ours, theirs)
    ]
    # Theirs has dropout after the relu of the last two hidden layers, as here.
    assert listed[0] == listed[1]


def test_batch_norm_of_the_perceptron_stands_behind_13_of_its_16_linear_layers():
    with torch.device("meta"):
        model = convnet.build(settings("mlp-vgg", "perceptron"), 3, 32)
    norms = [module for module in model if isinstance(module, torch.nn.BatchNorm1d)]
    assert len(norms) == 13
    assert sum(network.count(norm) for norm in norms) == 76_032


@pytest.mark.parametrize(("module", "expected"), [("depthwise.py", 1_287_178), ("inception.py", 639_946)])
def test_the_networks_of_the_kit_take_any_image_and_their_tables_add_up(module, expected):
    for side, channels in ((32, 3), (28, 1)):
        model = own_network.build(f"{module}:Net", "solution.py", channels, side, 10)
        assert model(torch.zeros(2, channels, side, side)).shape == (2, 10)
        if channels == 3:
            rows = own_network.layer_table(model, channels, side)
            assert sum(row["parameters"] or 0 for row in rows) == network.count(model) == expected


def test_a_students_class_is_trained_and_its_layers_are_listed(run_recipe, write_net):
    results = run_recipe("networks", *OWN, quick=True, edition="fall2023", solution=write_net())
    own = next(labelled for labelled in results.runs if labelled.label == "own")
    assert own.run.status == "complete"
    assert own.run.parameters == 3 * 4 * 9 + 4 + 4 * 10 + 10
    layers = [(row["layer"].strip(), row["output"], row["parameters"]) for row in own.run.facts["layers"]]
    assert layers[0] == ("conv: convolution 3-4, kernel 3, stride 2", "4 × 7 × 7", 112)
    assert layers[1] == ("head: Sequential", "10", None)
    assert layers[-1] == ("2: linear 4-10", "10", 50)
    assert "Net of mynet.py" in captions.caption(results, results.recipe.figures[2])
    assert "relu" not in captions.caption(results, results.recipe.figures[2])
    arrays = results.arrays(own)
    assert arrays["filters_first"].shape == (4, 3, 3, 3)
    assert arrays["maps_last"].shape == (4, 7, 7)


def test_another_class_is_another_run(make_jobs, write_net):
    def key():
        jobs, _ = make_jobs("networks", *OWN, quick=True, edition="fall2023", solution=write_net(forward))
        return jobs[1].key

    forward = FORWARD
    first = key()
    assert key() == first
    forward = "self.head(self.conv(x).tanh())"
    assert key() != first


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "mynet.py has no class Net"),
        ("class Net: pass", "mynet.py: Net is not a subclass of torch.nn.Module"),
        (
            "from torch import nn\nclass Net(nn.Module):\n    def __init__(self, depth): pass",
            "Net() fails: TypeError",
        ),
        (
            NET.replace("{forward}", "x"),
            "forward must return logits of shape (N, 10); for N = 2 it returned shape",
        ),
        (NET.replace("{forward}", "None"), "it returned NoneType"),
        (
            NET.replace("{forward}", "self.head(x)"),
            "the network fails for images of shape (2, 3, 32, 32): RuntimeError",
        ),
    ],
)
def test_what_is_wrong_with_a_class_is_one_sentence(write_net, source, words):
    solution = write_net(source=source)
    with pytest.raises(UserError) as caught:
        own_network.build("mynet.py:Net", str(solution), 3, 32, 10)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_softmax_before_the_cross_entropy_is_recognised_and_said(run_recipe, write_net):
    assert softmax_trap.lowest_loss(10) == pytest.approx(1.4612, abs=5e-5)
    perfect = torch.eye(10)
    loss = torch.nn.functional.cross_entropy(perfect, torch.arange(10))
    assert float(loss) == pytest.approx(softmax_trap.lowest_loss(10), abs=1e-6)
    solution = write_net(f"{FORWARD}.softmax(1)")
    results = run_recipe("networks", *OWN, quick=True, edition="fall2023", solution=solution)
    said = [remark for remark in captions.remarks(results) if "1.4612" in remark and "softmax" in remark]
    # Once for this network, none for the two others; the note on the published numbers does not count.
    assert len([remark for remark in said if "forward return the logits" in remark]) == 1


@pytest.mark.parametrize("outputs", [torch.eye(10) * 3, torch.randn(8, 10), torch.zeros(4, 10)])
def test_logits_are_no_probabilities(outputs):
    assert softmax_trap.remark(outputs) == ""


def test_filters_and_maps_are_those_of_the_first_and_last_convolution_that_an_image_meets():
    class Crossed(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.b = torch.nn.Conv2d(5, 2, 1)
            self.a = torch.nn.Conv2d(3, 5, 3, padding=1)

        def forward(self, x):
            return self.b(self.a(x)).mean((2, 3))

    model = Crossed()
    image = torch.rand(1, 3, 8, 8)
    found = feature_maps.arrays(model, image, image)
    assert np.allclose(found["filters_first"], model.a.weight.detach())
    assert np.allclose(found["filters_last"], model.b.weight.detach().mean(1))
    assert np.allclose(found["maps_first"], model.a(image)[0].detach(), atol=1e-2)
    assert found["maps_last"].shape == (2, 8, 8)


def test_figures_of_filters_and_maps_say_how_many_and_how_large(run_recipe):
    tiny = ("epochs=1", "n_train=32", "n_valid=16")
    for name, words in (("filters", "64 × 3 × 3 of the last"), ("feature-maps", "8 × 32 × 32 of the first")):
        results = run_recipe(name, *tiny, quick=True, edition="fall2023")
        titles = [
            axes.get_title(loc="left") for axes in picture.draw(results, results.recipe.figures[0]).axes
        ]
        assert any(words in title for title in titles)


def test_lost_arrays_are_made_again(make_jobs, run_recipe):
    from report_tools.train import execute
    from report_tools.train.store import Store

    tiny = ("epochs=1", "n_train=32", "n_valid=16")
    results = run_recipe("filters", *tiny, quick=True, edition="fall2023")
    jobs, _ = make_jobs("filters", *tiny, quick=True, edition="fall2023")
    assert execute.is_done(results.store, jobs[0])
    Store(results.store.folder).arrays_path(jobs[0].key).unlink()
    assert not execute.is_done(results.store, jobs[0])


def test_an_image_that_is_not_there_is_one_sentence(run_recipe):
    changes = ("epochs=1", "n_train=32", "n_valid=16", "shown_image=16")
    run = run_recipe("filters", *changes, quick=True, edition="fall2023").runs[0].run
    assert run.message == "shown_image=16: the validation split has 16 images, counted from 0."


def test_the_table_of_a_network_that_is_not_trained_speaks_of_no_training(run_recipe):
    results = run_recipe("vgg16", edition="fall2023")
    caption = captions.caption(results, results.recipe.tables[0])
    assert "(134,309,962 parameters)" in caption
    assert "learning rate" not in caption
    assert "digits" not in caption
    assert any("runs agree" in remark for remark in captions.remarks(results))
    grid = table.build(results, results.recipe.tables[0])
    assert grid.rows[-1] == ["total", "", 134_309_962]
