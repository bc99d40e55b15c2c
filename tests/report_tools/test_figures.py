from pathlib import Path

import numpy as np
import pytest

from report_tools.draw import captions, marks, output, picture, recipe_results, table
from report_tools.draw.captions import QUICK
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan import recipe
from report_tools.train.store import Store

from .conftest import ROOT, TINY, changed_run, contrast, on_its_own_data, weak_lines


def draw(results, name):
    wanted = next(figure for figure in results.recipe.figures if figure.name == name)
    with picture.matplotlib.style.context([str(picture.STYLE)]):
        return picture.draw(results, wanted)


def texts(figure):
    found = [text.get_text() for text in figure.texts]
    found += [figure.get_suptitle()]
    for axes in figure.axes:
        found += [text.get_text() for text in axes.texts]
        found += [axes.get_xlabel(), axes.get_ylabel(), axes.get_title()]
        found += [text.get_text() for text in axes.get_legend().get_texts()] if axes.get_legend() else []
    return [text for text in found if text]


def test_a_matplotlibrc_changes_nothing(initialization, tmp_path):
    wanted = initialization.recipe.figures[0]
    picture.save(initialization, wanted, tmp_path / "ours")
    dark = {"text.usetex": True, "axes.facecolor": "black", "text.color": "white", "font.size": 3}
    with picture.matplotlib.rc_context(dark):
        picture.save(initialization, wanted, tmp_path / "theirs")
    assert (tmp_path / "ours.png").read_bytes() == (tmp_path / "theirs.png").read_bytes()


def one_of_each_kind():
    """Name a recipe for each kind of figure or table that there is, drawn linearly or in logarithms."""
    found = {}
    for edition in recipe.editions():
        for name in recipe.load_edition(edition).recipes:
            read = recipe.load(edition, name)
            for wanted in (*read.figures, *read.tables):
                found.setdefault((type(wanted), wanted.kind, getattr(wanted, "log", False)), (edition, name))
    return sorted(set(found.values()))


@pytest.mark.parametrize(("edition", "name"), one_of_each_kind())
def test_a_recipe_that_was_interrupted_before_anything_was_done_can_be_drawn(make_jobs, edition, name):
    _, manifest = make_jobs(name, edition=edition)
    results = RecipeResults(manifest, Store(Path("none")))
    for wanted in results.figures:
        with picture.matplotlib.style.context([str(picture.STYLE)]):
            picture.draw(results, wanted).draw_without_rendering()
    for wanted in results.tables:
        table.build(results, wanted)
    assert all("not done yet" in remark for remark in captions.remarks(results)[:1])


def test_the_lines_hold_the_stored_numbers_from_epoch_one(initialization):
    figure = draw(initialization, "loss")
    for axes, metric in zip(figure.axes, ("train_loss", "valid_loss"), strict=True):
        assert len(axes.get_lines()) == 3
        for line, labelled in zip(axes.get_lines(), initialization.runs, strict=True):
            assert list(line.get_xdata()) == [1, 2]
            assert list(line.get_ydata()) == labelled.run.series[metric]


def test_axes_have_names_and_units_and_lines_have_labels(initialization):
    said = texts(draw(initialization, "accuracy"))
    assert {"training accuracy (%)", "validation accuracy (%)", "epoch", "zero", "normal", "glorot"} <= set(
        said
    )


def test_accuracies_are_drawn_in_percent(initialization):
    line = draw(initialization, "accuracy").axes[0].get_lines()[2]
    assert np.allclose(line.get_ydata(), 100 * np.array(initialization.runs[2].run.series["train_accuracy"]))


def test_lines_differ_by_more_than_their_colour(initialization):
    lines = draw(initialization, "loss").axes[0].get_lines()
    assert len({line.get_linestyle() for line in lines}) == 3
    assert len({line.get_marker() for line in lines}) == 3


def test_a_dry_run_is_marked_in_the_picture(run_recipe, initialization):
    assert not any(QUICK in text for text in texts(draw(initialization, "loss")))
    assert any(QUICK in text for text in texts(draw(run_recipe("initialization", *TINY, quick=True), "loss")))


