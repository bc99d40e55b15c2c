"""Share what many tests need: submissions to grade, each graded once."""

from autograder.common import threads

threads.use_one()  # as `python -m autograder` does; NumPy asks when it is imported

import functools
from pathlib import Path

import pytest
from hypothesis import settings

from autograder import ROOT
from autograder.assignment import config
from autograder.grading import points, suite
from autograder.grading.grade import grade
from autograder.grading.report import Report
from autograder.intake.submission import accept
from tests.chromium import driver  # noqa: F401

# Tests draw the same inputs every time; --hypothesis-profile=nightly draws others.
settings.register_profile("tests", derandomize=True, deadline=None, database=None)
settings.load_profile("tests")


# The assignment that is served, and those that are ready to be.
ASSIGNMENT_FILES = [config.TOML_PATH, *sorted((ROOT / "assignments").glob("*.toml"))]
ASSIGNMENTS = [config.load(file) for file in ASSIGNMENT_FILES]


@functools.cache
def _priced(number: int) -> tuple[points.Priced, ...]:
    return points.price(suite.collect(ASSIGNMENTS[number]), ASSIGNMENTS[number])


def priced(assignment: config.Assignment) -> tuple[points.Priced, ...]:
    """Return every check of one of these assignments with its price."""
    return _priced(ASSIGNMENTS.index(assignment))


@functools.cache
def grade_source(source: bytes) -> Report:
    """Grade a submission in this process; the same bytes are graded once."""
    return grade(accept("solution.py", source))


@pytest.fixture(scope="session")
def reference_source() -> str:
    return (ROOT / "reference" / "solution.py").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def template_source() -> str:
    return (ROOT / "template" / "solution.py").read_text(encoding="utf-8")


@pytest.fixture
def in_project(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run a command as the README says: from the project's folder."""
    monkeypatch.chdir(ROOT)
    return ROOT
