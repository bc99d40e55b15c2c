"""The hidden checks as a whole: nothing is unpriced, untitled, or unruled."""

import dataclasses
import os
import re
import shutil
from pathlib import Path

import pytest

from autograder import ROOT
from autograder.assignment import config
from autograder.assignment.contract import contract_of
from autograder.grading import collecting, points, suite
from tests.conftest import ASSIGNMENTS, priced
from tests.table import table

ASSIGNMENT = config.load()
CHECKS = points.price(suite.collect(ASSIGNMENT), ASSIGNMENT)
EACH = [(assignment, one) for assignment in ASSIGNMENTS for one in priced(assignment)]
FUNCTIONS = [(assignment, key) for assignment in ASSIGNMENTS for key in assignment.functions]


def rulings(assignment):
    """Return the numbers of the rulings that the handout of an assignment prints."""
    folder = ROOT / "handout"
    files = [folder / "problems" / problem.name / "rulings.md" for problem in assignment.contract.problems]
    text = "".join(file.read_text(encoding="utf-8") for file in [folder / "rulings.md", *files])
    return re.findall(r"\{#(R\d+)\}", text)


def quoted(assignment):
    """Return the numbers of the rulings that the titles of an assignment's checks name."""
    return {ruling for one in priced(assignment) for ruling in re.findall(r"R\d+", one.check.title)}


def test_every_ruling_has_a_check():
    everywhere = set().union(*map(quoted, ASSIGNMENTS))
    printed = {ruling for assignment in ASSIGNMENTS for ruling in rulings(assignment)}
    assert printed - everywhere == set(), "no check has these rulings in its title"


@table("assignment", ASSIGNMENTS)
def test_nothing_is_graded_that_no_ruling_says(assignment):
    assert quoted(assignment) - set(rulings(assignment)) == set(), "no rulings.md has these"


def test_no_ruling_has_two_meanings():
    """Feedback quotes the numbers: one is never given to two rulings, whatever problem they belong to."""
    files = [ROOT / "handout" / "rulings.md", *(ROOT / "handout" / "problems").glob("*/rulings.md")]
    numbers = re.findall(r"\{#(R\d+)\}", "".join(file.read_text(encoding="utf-8") for file in files))
    assert len(set(numbers)) == len(numbers)


@table(("assignment", "one"), EACH)
def test_a_check_says_what_it_is(assignment, one):
    check, part = one.check, assignment.functions.get(one.check.function)
    assert re.search(r"\(R\d+(, R\d+)*\)$", check.title), "the title ends with its rulings"
    assert "{" not in check.title
    if part is None:
        assert (check.function, one.bound.weight, check.part) == ("file", 0, assignment.file_number)
    else:
        within = contract_of((part.problem,)).shown[check.function]
        assert check.title.startswith(f"{within}: ")
        assert check.part == part.number
    assert check.number.startswith(f"{check.part}.")


@table("assignment", ASSIGNMENTS)
def test_numbers_are_unique_and_in_order(assignment):
    numbers = [tuple(map(int, one.check.number.split("."))) for one in priced(assignment)]
    assert numbers == sorted(set(numbers))


def test_a_number_is_the_place_in_the_part():
    """The numbers that feedback and assignment.toml quote: typed here once, and nowhere else."""
    numbers = {one.check.number: one.check.title for one in CHECKS}
    assert numbers["1.0.1"] == "Importing your file only defines things (R25)"
    assert numbers["1.2.1.3"] == "tanh: right for every number of an array (R5)"
    assert numbers["1.2.15"] == "activation: an unknown name raises an exception that mentions it (R10)"
    assert numbers["1.4.3.1"] == "backward: every dW and db is right with relu (R15)"
    assert numbers["1.7.6"] == "train_loop: returns train_logs (R21)"


@table(("assignment", "key"), FUNCTIONS)
def test_points_of_a_function_are_shared_without_remainder(assignment, key):
    shares = [one.check.max_points for one in priced(assignment) if one.check.function == key]
    assert shares, f"no check is tagged {key!r}"
    assert sum(shares) == pytest.approx(assignment.functions[key].points_of[key], abs=1e-9)
    assert all(round(10_000 * point) == pytest.approx(10_000 * point) for point in shares)


@table(("assignment", "key"), FUNCTIONS)
def test_what_is_published_of_a_function_adds_up_in_hundredths(assignment, key):
    checks = [one.check for one in priced(assignment) if one.check.function == key]
    published = points.in_hundredths(checks)
    whole = assignment.functions[key].points_of[key]
    assert sum(published.values()) == pytest.approx(round(whole, 2), abs=1e-9)
    for check in checks:
        assert abs(published[check.number] - check.max_points) < 0.01
        assert 100 * published[check.number] == pytest.approx(round(100 * published[check.number]))


def test_thirds_are_published_so_that_they_are_a_whole():
    one = next(one.check for one in CHECKS)
    thirds = [dataclasses.replace(one, number=f"1.1.{n}", max_points=1 / 3) for n in (1, 2, 3)]
    assert points.in_hundredths(thirds) == {"1.1.1": 0.34, "1.1.2": 0.33, "1.1.3": 0.33}
    free = dataclasses.replace(one, number="1.1.4", max_points=0.0)
    assert points.in_hundredths([*thirds, free])["1.1.4"] == 0


@table(("assignment", "key"), FUNCTIONS)
def test_changing_an_argument_costs_at_most_a_tenth(assignment, key):
    checks = [one.check for one in priced(assignment) if one.check.function == key]
    cost = sum(check.max_points for check in checks if "R23" in check.title)
    assert cost <= assignment.functions[key].points_of[key] / 10 + 2e-4  # but for what rounding leaves over


def test_checks_that_cannot_be_collected_are_never_an_empty_suite(monkeypatch):
    def broken(item):
        raise AttributeError(item.name)

    monkeypatch.setattr(collecting, "_collected", broken)
    with pytest.raises(collecting.SuiteError, match="INTERNAL_ERROR"):
        collecting.collect((suite.FILE_CHECKS,))


def test_collecting_looks_at_no_folder_above_the_checks(tmp_path, monkeypatch):
    """A thousand files beside the repository must not slow a grading down."""
    crowded = tmp_path / "crowded" / "autograder"
    checks, file = crowded / "problems" / "mlp" / "checks", crowded / "checking" / suite.FILE_CHECKS.name
    shutil.copytree(ROOT / "autograder" / "problems" / "mlp" / "checks", checks)
    file.parent.mkdir()
    shutil.copy(suite.FILE_CHECKS, file)
    listed = []
    really = os.scandir

    def scandir(path="."):
        if isinstance(path, (str, bytes, os.PathLike)):
            listed.append(Path(os.fsdecode(path)).resolve())
        return really(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert len(collecting.collect((file, checks))) == len(CHECKS)
    assert listed
    assert not set(listed) & set(crowded.parents)
