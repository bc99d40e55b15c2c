"""The criteria of a question always add up to its points."""

import pytest

from autograder.common.errors import UserError
from handout import rubric


@pytest.mark.parametrize("points", [0.25, 1, 7, 10, 15, 17.5, 25])
@pytest.mark.parametrize("weights", [[1], [1, 1, 1], [4, 4, 4, 3], [5, 4, 4, 2], [1, 2, 3, 5, 7]])
def test_shares_add_up_and_are_quarters(points, weights):
    shares = rubric.share(points, weights)
    assert sum(shares) == points
    assert all(share * 4 == int(share * 4) for share in shares)
    assert all(
        abs(share - points * w / sum(weights)) < 0.25 for share, w in zip(shares, weights, strict=True)
    )


def test_shares_are_the_weights_where_these_add_up_to_the_points():
    for question in rubric.read("mnist").values():
        weights = [criterion.weight for criterion in question.criteria]
        assert rubric.share(sum(weights), weights) == weights


def test_an_unknown_edition_names_those_there_are():
    with pytest.raises(UserError, match=r"no text for the edition moons; there is one for .*mnist"):
        rubric.read("moons")


@pytest.mark.parametrize("text", ["[a", "[a]\ntitle = 3", '[a]\ntitle = "A"\nwieght = 1\ncriteria = []'])
def test_a_broken_rubric_is_one_sentence(tmp_path, text):
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "rubric.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"^editions/odd/rubric\.toml(:| is not valid TOML:) "):
        rubric.read("odd", tmp_path)
