"""assignment.toml: what is shipped adds up, and what an editor gets wrong is one clear sentence."""

import re

import pytest

from autograder.assignment import config
from autograder.common.errors import UserError
from reference.solution import NN
from tests.table import table

TEXT = config.TOML_PATH.read_text(encoding="utf-8")


def test_every_graded_function_belongs_to_one_part():
    assignment = config.load()
    unpriced = sorted(set(assignment.contract.graded) - set(assignment.functions))
    assert not unpriced, "a problem.toml lists what no part of assignment.toml gives points for"
    assert sum(part.points for part in assignment.parts) == assignment.totals.programming


def test_the_environment_names_another_assignment(tmp_path, monkeypatch):
    other = tmp_path / "other.toml"
    other.write_text(re.sub("(?m)^term = .*", 'term = "Some other term"', TEXT), encoding="utf-8")
    monkeypatch.setenv(config.VARIABLE, str(other))
    assert config.load().term == "Some other term"
    monkeypatch.delenv(config.VARIABLE)
    assert config.load().term != "Some other term"


def test_default_network_is_the_references():
    network = config.load().network
    nn = NN()
    assert tuple(nn.hidden_dims) == network.hidden_dims
    for name in ("epsilon", "lr", "batch_size"):
        assert getattr(nn, name) == getattr(network, name)
    assert nn.activation_str == network.activation
    assert (nn.train[0].shape[1], nn.train[1].shape[1]) == (network.n_features, network.n_classes)


@table(
    ("old", "new", "says"),
    [
        (r"\nlr = ", "\nlearning_rate = ", "unknown field `learning_rate`"),
        (r"\ncall_seconds", "\ncal_seconds", "did you mean `call_seconds`?"),
        (r"\nprogramming = .*", "\nprogramming = 1", "but 1 is declared"),
        (r'(title = "Loss"\npoints = ).*', r"\g<1>100", "functions of part 1.5 add up to"),
        (r"cnn = \d+", "cnn = 1000", "the points of the report's questions add up to"),
        (r"loss = \d", "loss = -1", "part 1.5"),
        (
            r"\nvisibility = .*",
            '\nvisibility = "all"',
            "Invalid enum value 'all' - at `feedback.visibility`",
        ),
        (r"\nmemory_mb = \d+", '\nmemory_mb = "much"', "Expected `int`, got `str`"),
        (r"\nlate_due = .*", "", "missing required field `late_due`"),
        (r"\nlate_due = .*", "\nlate_due = 1999-12-31", "in the order released, due, late_due"),
        (r'number = "1.7"', 'number = "1.6"', "part number 1.6 stands there twice"),
        (r"\[dates\]", "[dates", "not valid TOML"),
        (r"relu = 2, sigmoid = 2", '"NN.relu" = 2, relu = 2', "the function NN.relu stands there twice"),
        (r"\{ loss = ", "{ lost = ", "part 1.5: nobody knows which function `lost` is: no problem has it;"),
        (r'problem = "mlp"', 'problem = "mpl"', "there is no problem 'mpl': cnn_layers, mlp"),
    ],
)
def test_slips_of_an_editor_are_one_sentence(old, new, says):
    slipped, count = re.subn(old, new, TEXT, count=1)
    assert count == 1
    with pytest.raises(UserError) as error:
        config.parse(slipped)
    assert says in str(error.value)
    assert str(error.value).startswith("assignment.toml")
    assert "\n" not in str(error.value)


def test_a_missing_seed_says_how_to_make_one(tmp_path):
    with pytest.raises(UserError, match="write any whole number"):
        config.term_seed(tmp_path / "term_seed.txt")


def test_a_damaged_seed_is_named(tmp_path):
    seed = tmp_path / "term_seed.txt"
    seed.write_text("twelve")
    with pytest.raises(UserError, match="one whole number"):
        config.term_seed(seed)
