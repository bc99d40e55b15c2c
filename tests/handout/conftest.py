import re

import pytest

from autograder import ROOT
from autograder.assignment import config
from handout import building, vocabulary

REFERENCE_PATH = ROOT / "reference" / "solution.py"


# For a course that has no report: most of what is tested here is about one.
A_REPORT = {
    r"^questions = \{\s*\}": (
        "questions = { initialization = 15, hyperparameters = 10, gradient-check = 15, cnn = 25 }"
    ),
    r"^report = 0$": "report = 65",
}


def with_a_report():
    """Return the text of assignment.toml, with a report if it has none."""
    text = config.TOML_PATH.read_text(encoding="utf-8")
    for pattern, new in A_REPORT.items():
        text = re.sub(pattern, new, text, flags=re.MULTILINE)
    return text


@pytest.fixture(scope="session")
def this_term():
    return config.parse(with_a_report())


@pytest.fixture(scope="session")
def values(this_term):
    return vocabulary.values(this_term)


@pytest.fixture(scope="session")
def markdown(this_term, values):
    return building.handout(this_term, values)


@pytest.fixture(scope="session")
def dist(this_term, tmp_path_factory):
    """Everything that `python -m handout build` writes."""
    out = tmp_path_factory.mktemp("dist")
    building.build(this_term, out)
    return out


@pytest.fixture
def edited():
    """Return assignment.toml as if an instructor had edited it: {regular expression: new text}.

    The tests must pass whatever the real dates, points and names are.
    """

    def edit(replacements):
        text = with_a_report()
        for pattern, new in replacements.items():
            text, count = re.subn(pattern, new, text, flags=re.MULTILINE)
            assert count == 1, pattern
        return config.parse(text)

    return edit
