import numpy as np
import pytest

from autograder.common.errors import UserError
from report_tools.draw import captions, picture, table
from report_tools.plan import recipe
from report_tools.train import loading
from report_tools.train.student import perceptron, preflight

from .conftest import ROOT, weak_lines

PERCEPTRON = ROOT / "reference" / "perceptron.py"


@pytest.fixture
def write_perceptron(tmp_path):
    """Write a solution.py whose perceptron is the reference's with another `train`."""

    def write(step):
        path = tmp_path / "solution.py"
        path.write_text(
            f"{PERCEPTRON.read_text()}\n\nBase = BinaryPerceptron\n\n\n"
            "class BinaryPerceptron(Base):\n"
            "    def train(self, x, y, lr):\n"
            "        error = y - self.fire(x)\n"
            f"        {step}\n"
            "        self.b = self.b + lr * error\n"
            "        return np.abs(error)\n"
        )
        return path

    return write


@pytest.fixture
def boundary(run_recipe):
    def run(solution=PERCEPTRON, *changes):
        return run_recipe("boundary", *changes, edition="fall2023", solution=solution)

    return run


def settings():
    return recipe.expand(recipe.load("fall2023", "boundary"))[0].settings


def test_rosenblatts_rule_makes_84_1_and_0_errors(boundary):
    run = boundary().runs[0].run
    assert run.series["errors"] == [84, 1, 0]
    assert run.facts["wrong"] == [200, 1, 0, 0]
    assert run.facts["lines"][0] == [-0.4168, -0.0563, 0]
    assert run.facts["lines"][2] == run.facts["lines"][3] != run.facts["lines"][1]


def test_a_step_that_clips_negative_features_makes_166_1_and_0(boundary, write_perceptron):
    results = boundary(write_perceptron("self.w = self.w + lr * error * np.maximum(x, 0)"))
    assert results.runs[0].run.series["errors"] == [166, 1, 0]
    assert any("166" in remark and "expected 84" in remark for remark in captions.remarks(results))


def test_weights_changed_in_place_and_a_bias_with_a_dimension_are_read(boundary, write_perceptron):
    solution = write_perceptron("self.w += lr * error * x; self.b = np.atleast_1d(self.b)")
    assert boundary(solution).runs[0].run.series["errors"] == [84, 1, 0]


def test_both_clouds_are_the_same_draws_around_their_centres():
    x, y = perceptron.points(settings())
    assert x.shape == (200, 2)
    assert y.sum() == 100
    moved = [np.sort(x[y == label] - centre, axis=0) for label, centre in ((0, (-5, 5)), (1, (5, 5)))]
    assert np.allclose(*moved)
    with pytest.raises(ValueError, match="read-only"):
        x += 1


def test_the_figure_names_every_moment_and_the_table_counts_errors(boundary):
    results = boundary()
    figure = picture.draw(results, results.recipe.figures[0])
    assert weak_lines(figure) == []
    axes = figure.axes[0]
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names[2:] == ["start", "epoch 1: 84 errors", "epoch 2: 1 error", "epoch 3: 0 errors"]
    # The last line is where w x + b is 0, from edge to edge of the picture.
    w1, w2, b = results.runs[0].run.facts["lines"][-1]
    x, y = axes.get_lines()[-1].get_data()
    assert np.allclose(w1 * np.array(x) + w2 * np.array(y) + b, 0)
    grid = table.build(results, results.recipe.tables[0])
    said = [
        [table.text(cell, form) for cell, form in zip(row, grid.formats, strict=True)] for row in grid.rows
    ]
    assert said == [
        ["1", "84", "84"], ["2", "1", "1"], ["3", "0", "0"],
    ]  # fmt: skip


def test_a_perceptron_that_answers_the_same_everywhere_has_no_boundary_to_draw(boundary, write_perceptron):
    results = boundary(write_perceptron("self.w = 0 * x"), "start=[0, 0]")
    axes = picture.draw(results, results.recipe.figures[0]).axes[0]
    assert "start (no boundary)" in [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_caption_speaks_of_points_and_not_of_images(boundary):
    results = boundary()
    caption = captions.caption(results, results.recipe.figures[0])
    assert "100 points each around (−5, 5) and (5, 5)" in caption
    assert "Data" not in caption
    assert "1 of 1 runs agree with the expected numbers." in captions.remarks(results)


def test_a_loss_that_is_nan_ends_the_run(boundary, write_perceptron):
    run = boundary(write_perceptron("return np.nan")).runs[0].run
    assert run.status == "diverged"
    assert run.facts["lines"] == [[-0.4168, -0.0563, 0]]


def test_only_the_perceptron_of_the_file_need_be_there_and_right(tmp_path):
    student = settings().engine.student
    preflight.check(str(PERCEPTRON), student)
    wrong = tmp_path / "solution.py"
    wrong.write_text(PERCEPTRON.read_text().replace("self.w + lr", "self.w - lr"))
    with pytest.raises(UserError, match=r"^train fails the public test"):
        preflight.check(str(wrong), student)
    wrong.write_text("class NN: pass\n")
    with pytest.raises(UserError, match=r"solution.py has no class BinaryPerceptron"):
        loading.load(str(wrong), "BinaryPerceptron")
