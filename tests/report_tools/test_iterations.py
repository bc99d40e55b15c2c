import msgspec
import numpy as np
import pytest

from report_tools.draw import captions, picture, table
from report_tools.draw.figures import iterations as figure
from report_tools.plan import recipe
from report_tools.train import data
from report_tools.train.student import iterations, student_class

from .conftest import SOLUTION, changed_run, digits_of

TINY = ("hidden_dims=[8, 6]", "n_train=130", "n_valid=40", "lr=0.001")


@pytest.fixture
def logged(trained):
    def run(name, *changes):
        return trained(name, *TINY, *changes, edition="fall2023")

    return run


def test_each_epoch_has_the_published_number_of_iterations():
    sizes = {
        run.label: run.settings.batch_size for run in recipe.expand(recipe.load("fall2023", "batch-size"))
    }
    assert sorted({60_000 // size for size in sizes.values()}) == [468, 937, 1_875, 3_750]


def test_the_kits_loop_trains_like_the_students_on_whole_batches(logged):
    """Two batches of 64 are 128 rows: train_loop on these rows alone takes the same two steps."""
    run = next(e.run for e in logged("batch-size").runs if e.label == "batch 64, pixel scale 1")
    assert run.facts["iterations"] == len(run.facts["iteration_loss"]) == 2
    source = digits_of("fall2023", "batch-size")
    splits = data.scaled(source, 1, 128, 40)
    network = student_class.build(str(SOLUTION), run.settings, splits)
    network.initialize_weights([784, 10])
    first = network.forward(splits.train.x[:64])["Z3"]
    assert run.facts["iteration_loss"][0] == pytest.approx(network.loss(first, splits.train.y[:64]))
    network.train_loop(1)
    loss, accuracy, _ = network.compute_loss_and_accuracy(*splits.valid)
    assert run.series["valid_loss"] == [pytest.approx(loss)]
    assert run.series["valid_accuracy"] == [pytest.approx(accuracy)]


def test_the_end_of_a_curve_is_the_mean_of_its_last_iterations(logged, monkeypatch):
    run = logged("batch-size", "batch_size=2").runs[0].run
    assert len(run.facts["iteration_loss"]) == 65
    assert run.series["last_loss"] == [pytest.approx(np.mean(run.facts["iteration_loss"][-50:]))]
    assert run.series["last_accuracy"] == [pytest.approx(np.mean(run.facts["iteration_accuracy"][-50:]))]


def test_the_start_is_uniform_by_the_width_of_the_input():
    weights = student_class.draw_weights("input", [784, 128, 64, 10], 0)
    bounds = [float(np.abs(weights[f"W{k}"]).max()) for k in (1, 2, 3)]
    assert all(0.95 / 28 < bound <= 1 / 28 for bound in bounds)
    assert not any(weights[f"b{k}"].any() for k in (1, 2, 3))
    assert weights["W1"].mean() == pytest.approx(0, abs=1e-3)


def test_a_run_that_diverges_ends_where_its_loss_is_nan(run_recipe, write_solution):
    # After 1e200 times the gradient the logits are infinite, and this loss is not clipped.
    solution = write_solution("    def loss(self, p, y): return float(-np.sum(y * np.log(p)))")
    results = run_recipe(
        "learning-rate", *TINY, "lr=1e200", "pixel_scale=1", edition="fall2023", solution=solution
    )
    run = results.runs[0].run
    assert run.status == "diverged"
    assert len(run.facts["iteration_loss"]) < run.facts["iterations"]
    assert len(run.facts["iteration_accuracy"]) == len(run.facts["iteration_loss"])
    picture.draw(results, results.recipe.figures[0])


def test_rows_are_what_varies_first_and_colours_the_rest(logged):
    results = logged("activation")
    drawn = picture.draw(results, results.recipe.figures[0])
    titles = [axes.get_title(loc="left") for axes in drawn.axes if axes.get_title(loc="left")]
    assert titles == ["relu: 2 iterations", "sigmoid: 2 iterations", "tanh: 2 iterations"]
    legend = [text.get_text() for text in drawn.legends[0].get_texts()]
    assert legend == [
        "pixel scale 1, mean over 50 iterations", "pixel scale 255, mean over 50 iterations", "each batch",
    ]  # fmt: skip
    losses, accuracies = drawn.axes[::2], drawn.axes[1::2]
    assert len({axes.get_ylim() for axes in losses}) == len({axes.get_ylim() for axes in accuracies}) == 1


def test_a_run_that_diverged_does_not_dwarf_the_batches_of_the_others(logged):
    results = logged("batch-size", "batch_size=[32, 64]", "pixel_scale=1")
    losses = [2.3, 2.2, 1e30]
    facts = {"iteration_loss": losses, "iteration_accuracy": [0.1] * 3}
    changed_run(results, 0, status="diverged", facts=facts)
    for log in (False, True):
        wanted = msgspec.structs.replace(results.recipe.figures[0], log=log)
        loss = picture.draw(results, wanted).axes[0]
        assert loss.get_ylim()[1] < 20
        (cross,) = [line for line in loss.get_lines() if line.get_marker() == "X"]
        assert list(cross.get_xdata()) == [3]
        assert list(cross.get_ydata()) == [loss.get_ylim()[1]]


def test_the_running_mean_is_shorter_at_the_ends():
    assert np.allclose(figure.running_mean(np.arange(5.0)), [1, 1.5, 2, 2.5, 3])
    flat = figure.running_mean(np.ones(200))
    assert np.allclose(flat, 1)
    assert len(flat) == 200
    assert len(figure.running_mean(np.array([]))) == 0


def test_the_table_has_the_number_of_iterations(logged):
    results = logged("batch-size")
    grid = table.build(results, results.recipe.tables[0])
    assert grid.header[:2] == ["run", "iterations"]
    assert [row[1] for row in grid.rows[::2]] == [8, 4, 2, 1]


def test_the_learning_rates_say_that_the_conclusion_is_reversed(logged):
    results = logged("learning-rate")
    assert "is reversed" in results.recipe.published.note
    losses = [(run.values["last_loss"], run.run) for run in results.recipe.published.runs]
    best = {
        scale: min((loss, run["lr"]) for loss, run in losses if run["pixel_scale"] == scale)[1]
        for scale in (1, 255)
    }
    assert best == {1: 0.01, 255: 0.1}
    assert "the test images" in captions.caption(results, results.recipe.figures[0])


def test_only_whole_batches_are_used(digits):
    splits = data.scaled(digits, 255, 50, 20)
    settings = recipe.expand(recipe.load("fall2023", "batch-size"))[0].settings  # batches of 16
    network = student_class.build(str(SOLUTION), settings, splits)
    network.initialize_weights([784, 10])
    losses, accuracies = iterations.one_epoch(network, splits.train)
    assert len(losses) == len(accuracies) == 3
