"""The edition cifar10: its exact numbers, and the figures and tables that came with it."""

import msgspec
import numpy as np
import pytest

from report_tools.draw import published, recipe_results, table
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan import changes, geometry, recipe
from report_tools.train.student import gradient_check

from .conftest import changed_run, on_its_own_data
from .test_figures import draw, texts
from .test_tables import build

EDITION = "cifar10"
TINY = ("hidden_dims=[6, 5]", "epochs=2", "n_train=120", "n_valid=40")


@pytest.fixture
def initialization(trained):
    return trained("initialization", *TINY, edition=EDITION)


@pytest.fixture
def search(trained):
    small = ("hidden_dims=[[6, 5], [4, 3]]", "epochs=1", "n_train=60", "n_valid=20")
    return trained("hyperparameters", *small, edition=EDITION)


@pytest.fixture
def check(trained):
    return trained("gradient-check", *TINY, "lr=0.1", "n_elements=12", "sample=3", edition=EDITION)


def layers_of(name, label):
    planned = {run.label: run.settings for run in recipe.expand(recipe.load(EDITION, name))}
    return planned[label].layers


def test_the_cnn_has_the_published_parameters():
    followed = list(geometry.follow(layers_of("cnn", "CNN"), 3, 32))
    counts = [
        geometry.n_weights(layer, before) + layer.out
        for layer, before, _ in followed
        if geometry.n_weights(layer, before)
    ]
    assert counts == [25_200, 1_620_200, 72_090, 43_320, 10_890, 910]
    assert sum(counts) == 1_772_610
    assert [after.size for _, _, after in followed if after.size in (360, 10)] == [360, 10]


def test_both_recipes_train_the_same_network():
    assert layers_of("cnn", "CNN") == layers_of("regularization", "plain")


def test_pytorch_gives_the_published_summary_with_and_without_batch_norm(run_recipe):
    pytest.importorskip("torch", reason="needs ./setup.sh --report")
    one_step = ("epochs=0", "n_train=8", "n_valid=8")
    grids = [
        build(run_recipe("cnn", *one_step, edition=EDITION), "layers"),
        build(run_recipe("regularization", *one_step, edition=EDITION), "layers"),
    ]
    assert [grid.rows[-1][-1] for grid in grids] == [1_772_610, 1_774_990]
    assert [row[2] for row in grids[1].rows if row[0].startswith("batch norm")] == [1_800, 400, 180]
    assert [row[1] for row in grids[0].rows[:5:2]] == ["900 × 30 × 30", "200 × 13 × 13", "90 × 5 × 5"]
    for grid, sizes in zip(grids, (("6.46", "6.76", "13.23"), ("12.91", "6.77", "19.69")), strict=True):
        forward, parameters, together = sizes
        assert grid.notes[-1].endswith(
            f"input 0.01, forward and backward {forward}, parameters {parameters}, together {together}."
        )


@pytest.mark.parametrize(
    ("hidden_dims", "words"),
    [
        ("[784, 256]", "3,072·784 + 784 + 784·256 + 256 + 256·10 + 10 = 2,612,762"),
        (
            "[1024, 512, 64, 64]",
            "3,072·1,024 + 1,024 + 1,024·512 + 512 + 512·64 + 64 + 64·64 + 64 + 64·10 + 10 = 3,709,194",
        ),
    ],
    ids=["shallow", "deep"],
)
def test_the_sum_that_gives_the_parameters_of_a_perceptron_is_printed(run_recipe, hidden_dims, words):
    untrained = (f"hidden_dims={hidden_dims}", "epochs=0", "n_train=8", "n_valid=8", "initialization=glorot")
    results = run_recipe("initialization", *untrained, edition=EDITION)
    assert build(results, "layers").notes[0] == f"Parameters: {words}."
    assert results.runs[0].run.parameters == int(words.rpartition(" ")[2].replace(",", ""))


