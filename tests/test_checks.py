"""The hidden checks as a whole: nothing is unpriced, untitled, or unruled."""

import os
import re
import shutil
from pathlib import Path

import pytest

from autograder import ROOT
from autograder.assignment import config
from autograder.grading import points, suite
from tests.table import table

ASSIGNMENT = config.load()
CHECKS = points.price(suite.collect(ASSIGNMENT), ASSIGNMENT)
RULINGS = [ROOT / "handout" / "rulings.md", *(ROOT / "handout" / "problems").glob("*/rulings.md")]


def test_every_ruling_has_a_check():
    rulings = "".join(file.read_text(encoding="utf-8") for file in RULINGS)
    quoted = {ruling for one in CHECKS for ruling in re.findall(r"R\d+", one.check.title)}
    assert quoted == set(re.findall(r"\{#(R\d+)\}", rulings)), "the rulings and the titles of the checks"


@table("one", CHECKS)
def test_a_check_says_what_it_is(one):
    check, part = one.check, ASSIGNMENT.functions.get(one.check.function)
    assert re.search(r"\(R\d+(, R\d+)*\)$", check.title), "the title ends with its rulings"
    assert "{" not in check.title
    if part is None:
        assert (check.function, one.bound.weight, check.part) == ("file", 0, ASSIGNMENT.file_number)
    else:
        assert check.title.startswith(f"{check.shown}: ")
        assert check.part == part.number
    assert check.number.startswith(f"{check.part}.")


def test_numbers_are_unique_and_in_order():
    numbers = [tuple(map(int, one.check.number.split("."))) for one in CHECKS]
    assert numbers == sorted(set(numbers))


def test_a_number_is_the_place_in_the_part():
    """The numbers that feedback and assignment.toml quote: typed here once, and nowhere else."""
    numbers = {one.check.number: one.check.title for one in CHECKS}
    assert numbers["1.0.1"] == "Importing your file only defines things (R25)"
    assert numbers["1.2.1.3"] == "tanh: right for arrays of any shape (R5)"
    assert numbers["1.2.13"] == "activation: an unknown name raises an exception that says the name (R10)"
    assert numbers["1.4.3.1"] == "backward: every dW and db is right with relu (R15)"
    assert numbers["1.7.6"] == "train_loop: returns train_logs (R21)"


def test_points_of_a_function_are_shared_without_remainder():
    for key, part in ASSIGNMENT.functions.items():
        shares = [one.check.max_points for one in CHECKS if one.check.function == key]
        assert shares, f"no check is tagged {key!r}"
        assert sum(shares) == pytest.approx(part.points_of[key], abs=1e-9)
        assert all(round(10_000 * point) == pytest.approx(10_000 * point) for point in shares)


@table("key", ASSIGNMENT.functions)
def test_changing_an_argument_costs_at_most_a_tenth(key):
    checks = [one.check for one in CHECKS if one.check.function == key]
    cost = sum(check.max_points for check in checks if "R23" in check.title)
    assert cost <= ASSIGNMENT.functions[key].points_of[key] / 10 + 1e-9


def test_checks_that_cannot_be_collected_are_never_an_empty_suite(monkeypatch):
    def broken(item):
        raise AttributeError(item.name)

    monkeypatch.setattr(suite, "BoundCheck", broken)
    with pytest.raises(suite.SuiteError, match="INTERNAL_ERROR"):
        suite.collect_from.__wrapped__((suite.FILE_CHECKS,))


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
    assert len(suite.collect_from.__wrapped__((file, checks))) == len(CHECKS)
    assert listed
    assert not set(listed) & set(crowded.parents)
