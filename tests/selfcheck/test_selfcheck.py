"""The self-check finds what is off: a wrong declaration, a survivor, a check that nobody fails."""

import io

import msgspec
import pytest
from rich.console import Console

from autograder.assignment import config
from autograder.grading import points, suite, zoo
from autograder.selfcheck import judge, tables
from autograder.selfcheck.judge import Finding
from autograder.selfcheck.mutants import equivalents, mutants
from tests.conftest import grade_source

CHECKS = points.price(suite.collect(config.load()), config.load())


@pytest.fixture(scope="module")
def slips():
    return list(mutants())


@pytest.mark.mutants
def test_mutants_are_of_answers_and_of_every_function(slips, reference_source):
    lines = reference_source.splitlines()
    assert len(slips) > 150
    assert {mutant.function for mutant in slips} >= {"NN.relu", "NN.softmax", "NN.backward", "NN.train_loop"}
    for mutant in slips:
        changed = [
            number
            for number, (old, new) in enumerate(
                zip(lines, mutant.source.decode().splitlines(), strict=True), start=1
            )
            if old != new
        ]
        assert changed == [mutant.line]


@pytest.mark.mutants
def test_a_mutant_loses_points_in_its_own_function(slips):
    mutant = next(mutant for mutant in slips if mutant.function == "NN.loss")
    finding = judge.judge_mutant(mutant)
    assert finding.lost == {"NN.loss"}
    assert finding.complaints == ()


@pytest.mark.mutants
def test_every_equivalent_line_is_a_mutant(slips):
    assert set(equivalents()) <= {(mutant.function, mutant.text) for mutant in slips}


def test_a_wrong_declaration_is_a_complaint():
    entry = zoo.by_name("loss/log-2")
    report = grade_source(entry.source)
    assert judge.complaints(entry, report) == []
    wrong = msgspec.structs.replace(entry, points={"loss": 3.0}, fragment="never said")
    assert [text.split(" ")[0] for text in judge.complaints(wrong, report)] == ["loss", "nothing"]
    other = msgspec.structs.replace(entry, name="loss/another")
    assert judge.complaints(other, report) == [
        "its diagnosis does not appear",
        "it is diagnosed as loss/log-2",
    ]


def test_tables_name_survivors_and_idle_checks():
    survivor = Finding("relu, line 1: x", "mutant", "NN.relu", frozenset(), frozenset(), ("survived",))
    output = io.StringIO()
    tables.show([survivor], Console(file=output, width=120), complete=True)
    assert not tables.is_well([survivor], complete=True)
    text = output.getvalue()
    assert "relu, line 1: x: survived" in text
    assert f"No wrong submission fails check {CHECKS[0].check.number}." in text


def test_tables_are_content_when_all_is_well():
    everything = frozenset(one.check.number for one in CHECKS)
    fine = Finding("relu/leaky", "wrong", "NN.relu", frozenset({"NN.relu"}), everything, (), True)
    tables.show([fine], Console(file=io.StringIO()), complete=True)
    assert tables.is_well([fine], complete=True)
