"""What goes back to a learning platform: grades as it imports them, and pages by person."""

import csv
import zipfile

import msgspec
import pytest

from autograder.assignment import config
from autograder.classroom import gradebook, upload
from autograder.classroom.exports import reader
from autograder.classroom.grades_folder import feedback_folder, for_staff, for_students
from autograder.classroom.pages import render
from autograder.intake.handin import Person
from tests.classroom.samples import check, record
from tests.classroom.test_exports import CODE, as_zip

KIT = config.load()


def read(file):
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def graded(number, *people, status="graded", **handin):
    one = record(number, check(points=2.5, most=2.5), status=status)
    return one.with_about(handin=msgspec.structs.replace(one.handin, people=people, **handin))


def of_export(tmp_path, members):
    """Return the class of an export, each with 2.5 points, and its platform."""
    export = reader.read(as_zip(tmp_path, members))
    grades = [
        record(number, check(points=2.5, most=2.5)).with_about(handin=one.handin)
        for number, one in enumerate(export.submitted)
    ]
    return grades, export.kind


def test_canvas_gets_its_own_numbers(tmp_path):
    grades, kind = of_export(tmp_path, {"anna_11_501_solution.py": CODE, "ben_LATE_12_502_solution.py": CODE})
    upload.write_tables(grades, KIT, kind, tmp_path)
    assert [list(row.values()) for row in read(tmp_path / "canvas.csv")] == [
        ["anna", "11", "", "", "", "2.5"],
        ["ben", "12", "", "", "", "2.5"],
    ]
    assert list(read(tmp_path / "canvas.csv")[0])[:2] == ["Student", "ID"]
    assert list(read(tmp_path / "canvas.csv")[0])[-1] == KIT.title
    assert not (tmp_path / "moodle.csv").exists()


def test_moodle_gets_its_own_numbers(tmp_path):
    grades, kind = of_export(
        tmp_path,
        {"Anna A_21_assignsubmission_file_/solution.py": CODE, "Ben B_22_assignsubmission_file_/x.py": CODE},
    )
    upload.write_tables(grades, KIT, kind, tmp_path)
    rows = read(tmp_path / "moodle.csv")
    assert [row["Identifier"] for row in rows] == ["Participant 21", "Participant 22"]
    assert [(row["Full name"], row["Grade"]) for row in rows] == [("Anna A", "2.5"), ("Ben B", "2.5")]
    assert not (tmp_path / "canvas.csv").exists()


def test_a_group_has_a_row_and_a_page_each_and_nobody_gets_a_nought_for_a_fault(tmp_path):
    anna, ben = Person(name="Anna", id="1", email="a@x.org"), Person(name="Ben", id="2", email="b@x.org")
    cy = Person(name="=Cy", email="c@x.org")
    grades = [graded(1, anna, ben), graded(2, cy, status="grader fault")]
    upload.write_tables(grades, KIT, "Gradescope", tmp_path)
    assert [(row["SIS Login ID"], row[KIT.title]) for row in read(tmp_path / "canvas.csv")] == [
        ("a@x.org", "2.5"),
        ("b@x.org", "2.5"),
        ("c@x.org", ""),
    ]
    assert [row["Full name"] for row in read(tmp_path / "moodle.csv")] == ["Anna", "Ben", "'=Cy"]
    for grade in grades:
        render.write_feedback(grade, KIT, tmp_path)
    upload.write_pages(grades, feedback_folder(tmp_path), KIT, tmp_path / "feedback.zip")
    with zipfile.ZipFile(tmp_path / "feedback.zip") as file:
        assert sorted(file.namelist()) == ["Anna_1.html", "Ben_2.html", "Cy_c_x.org.html"]
        assert file.read("Anna_1.html") == file.read("Ben_2.html")


def test_every_table_lists_people_by_the_alphabet(tmp_path):
    names = ["Zoé", "Émile", "bruno", "Anna", "Åsa", "Fatima"]
    grades = [graded(number, Person(name=name, id=str(number))) for number, name in enumerate(names)]
    upload.write_tables(grades, KIT, "Gradescope", tmp_path)
    gradebook.write(grades, tmp_path / "grades.csv", KIT.dates)
    for file, heading in (("canvas", "Student"), ("moodle", "Full name"), ("grades", "name")):
        rows = read(tmp_path / f"{file}.csv")
        assert [row[heading] for row in rows] == ["Anna", "Åsa", "bruno", "Émile", "Fatima", "Zoé"]


@pytest.mark.parametrize(
    ("members", "names"),
    [
        (
            {"anna_11_501_solution.py": CODE, "anna_11_502_solution-1.py": CODE, "ben_12_503_x.py": CODE},
            ["anna_11_502_feedback.html", "ben_12_503_feedback.html"],
        ),
        (
            {"Anna A_21_assignsubmission_file_/solution.py": CODE},
            ["Anna A_21_assignsubmission_file_/feedback.html"],
        ),
    ],
)
def test_a_page_has_the_name_by_which_the_platform_knows_whose_it_is(tmp_path, members, names):
    grades, _ = of_export(tmp_path, members)
    for grade in grades:
        render.write_feedback(grade, KIT, tmp_path)
    upload.write_pages(grades, feedback_folder(tmp_path), KIT, tmp_path / "feedback.zip")
    with zipfile.ZipFile(tmp_path / "feedback.zip") as file:
        assert sorted(file.namelist()) == names


def test_what_is_for_the_staff_says_so_and_lies_apart(tmp_path):
    grade = record(1, check())
    render.write_index([grade], KIT, tmp_path)
    render.write_feedback(grade, KIT, tmp_path)
    assert "Staff only" in (for_staff(tmp_path) / "index.html").read_text(encoding="utf-8")
    theirs = [file for file in for_students(tmp_path).rglob("*") if file.is_file()]
    assert [file.name for file in theirs] == ["student-001.html"]
    assert "Staff only" not in theirs[0].read_text(encoding="utf-8")
