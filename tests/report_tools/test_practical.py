"""What the edition practical draws, from numbers made up here: no PyTorch is needed to redraw."""

import base64
import copy

import numpy as np
import pytest

from report_tools.draw import captions, document, picture, recipe_results, summary, table
from report_tools.draw.figures import samples
from report_tools.plan import assignment, changes, recipe, settings

from .conftest import TINY
from .test_figures import draw, texts


@pytest.fixture
def from_zero(initialization):
    """Return results that begin before the first update, as an edition can ask for."""
    results = copy.deepcopy(initialization)
    results.first_epoch = 0
    for labelled in results.runs:
        labelled.run.start = {"train_loss": 2.5, "valid_loss": 2.6, "train_accuracy": 0.1}
    return results


def test_a_curve_begins_before_the_first_update_if_the_edition_says_so(from_zero, initialization):
    line = draw(from_zero, "loss").axes[0].get_lines()[0]
    assert list(line.get_xdata()) == [0, 1, 2]
    assert list(line.get_ydata()) == [2.5, *initialization.runs[0].run.series["train_loss"]]
    accuracy = draw(from_zero, "accuracy").axes[1].get_lines()[0]  # of validation, whose start is unknown
    assert list(accuracy.get_xdata()) == [1, 2]
    assert from_zero.curve(from_zero.runs[0], "train_error")[1][0] == pytest.approx(0.9)
    rows = table.build(from_zero, from_zero.recipe.tables[0]).rows
    assert [row[0] for row in rows] == [0, 1, 2]
    assert rows[0][1] == 2.5


def test_the_summary_holds_every_run_with_its_best_numbers(initialization, trained, tmp_path):
    others = trained("initialization", *TINY, "seed=3")
    grid = summary.build([initialization, others])
    assert len(grid.rows) == 6
    first = dict(zip(grid.header, grid.rows[0], strict=True))
    losses = initialization.runs[0].run.series["valid_loss"]
    assert (first["recipe"], first["run"]) == ("initialization", "zero")
    assert first["lowest validation loss"] == min(losses)
    assert first["validation loss"] == losses[-1]
    assert first["epochs"] == 2
    assert summary.write([initialization], tmp_path)
    assert (tmp_path / "summary.csv").read_text().count("\n") == 4
    initialization.runs[:] = []
    assert not summary.write([initialization], tmp_path)


def test_a_report_ends_with_essays_and_the_summary(initialization, tmp_path, monkeypatch):
    from report_tools.draw import recipe_results

    edition = recipe.load_edition("mnist")
    essay = recipe.Essay("A question in words", "Why?")
    changed = {name: getattr(edition, name) for name in edition.__struct_fields__} | {
        "essays": {"words": essay}
    }
    monkeypatch.setattr(recipe, "load_edition", lambda name: recipe.Edition(**changed))
    monkeypatch.setattr(
        recipe_results, "read", lambda out, name: initialization if name == "initialization" else None
    )
    monkeypatch.setattr(document, "_compile", lambda out: out / "report.pdf")
    monkeypatch.setattr(document, "section", lambda *arguments: "")
    monkeypatch.setattr(assignment, "points", lambda edition: {"words": 3})
    document.write("mnist", tmp_path)
    text = (tmp_path / "report.md").read_text()
    assert "## A question in words (3 points)" in text
    assert text.index("## A question in words") < text.index("<!-- table of all runs -->")
    assert "initialization & zero &" in (tmp_path / "summary.tex").read_text()


def encoded(images):
    return {"shape": list(images.shape), "pixels": base64.b64encode(images.tobytes()).decode()}


@pytest.fixture
def looked_at(initialization):
    """Return results whose runs have something of every probe."""
    results = copy.deepcopy(initialization)
    images = np.random.default_rng(0).integers(0, 256, (8, 6, 6, 3), dtype=np.uint8)
    for k, labelled in enumerate(results.runs):
        after = images if k == 0 else images[:, :, ::-1].copy()
        labelled.run.facts["probes"] = {
            "samples": {"before": encoded(images), "after": encoded(after)},
            "shift": [{"shift": d, "changed": 0.1 * d * k, "moved": 0.2 * d} for d in range(3)],
            "receptive-field": [{"layer": "conv", "map": np.eye(6).tolist(), "side": 3, "centre": 2.0}] * 4,
            "equivalence": [{"check": "c", "value": 1e-7, "expected": "below 1e-5", "holds": k == 0}],
        }
        labelled.run.facts["statistics"] = {
            "split": "training", "rows": 1500, "mean": [0.5], "deviation": [0.25]
        }  # fmt: skip
    return results, images


def figure(results, kind):
    with picture.matplotlib.style.context([str(picture.STYLE)]):
        return picture.draw(results, recipe.FigureSpec(name="f", kind=kind, title="t"))


def test_samples_show_the_images_and_what_became_of_them(looked_at):
    results, images = looked_at
    drawn = figure(results, "samples")
    assert texts(drawn)[-3:] == ["as they are", "normal", "glorot"]  # the zero run changes nothing
    assert np.array_equal(drawn.axes[0].images[0].get_array(), images[0])
    assert np.array_equal(drawn.axes[samples.COLUMNS + 1].images[0].get_array(), images[1][:, ::-1])


