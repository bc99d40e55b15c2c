import csv
import re

import msgspec
import pytest

from report_tools.draw import captions, markup, published, recipe_results, table
from report_tools.draw.recipe_results import RecipeResults
from report_tools.draw.words import word
from report_tools.plan import recipe
from report_tools.plan.layers import Linear
from report_tools.train.store import Store

from .conftest import TINY, TINY_CNN, changed_run, on_its_own_data


def build(results, name):
    return table.build(results, next(wanted for wanted in results.recipe.tables if wanted.name == name))


def with_published_series(results, offset=0.0):
    for index, labelled in enumerate(results.runs):
        theirs = published.series(results, labelled, "train_loss")
        changed_run(
            results, index, series={**labelled.run.series, "train_loss": [v + offset for v in theirs]}
        )
    return results


def test_the_published_number_stands_beside_the_students(initialization):
    grid = build(on_its_own_data(initialization), "train-loss")
    assert grid.header[:3] == ["epoch", "zero", "zero (published)"]
    assert grid.rows[0][:3] == [1, initialization.runs[0].run.series["train_loss"][0], 2.302421418707069]


def test_no_published_number_stands_beside_other_data_or_other_settings(initialization, trained):
    assert build(initialization, "train-loss").header == ["epoch", "zero", "normal", "glorot"]
    search = trained("hyperparameters", *TINY, "hidden_dims=[6, 5]", "lr=0.05", "epochs=1")
    assert not any("published" in title for title in build(search, "all").header)
    results = on_its_own_data(initialization)
    results.runs[2].settings["lr"] = 0.5
    assert build(results, "train-loss").header[-2:] == ["normal (published)", "glorot"]
    results.manifest = msgspec.structs.replace(results.manifest, quick=True)
    assert build(results, "train-loss").header == ["epoch", "zero", "normal", "glorot"]


def test_csv_keeps_every_digit(initialization, tmp_path):
    table.write(build(on_its_own_data(initialization), "train-loss"), tmp_path / "t")
    with (tmp_path / "t.csv").open() as file:
        rows = list(csv.reader(file))
    assert [float(row[5]) for row in rows[1:3]] == initialization.runs[2].run.series["train_loss"]


def test_what_is_not_there_is_a_dash(initialization, tmp_path):
    results = changed_run(on_its_own_data(initialization), 2, status="interrupted", series={})
    table.write(build(results, "train-loss"), tmp_path / "t")
    assert "| – | 1.84358 |" in (tmp_path / "t.md").read_text()
    assert build(results, "final").rows[2][-1] == "interrupted"


def test_only_good_rows_are_in_the_table_of_the_best(run_recipe):
    results = run_recipe("hyperparameters", *TINY, "hidden_dims=[6, 5]", "lr=0.05", "epochs=1")
    for index, accuracy in enumerate((0.96, 0.971, 0.98)):
        changed_run(results, index, series={"valid_accuracy": [accuracy], "train_accuracy": [accuracy]})
    assert [row[1] for row in build(results, "best").rows] == ["sigmoid", "tanh"]


def test_the_signed_differences_and_the_largest_absolute_one(trained):
    results = trained("gradient-check", *TINY, "lr=0.1")
    grid = build(results, "signed")
    for row, largest in zip(grid.rows[1:], results.runs[0].run.series["max_difference"], strict=True):
        assert row[-1] == max(abs(value) for value in row[1:-1])
        assert row[-1] == pytest.approx(largest, rel=1e-9, abs=1e-15)
    assert min(value for row in grid.rows[1:] for value in row[1:-1]) < 0


def test_agreement_and_disagreement_are_said(initialization):
    said = published.sentences(with_published_series(on_its_own_data(initialization)))
    assert said == ["3 of 3 runs agree with the published numbers.", initialization.recipe.published.note]
    said = published.sentences(with_published_series(on_its_own_data(initialization), offset=0.02))
    assert len(said) == 4  # normal is within its wide tolerance, zero and glorot are not
    assert "zero: train loss (epoch 1) is 2.3224, published 2.3024" in said[1]


