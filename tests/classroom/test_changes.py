"""Two gradings of a class: whose score moves, through which checks, and why."""

import json
import os
import subprocess
import sys

import msgspec
import pytest

from autograder import ROOT
from autograder.classroom import changes, pairing
from autograder.common.errors import UserError
from autograder.gradescope import results
from autograder.intake.handin import Person
from tests.classroom import samples
from tests.classroom.samples import check, failing
from tests.table import table


def written(folder, *grades):
    """Write a folder as `class` does."""
    (folder / "for-staff" / "results").mkdir(parents=True)
    for grade in grades:
        file = folder / "for-staff" / "results" / f"{grade.key}.json"
        results.write(grade, file)
    return folder


def compared(old, new, **about):
    """Compare two gradings of one student."""
    return changes.compare([(samples.record(1, *old), samples.record(1, *new, **about))])


def through(found):
    return [(pair.check.number, pair.by) for pair in found.moves[0].checks]


def test_nobody_moves():
    found = compared([check(), failing("1.2.2")], [check(), failing("1.2.2", output="In other words.")])
    assert found.moves == ()
    assert found.summary == "None of 1 score changes."


def test_a_score_moves_through_the_checks_that_differ_the_greatest_first():
    old = [check("1.2.1"), failing("1.2.2", most=0.5), failing("1.2.10", most=2.0), check("1.2.3")]
    new = [
        check("1.2.1"),
        check("1.2.2", points=0.5, most=0.5),
        check("1.2.10", points=2, most=2.0),
        failing("1.2.3"),
    ]
    found = compared(old, new)
    assert through(found) == [("1.2.10", 2), ("1.2.3", -1), ("1.2.2", 0.5)]
    assert found.moves[0].by == 1.5
    assert found.summary == "1 of 1 score changes: 1 up, 0 down; in 1.2.2 (1), 1.2.3 (1), 1.2.10 (1)."


@table(
    ("about", "why"),
    [
        ({"grader_sha256": "g2"}, "the grader changed"),
        ({"submission_sha256": "other"}, "the submission changed"),
        ({"grader_sha256": "g2", "submission_sha256": "other"}, "both changed"),
        ({}, "neither changed: a fault of the grader"),
        (
            {"submission_sha256": "other", "status": "refused"},
            "the submission changed; it was graded and is now refused",
        ),
    ],
)
def test_why_a_score_moves(about, why):
    assert compared([check()], [failing()], **about).moves[0].why == why


def test_a_score_that_moves_for_no_reason_is_a_fault_of_the_grader():
    assert "fault of the grader" in compared([check()], [failing()]).fault
    assert compared([check()], [failing()], grader_sha256="g2").fault == ""


@table(
    ("old", "new", "expected"),
    [
        ({"1.1": "A"}, {"1.1": "A"}, [("1.1", "1.1", "")]),
        ({"1.1": "A"}, {"1.1": "B"}, [("1.1", "1.1", "was “A”")]),
        ({"1.1": "A"}, {"1.2": "A"}, [("1.1", "1.2", "was 1.1")]),
        ({"1.1": "A"}, {"1.2": "B"}, [("1.1", None, "gone"), (None, "1.2", "new")]),
        (  # put in before the others
            {"1.1": "A", "1.2": "B"},
            {"1.1": "N", "1.2": "A", "1.3": "B"},
            [(None, "1.1", "new"), ("1.1", "1.2", "was 1.1"), ("1.2", "1.3", "was 1.2")],
        ),
        (  # exchanged
            {"1.1": "A", "1.2": "B"},
            {"1.1": "B", "1.2": "A"},
            [("1.2", "1.1", "was 1.2"), ("1.1", "1.2", "was 1.1")],
        ),
        (  # two of the same title
            {"1.1": "A", "1.2": "A"},
            {"1.1": "A", "1.2": "A", "1.3": "A"},
            [("1.1", "1.1", ""), ("1.2", "1.2", ""), (None, "1.3", "new")],
        ),
    ],
)
def test_checks_are_found_again_by_title_and_by_number(old, new, expected):
    found = pairing.pair_checks(
        [check(number, title=title) for number, title in old.items()],
        [check(number, title=title) for number, title in new.items()],
    )
    assert [
        (pair.old and pair.old.number, pair.new and pair.new.number, pair.difference) for pair in found
    ] == expected


