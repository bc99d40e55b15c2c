"""Edit assignment.toml, and the text follows or the build says why it cannot."""

import shutil

import msgspec
import pytest
from click.testing import CliRunner

import handout.text
from autograder.assignment import config
from autograder.common.errors import UserError
from handout import HERE, building, rubric, vocabulary
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


def test_a_date_is_changed_in_one_place(edited, this_term):
    new = {"released": "2099-01-02", "due": "2099-02-10", "late_due": "2099-02-13"}
    changed = text_of(edited({f"^{name} = .*": f"{name} = {date}" for name, date in new.items()}))
    assert changed.count("Tuesday 10 February 2099") > 1
    assert vocabulary.day(this_term.dates.due) not in changed


def test_points_are_changed_in_one_place(edited, this_term):
    total = this_term.totals.report
    name, worth = next(iter(this_term.report.questions.items()))
    more = {rf"\b{name} = [\d.]+": f"{name} = {worth + 100:g}", "^report = .*": f"report = {total + 100}"}
    changed = edited(more)
    title = rubric.read(this_term.report.edition)[name].title
    text = text_of(changed)
    assert f"| {title} | {worth + 100:g} |" in text
    assert f"**It is worth {this_term.totals.programming + total + 100:g} points:**" in text
    for document in (text, building.marking_guide(vocabulary.values(changed))):
        assert f"2.1 {title} ({worth + 100:g} points)" in document


def test_what_a_late_day_costs_is_said_where_the_assignment_says_it(edited, this_term):
    most = this_term.totals.programming
    rule = "[late]\npercent_per_day = 10\ngrace_days = {}\n\n[handout]"
    for grace, said in (
        (0, "begun. After"),
        (1, "begun, except for the first. After"),
        (2, "the first 2. After"),
    ):
        text = text_of(edited({r"^\[handout\]": rule.format(grace)}))
        assert f"lose 10 % of {most:g} points of the programming part for each day" in text
        assert said in text
    assert "lose what the course page says for each day begun. After" in text_of(this_term)


def test_a_question_can_be_left_out_if_no_other_needs_it(edited, this_term):
    *others, last = this_term.report.questions
    total = sum(this_term.report.questions[name] for name in others)
    text = text_of(edited({rf", {last} = [\d.]+": "", "^report = .*": f"report = {total}"}))
    assert f"{{#2.{len(others)}}}" in text
    assert f"{{#2.{len(others) + 1}}}" not in text


@pytest.mark.parametrize(
    ("ai_help", "said"),
    [
        ("explain", "AI assistants may explain, not solve"),
        ("none", "AI assistants are not allowed"),
        ("free", "AI assistants are allowed"),
    ],
)
def test_the_switch_for_ai_help(edited, ai_help, said):
    assert f"**{said}" in text_of(edited({"^ai_help = .*": f'ai_help = "{ai_help}"'}))


@pytest.mark.parametrize(
    ("replacements", "sentence"),
    [
        (
            {"^due = .*": "due = 2999-02-08"},
            "assignment.toml: the dates must be in the order released, due, late_due.",
        ),
        (
            {"^report = .*": "report = 1"},
            "assignment.toml: the points of the report's questions add up to .*, but 1 is declared.",
        ),
        ({"^version = .*": 'version = "0"'}, "changelog.md has no line for version 0 of the handout"),
        (
            {"^edition = .*": 'edition = "mars"'},
            "there is no text for the edition mars; there is one for",
        ),
        ({r"\bcnn =": "gan ="}, r"the edition \w+ has no question gan; it has initialization, hyper"),
        (
            {r"\{ update =": "{ step ="},
            "assignment.toml, part 1.6: it is not clear which function `step` is: no problem has it",
        ),
        (
            {"^ai_help = .*": 'ai_help = "perhaps"'},
            "assignment.toml: `handout.ai_help` must be one of explain, none, free, but is perhaps",
        ),
    ],
)
def test_what_has_no_text_stops_the_build(edited, replacements, sentence):
    with pytest.raises(UserError, match=sentence):
        text_of(edited(replacements))


def test_a_part_without_a_section_stops_the_build(this_term):
    first, second, *others = this_term.parts
    *rest, (moved, worth) = second.functions.items()
    split = (
        msgspec.structs.replace(second, functions=dict(rest), points=second.points - worth),
        msgspec.structs.replace(
            second, number="1.99", title="Momentum", functions={moved: worth}, points=worth
        ),
    )
    assignment = msgspec.structs.replace(this_term, parts=(first, *split, *others))
    with pytest.raises(UserError, match=r"handout\.md has no section for part 1\.99, Momentum; write one\."):
        text_of(assignment)


def test_the_command_says_one_sentence_and_exits_with_2(monkeypatch, tmp_path, edited):
    broken = edited({"^version = .*": 'version = "0"'})
    monkeypatch.setattr(config, "load", lambda: broken)
    result = CliRunner().invoke(main, ["build", "--out", str(tmp_path)], prog_name="python -m handout")
    assert result.exit_code == 2
    assert result.output == (
        "handout: changelog.md has no line for version 0 of the handout; write what changed.\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("slip", ["[1.99]", "[R99]", "[x](#no-such-place)", "{{ deadline }}"])
def test_a_slip_in_the_real_text_stops_the_build(monkeypatch, tmp_path, this_term, values, slip):
    shutil.copytree(HERE, tmp_path / "handout")
    source = tmp_path / "handout" / "handout.md"
    source.write_text(source.read_text(encoding="utf-8") + slip, encoding="utf-8")
    monkeypatch.setattr(
        building, "fill", lambda name, values: handout.text.fill(name, values, tmp_path / "handout")
    )
    with pytest.raises(UserError, match=r"^handout\.md"):
        building.handout(this_term, values)


def test_a_course_without_a_report(edited, tmp_path):
    bare = edited({"^questions = .*": "questions = {}", "^report = .*": "report = 0"})
    text = text_of(bare)
    assert "**Hand in one thing:** the file `solution.py`." in text
    assert f"**It is worth {vocabulary.points(bare.totals.programming)}.**" in text
    for word in (
        "questions in a report",
        "marked by people",
        "Before you upload the report",
        "your report",
        "report_tools",
    ):
        assert word not in text, word
    files = building.build(bare, tmp_path)
    assert sorted(file.name for file in files) == ["handout.html", "handout.pdf"]
