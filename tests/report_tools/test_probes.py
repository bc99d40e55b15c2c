"""What is looked at on a network without any training, and the tables that it fills."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs ./setup.sh --report")

from report_tools.draw.tables import geometry as geometry_table  # noqa: E402
from report_tools.plan import geometry, recipe  # noqa: E402
from report_tools.plan.cnn import Cnn  # noqa: E402
from report_tools.plan.layers import Conv, Dropout, Linear, Pool  # noqa: E402
from report_tools.train import data, execute, store  # noqa: E402
from report_tools.train.pytorch import convnet, preparation, probes, receptive_field  # noqa: E402

torch.set_num_threads(1)

SMALL = (Conv(4, 3, padding=1), Pool(2), Conv(5, 3), Linear(12), Dropout(0.5), Linear(3))


def small(layers=SMALL, **changes):
    changes = {"lr": 0.1, "batch_size": 8, "seed": 1, "epochs": 0, "layers": layers, **changes}
    return Cnn(**changes)


@pytest.fixture
def network():
    torch.manual_seed(0)
    return convnet.build(small(), 3, 12).eval()


@pytest.fixture
def images():
    torch.manual_seed(1)
    return torch.rand(40, 3, 12, 12)


def planned(name):
    return {run.label: run.settings for run in recipe.expand(recipe.load("practical", name))}


def test_arithmetic_and_pytorch_agree_on_the_network_of_the_practical():
    rows = receptive_field.table(planned("layers")["cnn"], 3, 32)
    assert [row["weights"] + row["biases"] for row in rows if row["weights"]] == [
        2_432, 51_264, 102_464, 1_025_000, 10_010
    ]  # fmt: skip
    assert [row["pytorch"]["field"] for row in rows] == [5, 6, 14, 16, 32, 36, None, None]
    assert geometry_table.agreement(rows) == geometry_table.AGREEMENT
    rows[2]["pytorch"]["field"] = 13
    assert "field is 14 by arithmetic, and 13 in PyTorch" in geometry_table.agreement(rows)


def test_vgg16_on_a_larger_image_takes_no_memory():
    found = planned("larger-image")
    totals = {}
    for label, settings in found.items():
        rows = receptive_field.table(settings, 3, settings.input_side(32))
        assert geometry_table.agreement(rows) == geometry_table.AGREEMENT
        totals[label] = sum(row["weights"] + row["biases"] for row in rows)
    assert totals["VGG16, 224 × 224"] == totals["convolutions only, 400 × 400"] == 138_357_544
    assert rows[-1]["output"] == [1000, 6, 6]
    assert [row["field"] for row in rows if "pooling" in row["layer"]] == [6, 16, 44, 100, 212]


@pytest.mark.parametrize(
    "layers", [(Conv(2, 3, stride=2), Pool(3), Conv(2, 2)), (Conv(1, 1),), (Conv(3, 5, padding=4), Pool(2))]
)
def test_the_rule_and_the_gradient_give_the_same_field(layers):
    model = convnet.build(small(layers), 1, 40)
    by_rule = list(geometry.follow(layers, 1, 40))[-1][2].field
    assert receptive_field.side_by_gradient(receptive_field.windows(model)) == by_rule


def test_pixels_matter_only_within_the_field(network, images):
    stages = probes.receptive_field(network, torch.nn.Identity(), small(), images)
    assert [stage["side"] for stage in stages] == [3, 4, 8]
    for stage in stages:
        seen = np.argwhere(np.array(stage["map"]) > 0)
        low = max(0, stage["centre"] - (stage["side"] - 1) / 2)
        high = min(11, stage["centre"] + (stage["side"] - 1) / 2)
        assert (seen.min(), seen.max()) == (low, high)


def test_a_fully_connected_layer_is_a_convolution(network, images):
    (check,) = probes.equivalence(network, torch.nn.Identity(), small(), images)
    assert check["holds"]
    assert check["value"] < 1e-5
    wide = probes.as_convolutions(network, images)(torch.rand(1, 3, 20, 20))
    assert wide.shape == (1, 3, 5, 5)  # of a larger image an answer for each place
    with torch.no_grad():
        network[-1].weight *= 1.001
        assert (
            probes.as_convolutions(network, images)(images).flatten(1) - network(images)
        ).abs().max() < 1e-5


def test_dropout_has_two_modes_that_agree_in_the_mean(network, images):
    again, twice, mean = probes.dropout(network, torch.nn.Identity(), small(), images)
    assert again["value"] == 0
    assert twice["value"] > 0.01
    assert again["holds"] and twice["holds"] and mean["holds"]


def test_dropout_without_its_factor_is_found_out(network, images, monkeypatch):
    class Unscaled(torch.nn.Dropout):
        def forward(self, x):
            return super().forward(x) * (1 - self.p) if self.training else x

    network[-2] = Unscaled(0.5)
    assert not probes.dropout(network, torch.nn.Identity(), small(), images)[2]["holds"]


def test_a_network_of_means_does_not_notice_a_shift_and_a_linear_one_does(images):
    images[..., 6:] = 0  # so that nothing but black is lost
    blind = torch.nn.Sequential(
        torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(3, 3)
    ).eval()
    steps = probes.shift(blind, torch.nn.Identity(), small(), images)
    assert [step["shift"] for step in steps] == list(range(9))
    assert [step["changed"] for step in steps[:7]] == [0] * 7
    assert max(step["moved"] for step in steps[:7]) < 1e-5
    torch.manual_seed(0)
    seeing = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(432, 3)).eval()
    steps = probes.shift(seeing, torch.nn.Identity(), small(), images)
    assert (steps[0]["changed"], steps[0]["moved"]) == (0, 0)
    assert steps[3]["changed"] > 0
    assert steps[3]["moved"] > 0.3


def test_a_run_keeps_its_probes_its_start_and_its_statistics(digits, tmp_path):
    settings = small(
        (Pool(4), Linear(10)), epochs=2, n_train=200, n_valid=50, standardize="channel", probes=("samples",)
    )
    job = store.make_job(settings, digits, tmp_path, "cpu", tmp_path)
    run = execute.perform(job)
    assert run.status == "complete", run.message
    assert 1.5 < run.start["train_loss"] < 3.5
    assert run.series["train_loss"][-1] < run.start["train_loss"]
    assert run.series["train_top5"][-1] >= run.series["train_accuracy"][-1]
    assert run.series["lr"] == [0.1, 0.1]
    rows = data.split(digits, 200, 50).train.x / 255
    assert run.facts["statistics"]["mean"] == pytest.approx([rows.mean()])
    assert run.facts["statistics"]["rows"] == 200
    assert run.facts["probes"]["samples"]["before"]["shape"] == [8, 28, 28, 1]


def test_without_training_and_probes_only_shapes_are_asked_for(digits, tmp_path, monkeypatch):
    monkeypatch.setattr(preparation, "make", None)
    huge = small((Conv(4096, 28), Linear(1_000_000), Linear(10)))  # 16 GB, if it had any weights
    run = execute.perform(store.make_job(huge, digits, tmp_path, "cpu", tmp_path))
    assert (run.status, run.message) == ("complete", "")
    assert run.parameters == 4_110_215_370
    assert [row["output"] for row in run.facts["geometry"]] == [[4096, 1, 1], [1_000_000], [10]]