def test_a_shift_is_drawn_for_answers_and_features(looked_at):
    results, _ = looked_at
    answers, features = figure(results, "shift").axes
    assert [list(line.get_ydata()) for line in answers.get_lines()] == [
        [0, 0, 0], pytest.approx([0, 10, 20]), pytest.approx([0, 20, 40])
    ]  # fmt: skip
    assert list(features.get_lines()[0].get_ydata()) == [0, 0.2, 0.4]


def test_a_receptive_field_has_its_square_around_its_centre(looked_at):
    results, _ = looked_at
    panel = figure(results, "receptive-field").axes[0]
    (square,) = panel.patches
    assert (square.get_x(), square.get_y(), square.get_width()) == (0.5, 0.5, 3)
    assert panel.get_title() == "conv 1: 3 × 3"


@pytest.mark.parametrize("kind", ["samples", "shift", "receptive-field"])
def test_figures_of_runs_that_were_not_looked_at_are_empty(initialization, kind):
    assert not any(axes.get_lines() or axes.images for axes in figure(initialization, kind).axes)


def filled(results, kind):
    return table.build(results, recipe.TableSpec(name="t", kind=kind, title="t")).rows


def test_checks_say_whether_they_hold_and_statistics_where_they_are_from(looked_at, initialization):
    results, _ = looked_at
    assert [row[-1] for row in filled(results, "checks")] == ["yes", "NO", "NO"]
    assert filled(results, "statistics")[0] == ["zero", "training, 1,500 rows", "0.5000", "0.2500"]
    assert results.statistics["zero"]["rows"] == 1500
    assert filled(initialization, "checks") == filled(initialization, "statistics") == []


def test_every_line_of_a_table_or_figure_is_a_run():
    for name in recipe.load_edition("practical").recipes:
        found = recipe.load("practical", name)
        labels = {run.label for run in recipe.expand(found)}
        for wanted in (*found.figures, *found.tables):
            assert set(wanted.only) <= labels, name


def test_dry_runs_keep_what_a_recipe_compares():
    for name in recipe.load_edition("practical").recipes:
        found = recipe.load("practical", name)
        dry = [run.settings for run in recipe.expand(changes.quick(found))]
        assert len({str(settings) for settings in dry}) == len(dry), name
        assert all(settings.n_train <= 512 and settings.epochs <= 10 for settings in dry), name


def test_recipes_name_what_the_practical_compares():
    def values(name, key):
        return [getattr(run.settings, key) for run in recipe.expand(recipe.load("practical", name))]

    assert values("learning-rate", "lr") == [1, 0.1, 0.001, 1e-5]
    assert values("batch-size", "batch_size") == [8, 32, 128, 256]
    assert values("overfitting", "epochs") == [50]
    assert values("dropout", "epochs") == [100] * 4
    assert values("standardization", "standardize") == ["no", "channel", "image", "zca", "zca"]
    assert values("optimizers", "optimizer") == ["sgd"] * 4 + ["adam"] * 2
    assert recipe.load_edition("practical").valid == "test"


def test_a_network_that_is_not_trained_is_said_to_be_so(initialization):
    for labelled in initialization.runs:
        labelled.settings["epochs"] = 0
    said = captions.caption(initialization, initialization.recipe.figures[0])
    assert ", not trained." in said
    assert "learning rate" not in said
    assert "batch" not in said


def test_settings_that_are_tables_are_said_in_words():
    planned = {run.label: run.settings for run in recipe.expand(recipe.load("practical", "batch-norm"))}
    said = settings.words(type(planned["all together"]))
    plain = recipe_results.plain(planned["all together"])
    assert [settings.phrase(said[key], plain[key]) for key in ("augment", "standardize", "schedule")] == [
        "augmentation: random crop (padding 4), mirrored (50%)",
        "channels standardised",
        "rate × 0.95 after each epoch",
    ]
    plain = recipe_results.plain(planned["plain"])
    assert [settings.phrase(said[key], plain[key]) for key in ("augment", "standardize", "schedule")] == [
        "no augmentation", "not standardised", "constant rate"
    ]  # fmt: skip


def test_a_schedule_that_has_not_begun_is_no_reason_for_a_remark(initialization):
    one, other = initialization.runs[:2]
    other.run.series["train_loss"] = one.run.series["train_loss"]
    assert any("does the network use initialization?" in said for said in captions.remarks(initialization))
    other.settings.update(one.settings, schedule={"type": "plateau"})
    assert not any("does the network use" in said for said in captions.remarks(initialization))


def test_marks_leave_each_run_its_colour(initialization):
    for labelled in initialization.runs:
        labelled.run.facts["best_epoch"] = 1
    wanted = recipe.FigureSpec("f", "curves", "t", metrics=("valid_loss", "train_loss"), mark_lowest=True)
    with picture.matplotlib.style.context([str(picture.STYLE)]):
        panels = picture.draw(initialization, wanted).axes
    colours = [
        {
            line.get_label(): line.get_color()
            for line in axes.get_lines()
            if line.get_label() in ("zero", "normal", "glorot")
        }
        for axes in panels
    ]
    assert colours[0] == colours[1]
    assert len(set(colours[0].values())) == 3
