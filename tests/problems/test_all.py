"""What holds for every problem: a zoo that is large enough, public tests that follow the checks."""

import pytest

from autograder.assignment.contract import PROBLEMS, contract_of, problem
from autograder.grading import points, suite, zoo
from autograder.selfcheck import public_tests
from tests.table import table

NAMES = sorted(file.parent.name for file in PROBLEMS.glob("*/problem.toml"))
FINISHED = [name for name in NAMES if not problem(name).draft]
FEWEST = {True: 15, False: 15}  # right and wrong submissions of each problem


def checks(name):
    return suite.collect_from((problem(name).folder / "checks",))


def entries(name):
    return [entry for entry in zoo._by_name((problem(name),)).values()]


@table("name", NAMES)
def test_every_graded_function_has_checks_and_wrong_submissions(name):
    graded = set(contract_of((name,)).graded)
    assert set(points.weights(checks(name))) == graded
    assert {entry.function for entry in entries(name) if not entry.right} == graded


@table("name", FINISHED)
def test_the_zoo_is_large_enough(name):
    for right, fewest in FEWEST.items():
        assert sum(entry.right is right for entry in entries(name)) >= fewest


@table("entry", [entry for name in NAMES for entry in entries(name)])
def test_an_entry_of_the_zoo_is_well_formed(entry):
    if entry.encoding != "notebook":  # there may be commands in it that are no Python
        compile(entry.text, entry.name, "exec")
    if entry.right:
        assert entry.points == {}
        assert not entry.says
    else:
        shown = contract_of((entry.problem,)).shown[entry.function]
        assert set(entry.points) == {shown}, "a wrong entry loses points in its own function only"
        assert bool(entry.says) == bool(entry.hint), "a diagnosis says what is wrong and what to try"


@table("name", NAMES)
def test_every_public_title_is_a_hidden_one(name):
    assert set(public_tests.titles(name)) <= {check.title for check in checks(name)}


@table("name", NAMES)
def test_every_graded_function_has_a_public_test(name):
    contract = contract_of((name,))
    about = {title.split(":")[0] for title in public_tests.titles(name)}
    assert about == {contract.shown[key] for key in contract.graded}


def can_be_imported(entry):
    """Tell whether public tests can import what they want: other names and packages are for the grader."""
    try:
        return all(hasattr(entry.module, owner) for owner in problem(entry.problem).classes)
    except ImportError:
        return False


# Right one function at a time, as they are graded; together NumPy itself refuses them (objects, matrices,
# masked arrays), or they are too coarse for a finite difference to be told from zero (half precision).
RIGHT_ONE_BY_ONE = {
    "numbers/half-precision-activations",
    "numbers/masked-arrays-without-a-mask",
    "numbers/matrices",
    "numbers/objects-that-are-numbers",
}


@pytest.mark.zoo
@pytest.mark.parametrize("name", NAMES)
def test_public_tests_say_nothing_of_right_submissions(name):
    # What a file does besides, when it is imported, is no business of these tests.
    right = [entry for entry in entries(name) if entry.right and not entry.name.startswith("files/")]
    importable = [entry for entry in right if can_be_imported(entry)]
    assert len(importable) >= (1 if problem(name).draft else 10)
    revealed = {entry.name for entry in importable if public_tests.revealed(entry)}
    assert revealed == RIGHT_ONE_BY_ONE & {entry.name for entry in importable}