def test_notes_stand_below_the_table_in_every_language(initialization, tmp_path):
    table.write(build(initialization, "layers"), tmp_path / "t")
    assert "6·5 + 5" in (tmp_path / "t.md").read_text().rpartition("|")[2]
    assert r"6$\cdot$5 + 5" in (tmp_path / "t.tex").read_text().partition(r"\end{tabular}")[2]
    assert "6·5 + 5" in (tmp_path / "t.typ").read_text().partition("\n)\n")[2]
    assert "Memory" not in (tmp_path / "t.csv").read_text()


def test_together_a_colour_is_a_run_and_a_dash_a_metric(initialization):
    figure = draw(initialization, "accuracy")
    (axes,) = figure.axes
    lines = axes.get_lines()
    for line, (labelled, metric) in zip(
        lines,
        [(run, metric) for run in initialization.runs for metric in ("train_accuracy", "valid_accuracy")],
        strict=True,
    ):
        assert np.allclose(line.get_ydata(), 100 * np.array(labelled.run.series[metric]))
        assert line.get_linestyle() == ("-" if metric == "train_accuracy" else "--")
    colours = [line.get_color() for line in lines]
    assert colours[0] == colours[1] != colours[2] == colours[3]
    assert len({line.get_marker() for line in lines}) == 2
    said = {text.get_text() for legend in figure.legends for text in legend.get_texts()}
    assert said == {"normal", "glorot", "training accuracy", "validation accuracy"}
    assert axes.get_legend() is None
    assert axes.get_ylabel() == "accuracy (%)"


def test_one_run_alone_has_its_own_axes(initialization):
    (axes,) = draw(initialization, "glorot").axes
    (line,) = axes.get_lines()
    assert list(line.get_ydata()) == initialization.runs[1].run.series["train_loss"]


def test_the_lowest_validation_loss_is_marked(initialization):
    wanted = recipe.load(EDITION, "regularization").figures[1]
    series = {"train_loss": [3.0, 2.0, 1.0, 0.5], "valid_loss": [3.0, 2.5, 2.6, 2.9]}
    for index in range(2):
        changed_run(initialization, index, series=series)
    initialization.recipe = msgspec.structs.replace(
        initialization.recipe, figures=(msgspec.structs.replace(wanted, only=()),)
    )
    figure = draw(initialization, wanted.name)
    stars = [line for line in figure.axes[0].get_lines() if line.get_marker() == "*"]
    assert [(list(s.get_xdata()), list(s.get_ydata())) for s in stars] == [([2], [2.5])] * 2
    # Runs to the left, what dashes and marks mean to the right: a legend fills column after column.
    said = [text.get_text() for text in figure.legends[0].get_texts()]
    assert said == ["normal", "glorot", " ", "training loss", "validation loss", "lowest validation loss"]


def test_the_grid_is_the_heat_map_as_text(search):
    grid = build(search, "grid")
    assert grid.header == ["hidden layers", "relu", "tanh", "sigmoid"]  # nothing is published for (6, 5)
    for row, dims in zip(grid.rows, ([6, 5], [4, 3]), strict=True):
        numbers = [
            recipe_results.final(e.run, "valid_accuracy")
            for e in search.runs
            if e.settings["hidden_dims"] == dims
        ]
        assert row == ["-".join(map(str, dims)), *numbers]


def test_the_grid_has_the_published_numbers_to_the_right(search):
    grid = build(on_its_own_data(search), "grid")
    assert grid.header == ["hidden layers", "relu", "published", "tanh", "published", "sigmoid", "published"]
    assert [row[2::2] for row in grid.rows] == [[0.5005, 0.486, 0.3516], [0.5121, 0.4931, 0.1739]]


def test_a_row_per_element_shows_the_gradient_and_the_powers_of_ten(check):
    grid = build(check, "elements")
    assert grid.header == ["element", "gradient", *(f"N = {10**k}" for k in range(6))]
    facts = check.runs[0].run.facts
    assert [row[0] for row in grid.rows] == facts["elements"]
    assert [row[1] for row in grid.rows] == facts["gradient"]
    k = check.runs[0].settings["n_values"].index(1000)
    assert grid.rows[5][5] == (facts["loss_plus"][k][5] - facts["loss_minus"][k][5]) / (2 / 1000)
    largest = max(abs(row[5] - row[1]) for row in grid.rows)
    assert largest == pytest.approx(check.runs[0].run.series["max_difference"][k], rel=1e-6)


