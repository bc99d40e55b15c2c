"""assignment.toml: what is shipped adds up, and what an editor gets wrong is one clear sentence."""

import ast
import itertools
import re

import msgspec
import pytest
from click.testing import CliRunner

from autograder.__main__ import commands
from autograder.assignment import config, defaults, template
from autograder.common.errors import UserError
from autograder.grading import points, suite
from reference.solution import NN
from tests.conftest import ASSIGNMENT_FILES
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


CONSTRUCTOR = """
def data(n_rows=1, n_features=784, *, n_classes=10): ...
class NN:
    # é: columns of a line are counted in bytes
    def __init__(self, *, é="é", hidden_dims=(784, 256), epsilon=1e-6, lr=7e-4, batch_size=64,
                 activation="relu"): ...
"""


def test_the_reference_gets_the_network_of_the_assignment():
    network = msgspec.structs.replace(
        config.load().network, hidden_dims=(9, 8), lr=0.5, activation="tanh", n_features=3, epsilon=1e-6
    )
    differ = {name for name, _, _ in defaults.differences(CONSTRUCTOR, network)}
    assert {"hidden_dims", "lr", "activation", "n_features"} <= differ
    new = defaults.written(CONSTRUCTOR, network)
    assert defaults.differences(new, network) == []
    for code in (
        "hidden_dims=(9, 8)",
        "lr=0.5",
        'activation="tanh"',
        "n_features=3",
        "epsilon=1e-6",
        'é="é"',
    ):
        assert code in new
    assert defaults.written(new, config.load().network) == defaults.written(
        CONSTRUCTOR, config.load().network
    )
    assert defaults.differences("def f(lr=3): ...", network) == [], "that makes no such network"
    assert defaults.differences(CONSTRUCTOR, None) == []


@table(
    ("value", "code"),
    [
        (7e-4, "7e-4"),
        (1e-6, "1e-6"),
        (0.05, "0.05"),
        (1 / 300, repr(1 / 300)),
        (0.0, "0.0"),
        ((9,), "(9,)"),
        ("x", '"x"'),
    ],
)
def test_a_default_is_written_as_one_writes_it_by_hand(value, code):
    assert defaults._as_code(value) == code
    assert ast.literal_eval(code) == value


def test_a_network_that_the_reference_does_not_make_is_refused_until_the_template_is_cut(
    tmp_path, monkeypatch
):
    other = tmp_path / "other.toml"
    other.write_text(re.sub("(?m)^batch_size = .*", "batch_size = 77", TEXT), encoding="utf-8")
    monkeypatch.delenv(config.VARIABLE, raising=False)
    assert "batch_size=77" in template.reference(config.load(other)), "another assignment has its own"
    monkeypatch.setattr(config, "TOML_PATH", other)
    run = CliRunner().invoke(commands, ["grade", "x.py"])
    assert isinstance(run.exception, SystemExit)
    assert run.exit_code == 2
    assert "[network] says batch_size = 77, but solution.py has " in run.output
    assert defaults.HOW in run.output


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
        (
            r"\nquestions = .*",
            "\nquestions = { cnn = 1000 }",
            "the points of the report's questions add up to",
        ),
        (r"loss = \d", "loss = -1", "part 1.5"),
        (
            r"\nvisibility = .*",
            '\nvisibility = "all"',
            "`feedback.visibility` must be one of visible, after_due_date, after_published, hidden, but",
        ),
        (r"\nmemory_mb = \d+", '\nmemory_mb = "much"', "Expected `int`, got `str`"),
        (r"\nlate_due = .*", "", "missing required field `late_due`"),
        (r"\nlate_due = .*", "\nlate_due = 1999-12-31", "in the order released, due, late_due"),
        (
            r"\nmemory_mb = \d+",
            "\nmemory_mb = 100",
            "memory_mb = 100 is too little for NumPy itself",
        ),
        (r"\ntimezone = .*", '\ntimezone = "Montreal"', "there is no time zone 'Montreal' in [dates]"),
        (r'number = "1.7"', 'number = "1.6"', "part number 1.6 appears twice"),
        (r'number = "1.7"', 'number = "1.6.1"', "part 1.6.1 has the number of a check of part 1.6"),
        (r'number = "1.7"', 'number = "1.0"', "the number 1.0 is reserved for the checks of the file itself"),
        (
            r'number = "1.7"',
            'number = "G"',
            "`parts[6].number` must be numbers with dots between them, such as",
        ),
        (r'title = "Loss"', 'title = " "', "`parts[4].title` must be a line of text"),
        (r"\ncourse = .*", '\ncourse = "a\\\\nb"', "`course` must be a line of text"),
        (
            r"\nversion = .*",
            '\nversion = "1/2"',
            "`handout.version` must be letters, digits and any of . + - _",
        ),
        (r"\nlr = .*", "\nlr = nan", "`network.lr` must be more than 0"),
        (r"\nhidden_dims = .*", "\nhidden_dims = []", "`network.hidden_dims` must not be empty"),
        (r"\nvalue_rtol = .*", "\nvalue_rtol = -1", "`tolerance.value_rtol` must be 0 or more"),
        (r"\ncall_seconds = .*", "\ncall_seconds = inf", "`limits.call_seconds` must be 86400 or less"),
        (r"\npython = .*", '\npython = "three"', '`limits.python` must be a version such as "3.10"'),
        (r"loss = \d", "loss = nan", "part 1.5 must be numbers, 0 or more"),
        (r"\[dates\]", "[dates", "not valid TOML"),
        (
            r"\n\[handout\]",
            "\n[late]\n[handout]",
            "[late] needs either points_per_day or percent_per_day, and",
        ),
        (r"\n\[handout\]", "\n[late]\npoints_per_day = -1\n[handout]", "percent_per_day, and more than 0"),
        (r"\n\[handout\]", "\n[late]\npoints_per_day = 1\ngrace_days = -1\n[handout]", "`late.grace_days`"),
        (r"sigmoid = ", '"NN.relu" = ', "the function NN.relu appears twice"),
        (
            r"\{ loss = ",
            "{ lost = ",
            "part 1.5: it is not clear which function `lost` is: no problem has it;",
        ),
        (r'problem = "mlp"', 'problem = "mpl"', "there is no problem 'mpl': cnn_layers, "),
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


EXAMPLE = re.compile(r'^# ?(\[[\w.]+\]|"?[\w.]+"? = \S.*)$')


def examples(text):
    """Return the text once for each commented example in it, with the # of this example taken away."""
    lines = text.splitlines()
    runs = itertools.groupby(range(len(lines)), key=lambda number: bool(EXAMPLE.match(lines[number])))
    for run in (list(numbers) for is_example, numbers in runs if is_example):
        shown = [
            lines[number].lstrip("# ") if number in run else lines[number] for number in range(len(lines))
        ]
        yield "\n".join(lines[number] for number in run), "\n".join(shown)


@pytest.mark.parametrize("file", ASSIGNMENT_FILES, ids=lambda file: file.stem)
def test_every_commented_example_works(file):
    text = file.read_text(encoding="utf-8")
    before = config.parse(text)
    for example, shown in examples(text):
        assignment = config.parse(shown)
        assert assignment != before, f"this example changes nothing: {example}"
        points.price(suite.collect(assignment), assignment)  # who sees which check


def test_the_file_has_examples():
    assert any("[feedback.checks]" in example for example, _ in examples(TEXT))
