"""Whatever is handed in becomes a row, or is named; a person in two submissions is too."""

import csv
import io
import tarfile

import msgspec
import pytest
from click.testing import CliRunner

from autograder.__main__ import commands
from autograder.classroom import concerns, counted, gradebook, grades_folder
from autograder.classroom.exports import reader
from autograder.common.errors import UserError
from autograder.intake.handin import Person
from tests.classroom.samples import check, record
from tests.classroom.test_class import answering, graded_with
from tests.classroom.test_exports import CODE, OTHER, as_each, as_folder, as_zip, sentence, source, zipped
from tests.table import table

METADATA = {"submission_metadata.yml": b"submission_1:\n  :submitters:\n  - :name: Student 1\n"}


def tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("solution.py"))
    return file.getvalue()


@as_each
def test_every_file_at_the_top_is_graded_or_refused(tmp_path, export):
    members = {
        "anna.py": CODE,
        "chen.py.txt": OTHER,
        "dora.txt": CODE,
        "emil.rar": b"Rar!\x1a\x07",
        "fatima.tar.gz": tar(),
        "goran.pdf": b"%PDF-1.7",
        "hana.7z": b"7z\xbc\xaf\x27",
        "ivan": CODE,
        "judit.PY": CODE,
        "Karim: homework 1.py": CODE,
        "L. Student": CODE,
    }
    found = {one.handin.names: one for one in reader.read(export(tmp_path, members)).submitted}
    assert sorted(found) == sorted(
        [name.split(".")[0] for name in members if name.isascii() and " " not in name]
        + ["Karim: homework 1", "L. Student"]
    )
    for name in ("anna", "dora", "ivan", "judit", "Karim: homework 1", "L. Student"):
        assert source(found[name]) == CODE
    assert source(found["chen"]) == OTHER
    for name, says in (("emil", "RAR"), ("fatima", "gzip"), ("goran", "PDF"), ("hana", "7-Zip")):
        assert says in sentence(found[name])


@table(
    ("members", "kind", "names"),
    [
        ({"a.py": CODE, "b.py": CODE, "marks.ods": b"x", ".git/config": b""}, "plain", [".git", "marks.ods"]),
        ({"a.py": CODE, "env/solution.py": CODE, "../c.py": CODE}, "plain", [".._c.py", "env"]),
        ({"a_1_2_solution.py": CODE, "b.txt": CODE}, "Canvas", ["b.txt"]),
        ({"B_3_assignsubmission_file_/b.py": CODE, "c.7z": b"", "D.txt": CODE}, "Moodle", ["D.txt", "c.7z"]),
        ({**METADATA, "submission_1/solution.py": CODE, "e": CODE}, "Gradescope", ["e"]),
    ],
)  # fmt: skip
def test_what_is_nobodys_is_named(tmp_path, members, kind, names):
    export = reader.read(as_zip(tmp_path, members))
    assert (export.kind, sorted(export.not_looked_at)) == (kind, names)


def test_what_desktops_leave_is_nothing_to_look_at(tmp_path):
    members = {
        "a.py": CODE,
        "b.py": CODE,
        ".DS_Store": b"",
        "Thumbs.db": b"",
        "__MACOSX/._a.py": b"",
        "._b.py": b"",
    }
    assert reader.read(as_folder(tmp_path, members)).not_looked_at == ()


def test_a_canvas_export_in_which_all_handed_in_text_is_one(tmp_path):
    export = reader.read(as_zip(tmp_path, {"ana_1_2_solution.txt": CODE, "ben_2_3_solution.py.txt": OTHER}))
    assert export.kind == "Canvas"
    assert [source(one) for one in export.submitted] == [CODE, OTHER]


@table(
    ("members", "notes"),
    [
        ({"solution.py": CODE, "solution_final.py": OTHER}, "not `solution_final.py`"),
        ({"solution.py": CODE, "old/solution.py": OTHER}, "not `old/solution.py`"),
        ({"solution.py": CODE, "work.zip": zipped({"solution.py": OTHER})}, "not `work.zip`"),
        ({"solution.py": CODE, "solution.py.txt": OTHER}, "not `solution.py.txt`"),
        ({"solution.py": CODE, "helper.py": b"x = 1\n", "data.csv": b"1"}, ""),
        ({"solution.py.txt": CODE, "report.pdf": b"%PDF"}, "solution.py.txt was graded"),
    ],
)
def test_what_is_passed_over_for_solution_py_is_said(tmp_path, members, notes):
    around = {f"ana/{name}": content for name, content in members.items()} | {"ben/solution.py": CODE}
    one = reader.read(as_zip(tmp_path, around)).submitted[0].take()
    assert one.source == CODE
    assert notes in " ".join(one.notes)
    assert bool(notes) == bool(one.notes)


