import pytest

from autograder.common.errors import UserError
from report_tools.plan import changes, recipe
from report_tools.plan.kinds import KINDS
from report_tools.train import engines

N_RUNS = {"initialization": 3, "hyperparameters": 36, "gradient-check": 1, "cnn": 2, "regularization": 6}


@pytest.mark.parametrize("edition", recipe.editions())
def test_every_recipe_of_every_edition_loads_and_its_dry_run_is_not_longer(edition):
    about = recipe.load_edition(edition)
    for name in about.recipes:
        full = recipe.load(edition, name)
        n_train = recipe.data_of(about, full).n_train
        dry, real = ([run.settings for run in recipe.expand(one)] for one in (changes.quick(full), full))
        assert len(dry) == len(real)
        # One epoch of all rows can be several of a few.
        rows = [[one.epochs * (one.n_train or n_train) for one in runs] for runs in (dry, real)]
        assert all(a <= b for a, b in zip(*rows, strict=True))


@pytest.mark.parametrize("edition", recipe.editions())
def test_a_dry_run_takes_enough_steps_to_learn(edition):
    """A figure of flat lines shows nobody that all works."""
    for name in recipe.load_edition(edition).recipes:
        found = changes.quick(recipe.load(edition, name))
        runs = [run.settings for run in recipe.expand(found) if run.settings.engine.uses_images]
        # What varies in size or rate on purpose has runs that hardly learn.
        steps = [one.epochs * (one.n_train or 1200) // one.batch_size for one in runs if one.epochs]
        assert max(steps, default=64) >= 64, name
        if "batch_size" not in found.vary:
            assert min(steps, default=64) >= 64, name


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
    changed = changes.change(recipe.load("mnist", "hyperparameters"), "lr=0.05")
    assert {run.settings.lr for run in recipe.expand(changed)} == {0.05}
    assert len(recipe.expand(changed)) == 12


def test_a_list_of_values_makes_a_setting_vary():
    changed = changes.change(recipe.load("mnist", "initialization"), "seed=[1, 2]")
    assert [run.label for run in recipe.expand(changed)][:2] == ["zero, seed 1", "zero, seed 2"]


def test_set_reaches_one_kind_of_run_or_one_variant():
    changed = changes.change(recipe.load("mnist", "cnn"), "mlp.lr=0.5")
    assert [run.settings.lr for run in recipe.expand(changed)] == [0.003, 0.5]
    changed = changes.change(recipe.load("mnist", "regularization"), "dropout.dropout=0.2")
    assert [run.settings.dropout for run in recipe.expand(changed)] == [0, 0, 0.2, 0, 0, 0]


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("epoch=3", "did you mean epochs?"),
        ("lr=-1", "lr=-1: the value must be more than 0"),
        ("lr=fast", "got `str`"),
        ("activation=selu", "the value must be one of relu, sigmoid, tanh, but is selu"),
        ("lr", "write KEY=VALUE"),
        ("resnet.lr=1", "'resnet' is not one of mlp"),
    ],
)
def test_a_wrong_set_is_one_sentence(assignment, words):
    with pytest.raises(UserError, match=r"^--set") as caught:
        changes.change(recipe.load("mnist", "initialization"), assignment)
    assert words in str(caught.value)


def test_the_same_value_twice_is_refused():
    changed = changes.change(recipe.load("mnist", "initialization"), "seed=[1, 1]")
    with pytest.raises(UserError, match="appears twice"):
        recipe.expand(changed)


def test_unknown_names_are_one_sentence_with_the_likely_one():
    with pytest.raises(UserError, match="did you mean initialization"):
        recipe.load("mnist", "initialisation")
    with pytest.raises(UserError, match="there is no edition 'cifar'"):
        recipe.load_edition("cifar")