def test_every_text_calls_a_dry_run_what_the_picture_calls_it():
    mark = QUICK.partition(" (")[0]
    for name in ("handout/handout.md", "handout/marking-guide.md"):
        assert f"*{mark}*" in (ROOT / name).read_text(encoding="utf-8"), name
    texts = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    texts += [path for folder in ("handout", "report_tools") for path in (ROOT / folder).rglob("*.md")]
    others = ("quick run", "trial run", "test run", "short run")
    for path in texts:
        said = path.read_text(encoding="utf-8").lower()
        assert [words for words in others if words in said] == [], path


@pytest.mark.parametrize("status", ["diverged", "interrupted"])
def test_a_run_that_did_not_end_well_is_drawn_as_such(initialization, status):
    results = changed_run(initialization, 1, status=status, series={"train_loss": [9.0], "valid_loss": [9.0]})
    figure = draw(results, "loss")
    assert f"normal ({status})" in texts(figure)
    crosses = [line for line in figure.axes[0].get_lines() if line.get_marker() == "X"]
    assert [list(line.get_xdata()) for line in crosses] == [[1]]


def test_a_run_without_any_epoch_is_named(initialization):
    results = changed_run(initialization, 0, status="diverged", series={})
    assert "zero (diverged), no epoch" in texts(draw(results, "loss"))


def test_an_axis_without_any_number_has_none(initialization):
    for index in range(3):
        changed_run(initialization, index, status="failed", series={})
    figure = draw(initialization, "loss")
    assert [list(axes.get_yticks()) for axes in figure.axes] == [[], []]
    assert "zero (failed), no epoch" in texts(figure)


def test_the_heat_map_holds_every_number(run_recipe):
    results = run_recipe("hyperparameters", *TINY, "hidden_dims=[[4, 3], [6, 5]]", "epochs=1")
    figure = draw(changed_run(results, 3, status="diverged"), "valid-accuracy")
    assert [axes.get_title() for axes in figure.axes] == ["relu", "tanh", "sigmoid", ""]
    assert figure.axes[-1].get_ylabel() == "validation accuracy (%)"  # the scale of colours
    numbers = [100 * recipe_results.final(e.run, "valid_accuracy") for e in results.runs]
    drawn = [text.get_text() for axes in figure.axes for text in axes.texts]
    expected = [f"{number:.1f}" for number in numbers]
    expected[3] = "nan"
    assert sorted(drawn) == sorted(expected)


@pytest.mark.parametrize(
    ("changes", "down", "across"),
    [
        (("lr=0.1", "activation=relu"), ["784-256", "512-384", "666-333", "666-666"], [".1"]),
        (("lr=0.1", "activation=relu", "hidden_dims=[3]"), ["3"], [".1"]),
        (("lr=0.1", "activation=relu", "hidden_dims=[3]", "seed=[1, 2]"), ["3"], ["1", "2"]),
    ],
)
def test_the_heat_map_of_a_smaller_grid(run_recipe, changes, down, across):
    results = run_recipe("hyperparameters", "n_train=60", "n_valid=20", "epochs=1", *changes)
    axes = draw(results, "valid-accuracy").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == down
    assert [label.get_text() for label in axes.get_xticklabels()] == across


def test_the_number_in_a_lonely_cell_can_be_read(run_recipe):
    changes = ("n_train=60", "n_valid=20", "epochs=1", "lr=0.1", "activation=relu", "hidden_dims=[3]")
    axes = draw(run_recipe("hyperparameters", *changes), "valid-accuracy").axes[0]
    (image,), (number,) = axes.images, axes.texts
    assert contrast(number.get_color(), image.to_rgba(image.get_array())[0, 0]) > 4.4
    assert not axes.patches