def test_runs_that_do_not_compare_are_said_not_to(initialization, run_recipe):
    assert "are not for digits" in published.sentences(initialization)[0]
    results = with_published_series(on_its_own_data(initialization))
    results.runs[2].settings["lr"] = 0.5
    assert "glorot: not compared, because of a changed setting: lr." in published.sentences(results)


def test_two_settings_with_the_same_losses_are_noticed(initialization):
    series = initialization.runs[1].run.series
    said = " ".join(captions.remarks(changed_run(initialization, 2, series=series)))
    assert "normal and glorot have the same losses to the last digit" in said


def test_nobody_is_asked_where_mathematics_makes_runs_equal(run_recipe):
    equal = ("initialization=zero", 'activation=["relu", "tanh"]', "seed=[1, 2]", "lr=0.1")
    results = run_recipe("initialization", *TINY, *equal)
    assert len({tuple(labelled.run.series["train_loss"]) for labelled in results.runs}) == 1
    assert "same losses" not in " ".join(captions.remarks(results))


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({"initialization": "zero"}, {"lr", "initialization", "batch_size"}),
        ({"initialization": "zero", "activation": "sigmoid", "batch_size": 100},
         {"lr", "initialization", "hidden_dims", "activation"}),
        ({"initialization": "normal"},
         {"lr", "initialization", "batch_size", "hidden_dims", "activation", "seed"}),
    ],
)  # fmt: skip
def test_which_settings_must_show_in_the_losses(make_jobs, settings, shown):
    jobs, _ = make_jobs("initialization", *TINY)
    assert msgspec.structs.replace(jobs[0].settings, **settings).shown(n_train=100) == shown
    layers = (Linear(out=10),)
    cnn = msgspec.structs.replace(make_jobs("cnn")[0][0].settings, layers=layers)
    assert {"activation", "batch_norm"}.isdisjoint(cnn.shown(100))
    assert "dropout" in cnn.shown(100)


def test_what_holds_for_many_runs_is_said_once(make_jobs, tmp_path):
    _, manifest = make_jobs("hyperparameters", "epochs=3")
    source = msgspec.structs.replace(manifest.source, comparable=True)
    results = RecipeResults(msgspec.structs.replace(manifest, source=source), Store(tmp_path / "runs"))
    facts = {"remarks": ["Your weights are float32."]}
    for k in range(36):
        changed_run(results, k, status="failed", message="IndexError: row 7", facts=facts)
    assert captions.remarks(results)[:2] == ["36 of 36 runs: failed: IndexError: row 7.", *facts["remarks"]]
    for k in range(36):
        changed_run(results, k, status="complete", series={"train_loss": [2.0]})
    said = captions.remarks(results)
    assert said[-2] == "36 of 36 runs: not compared, because of a changed setting: epochs."
    asked = [line for line in said if "same losses to the last digit: does the network use" in line]
    assert len(asked) == 7  # activation, hidden_dims and lr, and any of them together
    assert "36 pairs of runs, " in asked[0]
    words = published.together([("a", "not compared."), ("b", "not compared"), ("c", "nan")], 36)
    assert words == ["a, b: not compared.", "c: nan."]


def test_a_caption_states_every_setting(initialization):
    caption = captions.caption(initialization, initialization.recipe.figures[0])
    for words in (
        "hidden layers 6-5", "(4,805 parameters)", "relu", "learning rate 0.0007", "batch 64", "seed 500",
        "2 epochs",
        "digits (scikit-learn), 120 training and 40 validation images in file order", "divided by 255",
        "Varied: initialisation", "Changed from the recipe: hidden_dims=[6, 5]; epochs=2",
    ):  # fmt: skip
        assert words in caption


def test_special_characters_survive_every_language():
    text = r"50% of a_b & #1 $x$ {y} ~ \z"
    assert markup.latex(text) == r"50\% of a\_b \& \#1 \$x\$ \{y\} \textasciitilde{} \textbackslash{}z"
    assert markup.latex("--quick") == "-{}-quick"
    assert markup.typst(text) == r"50% of a\_b & \#1 \$x\$ {y} \~ \\z"
    assert markup.markdown("a_b|c") == r"a\_b\|c"


