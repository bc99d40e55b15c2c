import pytest

from autograder.common.errors import UserError
from report_tools.plan import recipe

N_RUNS = {"initialization": 3, "hyperparameters": 36, "gradient-check": 1, "cnn": 2, "regularization": 6}


@pytest.mark.parametrize("edition", recipe.editions())
def test_every_recipe_of_every_edition_loads_and_its_dry_run_is_not_longer(edition):
    for name in recipe.load_edition(edition).recipes:
        full = recipe.load(edition, name)
        dry = recipe.expand(recipe.quick(full))
        assert len(dry) == len(recipe.expand(full))
        assert all(
            a.settings.epochs <= b.settings.epochs for a, b in zip(dry, recipe.expand(full), strict=True)
        )


@pytest.mark.parametrize(("name", "n_runs"), N_RUNS.items())
def test_recipes_expand_as_the_assignment_declares(name, n_runs):
    assert len(recipe.expand(recipe.load("mnist", name))) == n_runs


def test_hyperparameters_are_every_combination_once():
    planned = recipe.expand(recipe.load("mnist", "hyperparameters"))
    combinations = {(run.settings.hidden_dims, run.settings.lr, run.settings.activation) for run in planned}
    assert len(combinations) == 36
    assert ((666, 333), 0.005, "tanh") in combinations


def test_every_published_row_belongs_to_one_run():
    found = recipe.load("mnist", "hyperparameters")
    rows = {
        (tuple(row.run["hidden_dims"]), row.run["lr"], row.run["activation"]) for row in found.published.runs
    }
    planned = recipe.expand(found)
    assert rows == {(run.settings.hidden_dims, run.settings.lr, run.settings.activation) for run in planned}


def test_set_fixes_a_setting_that_varies():
    changed = recipe.change(recipe.load("mnist", "hyperparameters"), "lr=0.05")
    assert {run.settings.lr for run in recipe.expand(changed)} == {0.05}
    assert len(recipe.expand(changed)) == 12


def test_a_list_of_values_makes_a_setting_vary():
    changed = recipe.change(recipe.load("mnist", "initialization"), "seed=[1, 2]")
    assert [run.label for run in recipe.expand(changed)][:2] == ["zero, seed 1", "zero, seed 2"]


def test_set_reaches_one_kind_of_run_or_one_variant():
    changed = recipe.change(recipe.load("mnist", "cnn"), "mlp.lr=0.5")
    assert [run.settings.lr for run in recipe.expand(changed)] == [0.003, 0.5]
    changed = recipe.change(recipe.load("mnist", "regularization"), "dropout.dropout=0.2")
    assert [run.settings.dropout for run in recipe.expand(changed)] == [0, 0, 0.2, 0, 0, 0]


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("epoch=3", "did you mean epochs?"),
        ("lr=-1", "> 0"),
        ("lr=fast", "got `str`"),
        ("activation=selu", "Invalid enum value 'selu'"),
        ("lr", "write KEY=VALUE"),
        ("resnet.lr=1", "'resnet' is none of mlp"),
    ],
)
def test_a_wrong_set_is_one_sentence(assignment, words):
    with pytest.raises(UserError, match=r"^--set") as caught:
        recipe.change(recipe.load("mnist", "initialization"), assignment)
    assert words in str(caught.value)


def test_the_same_value_twice_is_refused():
    changed = recipe.change(recipe.load("mnist", "initialization"), "seed=[1, 1]")
    with pytest.raises(UserError, match="asked for twice"):
        recipe.expand(changed)


def test_unknown_names_are_one_sentence_with_the_likely_one():
    with pytest.raises(UserError, match="did you mean initialization"):
        recipe.load("mnist", "initialisation")
    with pytest.raises(UserError, match="there is no edition 'cifar'"):
        recipe.load_edition("cifar")


def test_an_unknown_key_in_a_recipe_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(recipe, "FOLDER", tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "edition.toml").write_text(
        'title = "t"\nrecipes = ["a"]\ndata_name = "d"\nlabels_sha256 = ""\nvalid_one_in = 5\n'
    )
    (tmp_path / "own" / "a.toml").write_text('titel = "x"\ntitle = "x"\nasks = ""\n[settings]\n')
    with pytest.raises(UserError, match=r"own/a.toml: .*`titel`; did you mean `title`"):
        recipe.load("own", "a")
