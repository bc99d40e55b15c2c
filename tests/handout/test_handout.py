"""The text says everything that is graded, each thing once, and none of the answers."""

import inspect
import itertools
import math
import re

import pytest

from autograder.assignment.template import ANSWER
from autograder.common.keys import function_of
from handout import EDITIONS, HERE
from handout.building import HEADING
from reference.solution import NN
from tests.handout.conftest import REFERENCE_PATH


def test_every_ruling_stands_there_once_and_in_order(markdown):
    rulings = re.findall(r"^\* \[\*\*(R\d+)\*\*\]\{#(R\d+)\} \S", markdown, flags=re.MULTILINE)
    assert len(set(rulings)) == len(rulings) >= 25
    assert all(shown == anchor for shown, anchor in rulings)
    for file in [HERE / "rulings.md", *(HERE / "problems").glob("*/rulings.md")]:
        numbers = [int(number) for number in re.findall(r"\{#R(\d+)\}", file.read_text(encoding="utf-8"))]
        assert numbers == sorted(numbers), f"{file}: new ones go to the end"


def test_every_ruling_is_named_where_it_matters(markdown):
    before_the_list = markdown.split("# The rulings")[0]
    rulings = re.findall(r"\{#(R\d+)\}", markdown)
    unnamed = [ruling for ruling in rulings if f"[{ruling}]" not in before_the_list]
    assert unnamed == []


def test_the_shares_of_the_rulings_add_up_to_the_part(this_term, markdown):
    told = re.findall(r"([\d.]+) points?, shared like this: (.*)\.", markdown)
    assert [float(worth) for worth, _ in told] == [part.points for part in this_term.parts]
    for worth, shares in told:
        assert abs(sum(float(share) for share in re.findall(r"\] ([\d.]+)", shares)) - float(worth)) < 0.05


def test_sections_have_the_numbers_that_the_template_quotes(this_term, markdown):
    numbers = [anchor for anchor in HEADING.findall(markdown) if anchor[:2] == "1."]
    assert numbers == [part.number for part in this_term.parts]
    contract = this_term.contract
    marked = ANSWER.finditer(REFERENCE_PATH.read_text(encoding="utf-8"))
    answers = [contract.key(answer["function"]) for answer in marked]
    assert answers == list(this_term.functions), (
        "the answers in the reference stand in the order of assignment.toml"
    )


def test_every_function_is_called_as_in_the_reference(this_term, markdown):
    for function in map(function_of, this_term.functions):
        parameters = str(inspect.signature(getattr(NN, function)))[1:-1]
        assert f"`{function}({parameters})`" in markdown


def test_points_are_typed_nowhere(this_term):
    """A source that held the points of a part would not follow assignment.toml."""
    for path in [*HERE.glob("*.md"), *(HERE / "problems").rglob("*.md"), *EDITIONS.rglob("*.md")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b\d+ (points|marks)\b|\(\d+ %?points?\)", text), path.name


def test_dates_are_typed_nowhere():
    for path in {*HERE.glob("*.md"), *(HERE / "problems").rglob("*.md"), *EDITIONS.rglob("*.md")} - {
        HERE / "changelog.md"
    }:
        assert not re.search(r"\b20\d\d\b", path.read_text(encoding="utf-8")), path.name


def test_no_line_of_an_answer_is_given_away(markdown):
    reference = REFERENCE_PATH.read_text(encoding="utf-8")
    answers = "".join(answer[0] for answer in ANSWER.finditer(reference))
    lines = {line.split("#")[0].strip() for line in answers.splitlines()}
    telling = {line for line in lines if len(line) > 20}
    assert len(telling) > 20
    assert [line for line in telling if line in markdown] == []


def test_the_printed_constants_are_right(markdown, this_term):
    network = this_term.network
    widths = (network.n_features, *network.hidden_dims, network.n_classes)
    of_network = sum((rows + 1) * columns for rows, columns in itertools.pairwise(widths))
    ours = (f"{math.log(network.n_classes):.6f}", f"{-math.log(network.epsilon):.4f}", f"{of_network:,}")
    for constant in (*ours, "763,094", "748,261"):
        assert constant in markdown


def test_the_layers_of_the_convolutional_network_add_up(markdown):
    table = markdown.split("| Layer | Settings")[1].split("\n\n")[0]
    numbers = [int(n.replace(",", "")) for n in re.findall(r"\| \**([\d,]+)\** \|$", table, re.MULTILINE)]
    assert sum(numbers[:-1]) == numbers[-1] == 763_094


@pytest.mark.parametrize("name", ["marking", "for-staff", "criterion.full"])
def test_nothing_for_markers_is_in_the_handout(markdown, name):
    assert name not in markdown