def test_only_the_first_elements_are_shown_but_the_largest_is_of_all(check):
    grid = build(check, "signed")
    assert grid.header[1:] == [*check.runs[0].run.facts["elements"][:6], "largest absolute, of 12 elements"]
    assert np.allclose(
        [row[-1] for row in grid.rows[1:]], check.runs[0].run.series["max_difference"], rtol=1e-9, atol=1e-15
    )


def test_the_finite_differences_and_the_gradient_are_drawn_on_one_scale(check):
    figure = draw(check, "gradients")
    above, below = figure.axes[:2]
    assert len(above.get_lines()) == len(check.runs[0].settings["n_values"]) == 30
    (line,) = below.get_lines()
    assert list(line.get_ydata()) == check.runs[0].run.facts["gradient"]
    assert above.get_ylim() == below.get_ylim()
    # From a small N to a large one the estimates come closer to the gradient.
    errors = [np.abs(each.get_ydata() - line.get_ydata()).max() for each in above.get_lines()]
    assert errors[10] < errors[0]
    assert {"finite difference", "gradient", "N  (step ε = 1/N)"} <= set(texts(figure))


def test_a_gradient_that_is_not_there_is_said(check):
    changed_run(check, 0, status="failed", message="IndexError: row 7", series={}, facts={})
    assert "IndexError: row 7" in texts(draw(check, "gradients"))
    assert build(check, "elements").rows == []


def test_many_elements_with_a_kink_are_counted_not_listed():
    names = [f"W2[0, {k}]" for k in range(100)]
    assert gradient_check.list_some(names[:2], 100) == "W2[0, 0], W2[0, 1]"
    assert gradient_check.list_some(names[:40], 100) == (
        "40 of the 100 elements (such as W2[0, 0], W2[0, 1], W2[0, 2])"
    )


def as_published(results: RecipeResults, **numbers: float) -> RecipeResults:
    """Pretend that the runs were the published ones, with these last numbers."""
    for index, labelled in enumerate(on_its_own_data(results).runs):
        changed_run(
            results, index, parameters=2_612_762, series={"train_loss": [9.0, numbers[labelled.label]]}
        )
    return results


def test_published_last_numbers_and_parameters_are_compared(initialization):
    results = as_published(initialization, normal=2.3, glorot=1.25)
    assert published.sentences(results)[0] == "2 of 2 runs agree with the published numbers."
    assert build(results, "final").rows[1][:5] == ["glorot", 2_612_762, 2_612_762, 1.25, 1.2]
    assert any(line.get_marker() == "+" for line in draw(results, "loss").axes[0].get_lines())
    as_published(results, normal=2.3, glorot=1.6)
    assert "glorot: train loss (epoch 2) is 1.6, published 1.2" in published.sentences(results)[1]
    changed_run(results, 0, parameters=2_612_761)
    assert "normal: parameters is 2612761, published 2612762" in published.sentences(results)[0]


@pytest.mark.parametrize("edition", recipe.editions())
def test_a_dry_run_costs_little(edition):
    """So that it takes less than a minute on two cores; the sums are counted, not timed."""
    about = recipe.load_edition(edition)
    for name in about.recipes:
        found = recipe.load(edition, name)
        shape = recipe.data_of(about, found).image_shape
        total = 0.0
        for run in recipe.expand(changes.quick(found)):
            s = run.settings
            rows = 6 * (s.n_train or 1500) + 2 * ((s.n_train or 1500) + (s.n_valid or 300))
            # PyTorch computes in float32, twice as fast as NumPy in float64.
            total += s.epochs * rows * s.multiplications(shape, 10) / (2 if s.engine.uses_torch else 1)
        assert total < 2e12, f"{edition}/{name}: {total:.1e} operations"
