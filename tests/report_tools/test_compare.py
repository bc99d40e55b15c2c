import numpy as np
import pytest

from autograder.common.errors import UserError
from report_tools.draw import published, table, tiles
from report_tools.draw.tables import compare
from report_tools.plan import own_module, recipe
from report_tools.plan.cnn import Cnn
from report_tools.plan.recipe import TableSpec
from report_tools.plan.settings import words

from .conftest import TINY, changed_run


def test_three_summaries_of_a_curve(trained):
    results = trained("initialization", *TINY)
    results = changed_run(
        results, 0, series={"valid_loss": [3.0, 1.0, 2.0], "valid_accuracy": [0.1, 0.3, 0.2]}
    )
    wanted = TableSpec("compare", "compare", "Summaries", metrics=("valid_loss", "valid_accuracy"))
    grid = table.build(results, wanted)
    loss, accuracy = (
        next(row for row in grid.rows if row[0] == f"validation {name}") for name in ("loss", "accuracy")
    )
    assert loss[3:] == ["2.0000 ± 0.8165", 3, 2.0, 1.0, 2]
    assert accuracy[3:] == ["0.2000 ± 0.0816", 3, 0.2, 0.3, 2]
    assert "mixes" in grid.notes[0]


def test_a_run_without_epochs_has_dashes(trained):
    results = changed_run(trained("initialization", *TINY), 0, series={})
    grid = table.build(results, TableSpec("compare", "compare", "Summaries", metrics=("valid_loss",)))
    assert grid.rows[0][3:] == [None] * 5


def test_published_summaries_stand_beside_the_own(trained, monkeypatch):
    values = {"mean_valid_loss": 2.0243, "sd_valid_loss": 0.0844}
    monkeypatch.setattr(published, "final", lambda results, labelled, metric: values.get(metric))
    results = trained("initialization", *TINY)
    grid = compare.build(results, TableSpec("compare", "compare", "Summaries", metrics=("valid_loss",)))
    assert grid.header[-1].endswith("mean ± sd")
    assert grid.rows[0][-1] == "2.0243 ± 0.0844"


def test_runs_of_other_recipes_are_the_same_runs():
    def vgg16(name):
        return next(
            run.settings for run in recipe.expand(recipe.load("fall2023", name)) if run.label == "VGG16"
        )

    assert vgg16("networks") == vgg16("filters") == vgg16("feature-maps") == vgg16("mlp-vgg")


def test_settings_of_an_unknown_recipe_are_one_sentence(monkeypatch):
    real = recipe.toml_file.read

    def read(path, *rest):
        return {**real(path, *rest), **({"settings_of": "network"} if path.stem == "filters" else {})}

    monkeypatch.setattr(recipe.toml_file, "read", read)
    with pytest.raises(UserError, match="settings_of names no recipe of this edition: 'network'"):
        recipe.load("fall2023", "filters")


def test_a_network_is_layers_or_a_module_and_not_both():
    common = {"lr": 0.1, "batch_size": 1, "seed": 0, "epochs": 1}
    with pytest.raises(ValueError, match="either a list of layers or a module"):
        Cnn(**common)
    with pytest.raises(ValueError, match="a module has its own"):
        Cnn(**common, module="mynet.py:Net", dropout=0.5)
    assert "module" in words(Cnn)


def test_a_module_stands_beside_the_solution_or_in_the_kit(tmp_path):
    solution = tmp_path / "solution.py"
    assert own_module.find("depthwise.py:Net", solution).parent == own_module.NETWORKS
    (tmp_path / "depthwise.py").touch()
    assert own_module.find("depthwise.py:Net", solution) == tmp_path / "depthwise.py"
    with pytest.raises(
        UserError, match=r"no file .*mynet.py; write your class into it.*depthwise.py, inception.py"
    ):
        own_module.find("mynet.py:Net", solution)


def test_a_sheet_of_tiles_shows_each_by_its_own_scale():
    image = tiles.sheet(np.stack([np.arange(9.0).reshape(3, 3), 100 * np.arange(9.0).reshape(3, 3)]))
    side = 24
    assert image.shape == (side, 2 * side + 2, 3)
    assert np.array_equal(image[:, :side], image[:, -side:])
    assert (image.min(), image.max()) == (0, 1)
    assert np.allclose(image[0, side], tiles.GAP)
    assert np.allclose(tiles.stretch(np.full((2, 2), 7.0)), 0.5)


def test_wide_tiles_are_averaged_until_they_fit():
    tile = np.arange(4.0).reshape(1, 2, 2, 1).repeat(3, axis=3)
    assert tiles.shrink(tile, 1).shape == (1, 1, 1, 3)
    assert tiles.shrink(tile, 1)[0, 0, 0, 0] == 1.5