@table(
    ("members", "says"),
    [
        ({"solution.rar": b"Rar!", "report.pdf": b"%PDF"}, "such as `solution.rar` are not unpacked here"),
        ({".solution.py": CODE}, "nothing but hidden files, such as `.solution.py`"),
    ],
)
def test_what_cannot_be_graded_is_named_to_its_student(tmp_path, members, says):
    around = {f"ana/{name}": content for name, content in members.items()} | {"ben/solution.py": CODE}
    assert says in sentence(reader.read(as_zip(tmp_path, around)).submitted[0])


def test_a_folder_of_grades_is_no_class(tmp_path):
    grades_folder.results_folder(tmp_path).mkdir(parents=True)
    with pytest.raises(UserError, match="wrote; name what was handed in instead"):
        reader.read(tmp_path)


def test_the_command_names_what_it_did_not_look_at_and_ends_with_1(tmp_path, monkeypatch):
    answering(monkeypatch, lambda task: graded_with(task, 1.0))
    export = as_folder(tmp_path, {"ana.py": CODE, "ben.py": OTHER, "marks.csv": b"1"})
    run = CliRunner().invoke(commands, ["class", str(export), "--out", str(tmp_path / "grades")])
    assert run.exit_code == 1
    assert "Ignored: marks.csv." in run.output
    assert "marks.csv" in (tmp_path / "grades" / "for-staff" / "index.html").read_text(encoding="utf-8")


# One person in two submissions.


def handed_in(number, *people, day=None, score=1.0, status="graded"):
    one = record(number, check(points=score, most=score), status=status)
    submitted = one.handin.submitted.replace(day=day) if day else None
    handin = msgspec.structs.replace(one.handin, people=people, submitted=submitted)
    return one.with_about(handin=handin)


ANA, ANAS_MAIL = Person(name="Ana", id="1"), Person(name="Ana L.", id="1", email="A@x.org")
ONLY_MAIL, BEN = Person(name="A. L.", email="a@X.org"), Person(name="Ben", id="2", email="b@x.org")


@table(
    ("grades", "counts"),
    [
        ([handed_in(1, ANA, day=3), handed_in(2, ANAS_MAIL, day=4)], "student-002"),
        ([handed_in(1, ANA, day=5), handed_in(2, ANAS_MAIL, BEN, day=4)], "student-001"),
        ([handed_in(1, ANA, score=3.0), handed_in(2, ANA, score=2.0)], "student-001"),
        ([handed_in(1, ANA, day=3), handed_in(2, ANA, status="missing", day=9)], "student-001"),
        (
            [handed_in(1, ANA, day=3), handed_in(2, ANAS_MAIL, day=2), handed_in(3, ONLY_MAIL, day=5)],
            "student-003",
        ),
    ],
)  # fmt: skip
def test_a_person_in_two_submissions_is_named_with_the_one_that_counts(grades, counts):
    (twice,) = counted.named_twice(grades)
    assert twice.counts.key == counts
    (concern,) = concerns.find(grades)
    assert f"{counts} counts" in concern.sentence
    assert concern.sentence.endswith(f"{counted.RULE}.")
    assert len(concern.members) == len(grades)


def test_the_rows_of_a_person_say_which_one_counts(tmp_path):
    from autograder.assignment import config

    grades = [handed_in(1, ANA, day=3), handed_in(2, ANAS_MAIL, BEN, day=4)]
    gradebook.write(grades, tmp_path / "grades.csv", config.load().dates)
    with (tmp_path / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["name"], row["key"]): row for row in csv.DictReader(file)}
    assert {name: row["counts"] for name, row in rows.items()} == {
        ("Ana", "student-001"): "no",
        ("Ana L.", "student-002"): "yes",
        ("Ben", "student-002"): "yes",
    }
    assert rows["Ana", "student-001"]["STAFF ONLY"].startswith("student-002 counts instead.")


def test_different_people_are_not_taken_for_one():
    nobody = Person(name="")
    grades = [
        handed_in(1, ANA),
        handed_in(2, BEN),
        handed_in(3, Person(name="Cy")),
        handed_in(4, Person(name="Cyd")),
    ]
    assert counted.named_twice([*grades, handed_in(5, nobody), handed_in(6, nobody)]) == []