def test_the_gradient_check_is_log_log_with_both_slopes(trained):
    results = trained("gradient-check", *TINY, "lr=0.1")
    axes = draw(results, "difference").axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    lines = {line.get_label(): line for line in axes.get_lines()}
    slopes = {}
    for label in ("truncation, slope −2", "round-off, slope +1"):
        x, y = (np.log(np.asarray(data, float)) for data in lines[label].get_data())
        slopes[label] = (y[-1] - y[0]) / (x[-1] - x[0])
    assert np.allclose(list(slopes.values()), [-2, 1])
    assert np.allclose(axes.get_lines()[0].get_ydata(), results.runs[0].run.series["max_difference"])
    assert "with a kink of ReLU within" in lines


def test_the_mistakes_are_drawn_beside_the_right_curve(trained):
    figure = draw(trained("gradient-check", *TINY, "lr=0.1"), "mistakes")
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["without the absolute value", "(L₊ − L₋) / 2 * ε, alone", "linear axis", "float32"]
    assert figure.axes[2].get_yscale() == "linear"
    assert not any(axes.get_legend() for axes in figure.axes)  # it would lie on a curve
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["right", "mistake"]


def test_a_gradient_check_that_diverged_says_so(trained):
    results = trained("gradient-check", *TINY, "lr=0.1")
    changed_run(
        results, 0, status="diverged", message="the train loss became nan in epoch 1", series={}, facts={}
    )
    assert "the train loss became nan in epoch 1" in texts(draw(results, "difference"))
    draw(results, "mistakes")


def test_every_output_of_a_recipe_is_written_and_is_the_same_when_drawn_again(initialization, tmp_path):
    results = initialization
    folder = output.write_all(results, tmp_path)
    stems = [figure.name for figure in results.recipe.figures]
    assert all(
        (folder / f"{stem}.{suffix}").stat().st_size > 5000 for stem in stems for suffix in ("png", "pdf")
    )
    assert (folder / "loss.pdf").read_bytes().startswith(b"%PDF")
    tables = [f"table-{table.name}" for table in results.recipe.tables]
    assert all(
        (folder / f"{stem}.{suffix}").exists() for stem in tables for suffix in ("csv", "md", "tex", "typ")
    )
    picture.save(initialization, results.recipe.figures[0], tmp_path / "again")
    for suffix in ("png", "pdf"):
        assert (tmp_path / f"again.{suffix}").read_bytes() == (folder / f"{stems[0]}.{suffix}").read_bytes()


@pytest.mark.parametrize("what", ["figure", "table"])
def test_every_kind_that_can_be_drawn_is_used(what):
    used = {
        each.kind
        for edition in recipe.editions()
        for name in recipe.load_edition(edition).recipes
        for each in getattr(recipe.load(edition, name), f"{what}s")
    }
    assert used == set(recipe.drawn(what))


def both(train=1.0, **series):
    """Return the same numbers for both splits, those of the training split times `train`."""
    return {
        f"{split}_{name}": [factor * value for value in values]
        for name, values in series.items()
        for split, factor in (("train", train), ("valid", 1.0))
    }


def flat(results, offset=1e-6):
    """Return the results with losses and accuracies that differ in their sixth digit."""
    for index in range(len(results.runs)):
        losses, accuracies = [2.3 + offset * index, 2.3], [0.1 + offset * index, 0.1]
        changed_run(results, index, series=both(loss=losses, accuracy=accuracies))
    return results


@pytest.mark.parametrize(("name", "least"), [("loss", 0.1), ("accuracy", 5)])
def test_what_hardly_changes_looks_flat_and_no_axis_has_an_offset(initialization, name, least):
    figure = draw(flat(initialization), name)
    figure.canvas.draw()
    for axes in figure.axes:
        low, high = axes.get_ylim()
        assert high - low >= least
        assert axes.yaxis.get_offset_text().get_text() == ""


def test_training_and_validation_have_one_scale(initialization):
    for index in range(3):
        changed_run(initialization, index, series=both(train=2.0, loss=[1.0, 0.8], accuracy=[0.2, 0.45]))
    for name, top in (("loss", 2.0), ("accuracy", 90)):
        above, below = (axes.get_ylim() for axes in draw(initialization, name).axes)
        assert above == below
        assert above[1] >= top


