import pytest

from autograder import assignment
from handout import building, vocabulary


@pytest.fixture(scope="session")
def this_term():
    return assignment.load()


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
    """Return assignment.toml as if an instructor had replaced each key of a dict by its value."""

    def edit(replacements):
        text = assignment.TOML_PATH.read_text(encoding="utf-8")
        for old, new in replacements.items():
            assert old in text
            text = text.replace(old, new)
        return assignment.parse(text)

    return edit
