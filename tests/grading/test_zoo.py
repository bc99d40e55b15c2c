"""The zoo gets what it must get: right submissions everything, wrong ones what they are worth.

Here a part of it is graded, chosen so that every kind of entry is among them; all of it is
graded by `python -m autograder selfcheck`.
"""

import msgspec
import pytest

from autograder.assignment import config
from autograder.common.errors import UserError
from autograder.common.keys import function_of
from autograder.grading import zoo
from autograder.grading.grade import grade
from autograder.intake.submission import accept
from autograder.selfcheck.judge import complaints
from tests.conftest import grade_source
from tests.table import table

ENTRIES = zoo.entries()
ENDLESS = ("files/endless-at-the-top-level", "train_loop/endless")
SAMPLE = [
    entry
    for index, entry in enumerate(ENTRIES)
    if (index % 5 == 0 or entry.name == "numbers/reference") and entry.name not in ENDLESS
]


@pytest.mark.zoo
@pytest.mark.parametrize("entry", SAMPLE, ids=lambda entry: entry.name)
def test_entry_gets_what_it_must_get(entry):
    assert complaints(entry, grade_source(entry.source)) == []


@pytest.mark.hangs
@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_gets_what_it_must_get(name):
    entry, kit = zoo.by_name(name), config.load()
    limits = msgspec.structs.replace(kit.limits, import_seconds=3.0, call_seconds=2.0, function_seconds=4.0)
    impatient = msgspec.structs.replace(kit, limits=limits)
    report = grade(accept("solution.py", entry.source), assignment=impatient)
    assert complaints(entry, report) == []


def test_the_zoo_is_large_enough():
    assert sum(entry.right for entry in ENTRIES) >= 40
    assert sum(not entry.right for entry in ENTRIES) >= 80
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)


@table("entry", ENTRIES)
def test_entry_is_well_formed(entry):
    assert entry.text != zoo.by_name("numbers/reference").text or entry.name in SAME_TEXT
    compile(entry.source, entry.name, "exec")
    if entry.right:
        assert entry.points == {}
        assert not entry.says
    else:
        assert set(entry.points) == {function_of(entry.function)}, (
            "a wrong entry loses points in its own function only"
        )
        assert bool(entry.says) == bool(entry.hint), "a diagnosis says what is wrong and what to try"


SAME_TEXT = {"numbers/reference", "files/tabs", "files/crlf", "files/byte-order-mark", "files/notebook"}


def test_an_entry_that_does_not_fit_the_reference_is_named():
    entry = zoo.Entry(name="broken", problem="mlp", replace=[("no such line", "")])
    with pytest.raises(UserError, match="'no such line' stands 0 times"):
        _ = entry.text