def test_a_run_that_diverged_does_not_dwarf_the_others(initialization):
    results = changed_run(initialization, 1, status="diverged", series=both(loss=[2.5, 1e12]))
    for index in (0, 2):
        changed_run(results, index, series=both(loss=[2.4, 2.0]))
    axes = draw(results, "loss").axes[0]
    _, high = axes.get_ylim()
    assert axes.get_yscale() == "linear"
    assert high < 4
    (cross,) = [line for line in axes.get_lines() if line.get_marker() == "X"]
    assert list(cross.get_ydata()) == [high]
    (name,) = [text for text in axes.texts if "diverged" in text.get_text()]
    assert 0 <= name.xy[1] <= 1


def test_a_huge_loss_of_a_run_that_ended_well_makes_the_axis_logarithmic(initialization):
    changed_run(initialization, 1, series=both(loss=[1e6, 3e5]))
    assert {axes.get_yscale() for axes in draw(initialization, "loss").axes} == {"log"}


def test_published_numbers_are_marks_of_their_own_and_explained(initialization):
    figure = draw(on_its_own_data(initialization), "loss")
    lines = figure.axes[0].get_lines()
    crosses = [line for line in lines if line.get_marker() == "+"]
    assert len(crosses) == 3
    assert {line.get_linestyle() for line in crosses} == {"None"}
    assert not {line.get_color() for line in crosses} & {
        line.get_color() for line in lines if line not in crosses
    }
    assert marks.PUBLISHED in [text.get_text() for text in figure.legends[0].get_texts()]
    assert not {"+", "x", "X", "*"} & set(style_cycle().by_key()["marker"])


def test_marks_are_explained_wherever_they_are(trained):
    """Also in a figure with a legend, and where the first panel has none of them."""
    results = trained("hyperparameters", *TINY, "hidden_dims=[6, 5]", "lr=[0.05, 0.1]", "epochs=2")
    changed_run(results, 5, facts={"best_epoch": 1})
    wanted = recipe.FigureSpec("curves", "curves", "Loss", metrics=("lr", "valid_loss"), mark_lowest=True)
    with picture.matplotlib.style.context([str(picture.STYLE)]):
        figure = picture.draw(results, wanted)
    said = [text.get_text() for text in figure.legends[0].get_texts()]
    assert {marks.LOWEST, marks.BEST} <= set(said)
    assert len(said) == len(set(said)) == 6 + 2


def test_labels_stay_beside_their_axes(initialization):
    for index in range(3):
        changed_run(initialization, index, series=both(accuracy=[0.99, 1.0]))
    for axes in draw(initialization, "accuracy").axes:
        heights = sorted(text.xy[1] for text in axes.texts)
        assert heights[0] >= 0
        assert heights[-1] <= 1
        assert min(np.diff(heights)) > 0.08
        assert axes.get_ylim()[1] < 101


def style_cycle():
    return picture.matplotlib.rc_params_from_file(picture.STYLE)["axes.prop_cycle"]


def test_every_colour_can_be_seen_on_white():
    for colour in style_cycle().by_key()["color"]:
        assert contrast(f"#{colour.removeprefix('#')}") >= 4.5  # names beside lines have it, too


@pytest.mark.parametrize(
    ("edition", "name", "changes"),
    [
        ("mnist", "initialization", TINY),
        ("mnist", "gradient-check", (*TINY, "lr=0.1")),
        ("cifar10", "gradient-check", (*TINY, "n_elements=4", "sample=3")),
        ("fall2023", "batch-size", ("hidden_dims=[6]", "n_train=128", "n_valid=20", "batch_size=[32, 64]")),
    ],
)
def test_every_line_of_a_figure_can_be_seen_on_white(trained, edition, name, changes):
    results = trained(name, *changes, edition=edition)
    for wanted in results.recipe.figures:
        figure = draw(results, wanted.name)
        assert any(axes.get_lines() for axes in figure.axes)
        assert weak_lines(figure) == []