@pytest.fixture
def own_edition(tmp_path, monkeypatch):
    """Write an edition and make it the only one."""
    monkeypatch.setattr(recipe, "FOLDER", tmp_path)

    def write(about, **recipes):
        (tmp_path / "own").mkdir(exist_ok=True)
        (tmp_path / "own" / "edition.toml").write_text(f'title = "t"\nrecipes = {list(recipes)}\n{about}')
        for name, body in recipes.items():
            (tmp_path / "own" / f"{name}.toml").write_text(f'title = "x"\nasks = ""\n{body}')

    return write


SPLIT = 'data = "mnist"\nvalid_one_in = 5\n'


@pytest.mark.parametrize(
    ("about", "body", "words"),
    [
        (SPLIT, 'titel = "x"\n[settings]\n', "own/a.toml: .*`titel`; did you mean `title`"),
        (SPLIT, "[settings.mpl]\n", "own/a.toml: settings.mpl is unknown; the kinds are mlp, "),
        (
            SPLIT,
            'settings = {}\n[[figures]]\nname = "f"\nkind = "curve"\ntitle = ""\n',
            "figure 'f' is of an unknown kind 'curve'; did you mean curves",
        ),
        (
            SPLIT,
            'settings = {}\n[[tables]]\nname = "t"\nkind = "pie"\ntitle = ""\n',
            "table 't' is of an unknown kind 'pie'; there are .*epochs, .*runs",
        ),
        (SPLIT, 'data = "svhn"\nsettings = {}\n', "own/a.toml: there is no data set 'svhn'"),
        ('data = "svhn"\nvalid_one_in = 5\n', "settings = {}\n", "there is no data set 'svhn'"),
        ('data = "mnist"\n', "settings = {}\n", 'write either valid_one_in = N or valid = "test"'),
        (SPLIT + 'valid = "test"\n', "settings = {}\n", 'write either valid_one_in = N or valid = "test"'),
    ],
)
def test_a_slip_in_an_edition_is_one_sentence(own_edition, about, body, words):
    own_edition(about, a=body)
    with pytest.raises(UserError, match=words):
        recipe.load("own", "a")


def test_a_recipe_may_be_about_other_data_than_its_edition(own_edition):
    own_edition(SPLIT, a='data = "cifar10"\nsettings = {}\n')
    edition, found = recipe.load_edition("own"), recipe.load("own", "a")
    assert recipe.data_of(edition, found).title == "CIFAR-10"
    own_edition(SPLIT, a="settings = {}\n")
    assert recipe.data_of(edition, recipe.load("own", "a")).title == "MNIST"


def test_a_recipe_may_have_its_settings_of_another_but_for_some(own_edition):
    network = '[settings.mlp]\nhidden_dims = [3]\nactivation = "relu"\ninitialization = "glorot"\n'
    network += "lr = 0.1\nbatch_size = 4\nseed = 1\nepochs = 2\n"
    own_edition(SPLIT, a=network, b='settings_of = "a"\n[settings.mlp]\nepochs = 5\n')
    (run,) = recipe.expand(recipe.load("own", "b"))
    assert (run.settings.hidden_dims, run.settings.lr, run.settings.epochs) == ((3,), 0.1, 5)
    own_edition(SPLIT, a=network, b='settings_of = "a"\n', c='settings_of = "b"\n')
    assert recipe.expand(recipe.load("own", "b")) == recipe.expand(recipe.load("own", "a"))
    with pytest.raises(
        UserError, match=r"own/c\.toml: settings_of names b, which takes its settings from another"
    ):
        recipe.load("own", "c")
    own_edition(SPLIT, a=network, b='settings_of = "z"\n')
    with pytest.raises(UserError, match="settings_of names no recipe of this edition: 'z'"):
        recipe.load("own", "b")


def test_every_engine_names_a_function_and_files_that_are_there():
    for kind in KINDS.values():
        module, _, function = kind.engine.function.partition(":")
        sources = [path.read_text() for path in engines.files(kind.engine)]
        assert kind.engine.modules[0] == module
        assert f"def {function}(" in sources[0]