WORDS_AND_NUMBERS = markup.Table(
    ["run", "learning rate", "published validation accuracy", "size"],
    [
        ["plain", "0.05", "0.9781", "16 × 28 × 28"],
        ["dropout 0.5", "7e-05", "–", "100"],
        ["total", "", "–", ""],
    ],
)


def test_numbers_stand_to_the_right_and_words_to_the_left():
    assert WORDS_AND_NUMBERS.is_number == [False, True, True, True]
    assert markup.markdown_table(WORDS_AND_NUMBERS).splitlines()[1] == "| --- | ---: | ---: | ---: |"
    assert r"\begin{tabular}{lrrr}" in markup.latex_table(WORDS_AND_NUMBERS)
    assert "(left, right, right, right,)" in markup.typst_table(WORDS_AND_NUMBERS)
    assert markup.Table(["a", "b"], []).is_number == [False, False]
    signed = markup.Table(["a"], [["-1.2e-05"], ["0.43 ± 0.09"], ["1,234"], ["nan"]])
    assert signed.is_number == [True]


def test_titles_are_as_narrow_as_their_words_and_brackets_stay_together():
    assert markup.lines("published validation accuracy") == ["published", "validation", "accuracy"]
    assert markup.lines("MLP (666, 333) training loss") == ["MLP", "(666,\xa0333)", "training", "loss"]
    assert markup.lines("") == [""]


@pytest.mark.parametrize("edition", recipe.editions())
def test_no_table_of_a_recipe_needs_small_letters(edition):
    """A wide one goes on a page that is turned; none is wider than that."""
    for name in recipe.load_edition(edition).recipes:
        found = recipe.load(edition, name)
        for wanted in found.tables:
            titles = [word(column) for column in wanted.columns]
            label = max((run.label for run in recipe.expand(found)), key=len)
            seen = markup.Table(titles, [[label if title == "run" else "1234.5678" for title in titles]])
            assert not seen.is_wide, f"{name}: {wanted.name}"


def test_wide_and_long_tables_are_known_to_be_so():
    assert not WORDS_AND_NUMBERS.is_wide
    assert not WORDS_AND_NUMBERS.is_long
    assert markup.Table(["0.123456"] * 14, [["0.123456"] * 14]).is_wide
    assert markup.Table(["run"], [["glorot"]] * 60).is_long
    assert markup.Table(["run"], [["(1024, 512, 64, 64), sigmoid, learning rate 0.005"]] * 30).is_long


def test_a_table_of_a_report_has_letters_of_eight_points_at_least(initialization, tmp_path):
    wide = table.Grid(["run"] * 30, [["1.2345"] * 30], ["s"] * 30)
    for grid in (build(initialization, "final"), wide):
        table.write(grid, tmp_path / "t")
        sizes = re.findall(r"size: ([\d.]+)pt", (tmp_path / "t.typ").read_text())
        assert [float(size) >= 8 for size in sizes] == [True]


def test_a_table_without_rows_says_so(initialization, tmp_path):
    table.write(table.Grid(["run", "loss"], [], ["s", ".4f"]), tmp_path / "t")
    for suffix in ("md", "tex", "typ"):
        assert table.EMPTY in (tmp_path / f"t.{suffix}").read_text()


def test_a_cnn_is_compared_at_its_end_and_only_if_it_got_there(run_recipe):
    pytest.importorskip("torch", reason="needs ./setup.sh --report")
    results = run_recipe("cnn", *TINY_CNN, "hidden_dims=[4]")
    source = msgspec.structs.replace(results.manifest.source, name="MNIST", comparable=True)
    results.manifest = msgspec.structs.replace(results.manifest, changes=(), source=source)
    own = [recipe_results.plain(planned.settings) for planned in recipe.expand(results.recipe)]
    for index, settings in enumerate(own):
        results.runs[index].settings.update(settings)
        found = published.find(results, results.runs[index])
        # Another first descent, the same end: that is no disagreement.
        series = {name: [9.0, *values[1:]] for name, values in found.values.items()}
        changed_run(results, index, series=series)
    assert published.sentences(results)[:-1] == ["2 of 2 runs agree with the published numbers."]
    changed_run(results, 0, status="interrupted")
    assert published.sentences(results)[:-1] == ["1 of 2 runs agree with the published numbers."]