def test_a_score_moves_through_checks_that_come_and_go():
    found = compared([check("1.2.1", title="A")], [check("1.2.2", title="B", points=3.0, most=3.0)])
    assert through(found) == [("1.2.2", 3), ("1.2.1", -1)]
    assert [pair.difference for pair in found.checks] == ["gone", "new"]


def test_who_handed_in_nothing_does_not_make_checks_come_or_go():
    found = compared([], [check()], submission_sha256="other")
    assert found.moves[0].by == 1
    assert found.checks == ()


def test_students_are_found_by_key_then_by_id_or_address():
    def person(key, **fields):
        grade = samples.record(1, key=key)
        people = (Person(name="Student 001", **fields),)
        handin = msgspec.structs.replace(grade.handin, people=people)
        return msgspec.structs.replace(grade, about=msgspec.structs.replace(grade.about, handin=handin))

    old = [
        person("a", id="1"),
        person("b", id="2"),
        person("c", email="Three@example.org"),
        person("d", id="4"),
    ]
    new = [person("z", id="2"), person("a", id="2"), person("y", email="three@example.org"), person("x")]
    found, came, went = pairing.match(old, new)
    assert [(before.key, after.key) for before, after in found] == [("a", "a"), ("b", "z"), ("c", "y")]
    assert [grade.key for grade in came] == ["x"]
    assert [grade.key for grade in went] == ["d"]


def test_the_summary_counts_everything():
    def one(number, grader, *checks):
        return samples.record(number, *checks, grader_sha256=grader)

    numbers = [f"1.2.{n}" for n in range(1, 8)]
    up, down = range(10), range(10, 12)
    old = [one(n, "g1", *(failing(number) for number in numbers)) for n in up]
    old += [one(n, "g1", check("1.2.1")) for n in down] + [one(n, "g1", check()) for n in range(12, 300)]
    new = [one(n, "g2", *(check(number) for number in numbers)) for n in up]
    new += [one(n, "g2", failing("1.2.1")) for n in down] + [one(n, "g2", check()) for n in range(12, 300)]
    found = changes.compare(list(zip(old, new, strict=True)), came=[one(300, "g2")], went=[])
    assert found.summary == (
        "12 of 300 scores change: 10 up, 2 down; in 1.2.1 (12), 1.2.2 (10), 1.2.3 (10), 1.2.4 (10), "
        "1.2.5 (10) and 2 more; 1 new."
    )


