"""Edit assignment.toml, and the text follows or the build says why it cannot."""

import shutil

import pytest
from click.testing import CliRunner

import handout.text
from autograder import assignment
from autograder.problems import UserError
from handout import HERE, building, vocabulary
from handout.__main__ import main


def text_of(edited_assignment):
    return building.handout(edited_assignment, vocabulary.values(edited_assignment))


def test_the_build_writes_four_files(dist):
    written = sorted(path.relative_to(dist).as_posix() for path in dist.rglob("*") if path.is_file())
    assert written == [
        "for-staff/marking-guide.html",
        "for-staff/marking-guide.pdf",
        "handout.html",
        "handout.pdf",
    ]


def test_a_date_is_changed_in_one_place(edited, markdown):
    changed = text_of(edited({"due = 2027-02-08": "due = 2027-02-10"}))
    assert markdown.count("Monday 8 February 2027") == changed.count("Wednesday 10 February 2027") > 1
    assert "8 February" not in changed


def test_points_are_changed_in_one_place(edited):
    changed = edited({"initialization = 15": "initialization = 20", "report = 65": "report = 70"})
    text = text_of(changed)
    for said in ("| Initialisation | 20 |", "2.1 Initialisation (20 points)", "**It is worth 105 points:**"):
        assert said in text
    guide = building.marking_guide(vocabulary.values(changed))
    assert "2.1 Initialisation (20 points)" in guide
    assert "three starting points (5.5 points)" in guide


def test_a_question_can_be_left_out_if_no_other_needs_it(edited):
    text = text_of(edited({", cnn = 25": "", "report = 65": "report = 40"}))
    assert "2.3 Finite differences" in text
    assert "2.4" not in text


@pytest.mark.parametrize(
    ("ai_help", "said"),
    [
        ("explain", "AI assistants may explain, not solve"),
        ("none", "AI assistants are not allowed"),
        ("free", "AI assistants are allowed"),
    ],
)
def test_the_switch_for_ai_help(edited, ai_help, said):
    assert f"**{said}" in text_of(edited({'ai_help = "explain"': f'ai_help = "{ai_help}"'}))


@pytest.mark.parametrize(
    ("replacements", "sentence"),
    [
        (
            {"due = 2027-02-08": "due = 2028-02-08"},
            "assignment.toml: the dates must be in the order released, due, late_due.",
        ),
        (
            {"report = 65": "report = 60"},
            "assignment.toml: the points of the report's questions add up to 65, but 60 is declared.",
        ),
        ({'version = "1.0"': 'version = "1.1"'}, "changelog.md has no line for version 1.1 of the handout"),
        (
            {'edition = "mnist"': 'edition = "mars"'},
            "there is no text for the edition mars; there is one for",
        ),
        (
            {'number = "1.7"': 'number = "1.8"'},
            "handout.md, line .*: there is no part 1.7 in assignment.toml",
        ),
        ({"cnn = 25": "gan = 25"}, "the edition mnist has no question gan; it has initialization, hyper"),
        (
            {"functions = { update = 2 }": "functions = { step = 2 }"},
            "handout.md does not show how `step\\(...\\)` is called; part 1.6 grades it",
        ),
        ({'ai_help = "explain"': 'ai_help = "perhaps"'}, "assignment.toml: Invalid enum value 'perhaps'"),
    ],
)
def test_what_has_no_text_stops_the_build(edited, replacements, sentence):
    with pytest.raises(UserError, match=sentence):
        text_of(edited(replacements))


def test_a_part_without_a_section_stops_the_build(edited):
    keys = ("[[parts]]", 'number = "1.8"', 'title = "Momentum"', "points = 0", "functions = { momentum = 0 }")
    eighth = "\n".join([*keys, "", "# The written"])
    with pytest.raises(UserError, match=r"handout\.md has no section for part 1\.8, Momentum; write one\."):
        text_of(edited({"# The written": eighth}))


def test_the_command_says_one_sentence_and_exits_with_2(monkeypatch, tmp_path, edited):
    broken = edited({'version = "1.0"': 'version = "9.9"'})
    monkeypatch.setattr(assignment, "load", lambda: broken)
    result = CliRunner().invoke(main, ["build", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert result.output == (
        "handout: changelog.md has no line for version 9.9 of the handout; write what changed.\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("slip", ["[1.9]", "[R26]", "[x](#no-such-place)", "{{ deadline }}"])
def test_a_slip_in_the_real_text_stops_the_build(monkeypatch, tmp_path, this_term, values, slip):
    shutil.copytree(HERE, tmp_path / "handout")
    source = tmp_path / "handout" / "handout.md"
    source.write_text(source.read_text(encoding="utf-8") + slip, encoding="utf-8")
    monkeypatch.setattr(
        building, "fill", lambda name, values: handout.text.fill(name, values, tmp_path / "handout")
    )
    with pytest.raises(UserError, match=r"^handout\.md"):
        building.handout(this_term, values)
