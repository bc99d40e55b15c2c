"""The hidden checks as a whole: nothing is unpriced, untitled, or unruled."""

import os
import re
from pathlib import Path

import pytest

from autograder import ROOT
from autograder.assignment import config
from autograder.assignment.contract import USES
from autograder.grading import points, suite
from tests.table import table

CHECKS = suite.collect()


def test_every_ruling_has_a_check():
    rulings = (ROOT / "handout" / "rulings.md").read_text(encoding="utf-8")
    quoted = {ruling for check in CHECKS for ruling in re.findall(r"R\d+", check.title)}
    assert quoted == set(re.findall(r"\{#(R\d+)\}", rulings)), (
        "handout/rulings.md and the titles of the checks"
    )


@table("check", CHECKS)
def test_a_check_says_what_it_is(check):
    assert re.search(r"\(R\d+(, R\d+)*\)$", check.title), "the title ends with its rulings"
    assert "{" not in check.title
    part = config.load().functions.get(check.graded_function)
    if part is None:
        assert (check.graded_function, check.weight) == ("file", 0)
    else:
        assert check.title.startswith(f"{check.graded_function}: ")
        assert check.number.startswith(f"{part.number}.")


def test_numbers_are_unique_and_in_order():
    numbers = [tuple(map(int, check.number.split("."))) for check in CHECKS]
    assert numbers == sorted(set(numbers))


def test_points_of_a_function_are_shared_without_remainder():
    assignment = config.load()
    prices = points.price(CHECKS, assignment)
    for function, part in assignment.functions.items():
        shares = [check.max_points for check in prices.values() if check.function == function]
        assert shares, f"no check in autograder/checks is tagged {function!r}"
        assert sum(shares) == pytest.approx(part.functions[function], abs=1e-9)
        assert all(round(10_000 * point) == pytest.approx(10_000 * point) for point in shares)


@table("function", config.load().functions)
def test_changing_an_argument_costs_at_most_a_tenth(function):
    assignment = config.load()
    prices = points.price(CHECKS, assignment).values()
    cost = sum(check.max_points for check in prices if check.function == function and "R23" in check.title)
    assert cost <= assignment.functions[function].functions[function] / 10 + 1e-9


def test_no_function_stands_in_for_itself_or_for_its_callers():
    for function, uses in USES.items():
        assert function not in uses
        for used in uses:
            assert function not in USES.get(used, ())


def test_checks_that_cannot_be_collected_are_never_an_empty_suite(monkeypatch):
    def broken(item):
        raise AttributeError(item.name)

    monkeypatch.setattr(suite, "BoundCheck", broken)
    with pytest.raises(suite.SuiteError, match="INTERNAL_ERROR"):
        suite.collect.__wrapped__()


def test_collecting_looks_at_no_folder_above_the_checks(tmp_path, monkeypatch):
    """A thousand files beside the repository must not slow a grading down."""
    folder = tmp_path / "crowded" / "checks"
    folder.mkdir(parents=True)
    for file in suite.CHECKS.glob("*.py"):
        (folder / file.name).write_bytes(file.read_bytes())
    listed = []
    really = os.scandir

    def scandir(path="."):
        if isinstance(path, (str, bytes, os.PathLike)):
            listed.append(Path(os.fsdecode(path)).resolve())
        return really(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert len(suite.collect.__wrapped__(folder)) == len(CHECKS)
    assert listed
    assert not set(listed) & set(folder.parents)