def test_folders_and_files_are_read(tmp_path):
    before, after = samples.record(1, check()), samples.record(1, failing(), grader_sha256="g2")
    old = written(tmp_path / "old", before, samples.record(2, check()))
    new = written(tmp_path / "new", after, samples.record(3, check()))
    found = changes.between(old, new)
    assert (found.compared, found.moves[0].old, found.moves[0].new) == (1, before, after)
    assert [[grade.key for grade in found.came], [grade.key for grade in found.went]] == [
        ["student-003"],
        ["student-002"],
    ]
    name = "for-staff/results/student-001.json"
    assert changes.between(old / name, new / name).moves == found.moves
    assert changes.between(old / name, new / "for-staff/results/student-003.json").compared == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("no-such-folder", "a", "no-such-folder does not exist; name a folder"),
        (
            "a",
            "a/for-staff/results/student-001.json",
            "are a folder and a file; name two folders or two files",
        ),
        ("a", "empty", "holds no graded submission; name the folder"),
        ("a", ".", "holds no results; name the folder"),
        ("a", "b", "have no student in common"),
        ("a/for-staff/results/student-001.json", "odd.json", "odd.json is not a results.json of this grader"),
    ],
)
def test_wrong_use_is_one_sentence(tmp_path, old, new, says):
    written(tmp_path / "a", samples.record(1, check()))
    written(tmp_path / "b", samples.record(2, check()))
    written(tmp_path / "empty")
    (tmp_path / "odd.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match=says):
        changes.between(tmp_path / old, tmp_path / new)


def diff(*arguments, cwd, first=""):
    return subprocess.run(
        [sys.executable, "-c", f"{first}\nfrom autograder.__main__ import main\nmain()", "diff", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "160"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def folders(tmp_path):
    five = [f"1.2.{n}" for n in range(1, 6)]
    written(
        tmp_path / "old",
        samples.record(1, check("1.4.3", title="nudged [bold]")),
        samples.record(2, *(failing(number) for number in five)),
        samples.record(4, check()),
    )
    written(
        tmp_path / "new",
        samples.record(
            1, failing("1.4.4", title="nudged [bold]"), name="Student \x1b[31m1", grader_sha256="g2"
        ),
        samples.record(2, *(check(number) for number in five), submission_sha256="other"),
        samples.record(3, check()),
    )
    return tmp_path


def test_the_command_shows_a_table_and_ends_with_the_summary(folders):
    done = diff("old", "new", "--out", "changes.html", cwd=folders)
    assert (done.returncode, done.stderr) == (1, "")
    for words in (
        "Student [31m1",
        "1.4.4 -1",
        "1.4.4 nudged [bold]: 1",
        "the grader changed",
        "the submission changed",
        "and 1 more",
        "New: Student 003",
        "Gone: Student 004",
        "Check 1.4.4 nudged [bold]: was 1.4.3",
    ):
        assert words in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stdout.splitlines()[-1].startswith("2 of 2 scores change: 1 up, 1 down; in 1.2.1 (1), ")
    page = (folders / "changes.html").read_text(encoding="utf-8")
    assert page.count("<div>1.2.") == 5
    assert "was 1.4.3" in page


def test_the_command_prints_one_json_object(folders):
    done = diff("old", "new", "--json", cwd=folders)
    content = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert (content["compared"], content["new"], content["gone"]) == (2, ["student-003"], ["student-004"])
    assert content["moves"][1]["checks"] == [
        {
            "old": {"number": "1.4.3", "name": "nudged [bold]", "score": 1.0},
            "new": {"number": "1.4.4", "name": "nudged [bold]", "score": 0.0},
            "by": -1.0,
        }
    ]
    assert [move["cause"] for move in content["moves"]] == ["the submission changed", "the grader changed"]


def test_the_command_says_with_its_status_that_nothing_moves_or_that_it_was_used_wrongly(folders):
    done = diff("old", "old", cwd=folders)
    assert (done.returncode, done.stdout) == (0, "None of 3 scores changes.\n")
    done = diff("old", "nowhere", cwd=folders)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("autograder: nowhere does not exist; ")
    assert len(done.stderr.splitlines()) == 1


def test_a_page_needs_what_comes_with_class_and_the_command_says_so(folders):
    done = diff(
        "old", "new", "--out", "x.html", cwd=folders, first="import sys; sys.modules['jinja2'] = None"
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "autograder: --out needs jinja2; begin the command with ./setup.sh --class.\n"
    done = diff("old", "new", cwd=folders, first="import sys; sys.modules['jinja2'] = None")
    assert (done.returncode, done.stderr) == (1, "")


def test_what_scores_moving_for_no_reason_means_is_said_everywhere(tmp_path):
    written(tmp_path / "old", samples.record(1, check()))
    written(tmp_path / "new", samples.record(1, failing()))
    done = diff("old", "new", "--out", "changes.html", cwd=tmp_path)
    sentence = (
        "1 score changed although neither the grader nor the submission did. This is a fault of the grader."
    )
    assert sentence in done.stdout
    assert sentence in (tmp_path / "changes.html").read_text(encoding="utf-8")


def test_grading_again_moves_nothing(tmp_path):
    grades = [
        samples.graded(number, source) for number, source in enumerate(("reference", "template", "missing"))
    ]
    found = changes.between(written(tmp_path / "old", *grades), written(tmp_path / "new", *grades))
    assert (found.compared, found.moves, found.checks) == (3, (), ())
