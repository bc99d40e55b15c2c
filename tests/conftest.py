"""Share what many tests need: submissions to grade, each graded once."""

import functools
from pathlib import Path

import pytest
from hypothesis import settings

from autograder import ROOT
from autograder.grading.grade import grade
from autograder.grading.report import Report
from autograder.intake.submission import accept

# Tests draw the same inputs every time; --hypothesis-profile=nightly draws others.
settings.register_profile("tests", derandomize=True, deadline=None, database=None)
settings.load_profile("tests")


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
