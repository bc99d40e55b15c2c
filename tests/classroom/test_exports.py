"""Exports of every platform, as archive and as folder, honest and hostile; all people are made up."""

import datetime
import io
import os
import pickle
import random
import re
import stat
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from autograder.assignment import config
from autograder.classroom.exports import reader
from autograder.classroom.exports.file_names import unique
from autograder.classroom.exports.reader import Submitted
from autograder.common.errors import UserError
from autograder.intake.stored import CannotRead
from autograder.intake.submission import Submission
from tests.sentences import (
    IS_A_LINK,
    IS_A_WEB_PAGE,
    IS_DAMAGED,
    IS_EMPTY,
    NO_PYTHON_FILE,
    POINTS_OUTSIDE,
    SEVERAL_FILES,
    STANDS_THERE_TWICE,
    TOO_LARGE,
)
from tests.table import table

CODE = b"class NN:\n    pass\n"
OTHER = b"class NN:\n    x = 1\n"
DUE = config.load().dates.due

Members = dict[str, bytes]


def read(path: Path) -> tuple[Submitted, ...]:
    return reader.read(path).submitted


def zipped(members: Members) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return archive.getvalue()


def as_zip(folder: Path, members: Members) -> Path:
    (folder / "export.zip").write_bytes(zipped(members))
    return folder / "export.zip"


def as_folder(folder: Path, members: Members) -> Path:
    for name, content in members.items():
        file = folder / "export" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            file.mkdir(exist_ok=True)
        else:
            file.write_bytes(content)
    return folder / "export"


def as_wrapped_zip(folder: Path, members: Members) -> Path:
    return as_zip(folder, {f"a folder/{name}": content for name, content in members.items()})


Export = Callable[[Path, Members], Path]
as_each = pytest.mark.parametrize("export", [as_zip, as_folder, as_wrapped_zip])


def by_key(found: Sequence[Submitted]) -> dict[str, Submitted]:
    keys = {one.handin.key: one for one in found}
    assert len(keys) == len(found)
    return keys


def source(one: Submitted) -> bytes:
    taken = one.take()
    assert isinstance(taken, Submission)
    assert not taken.refusal, taken.refusal
    return taken.source


def sentence(one: Submitted) -> str:
    taken = one.take()
    assert taken.refusal, taken
    assert "\n" not in taken.refusal
    return taken.refusal


# Gradescope.

METADATA = f"""---
submission_101:
  :submitters:
  - :name: Zoë O'Student 001
    :sid: '0071'
    :email: student001@example.org
  :created_at: {DUE} 10:00:00.129000000 Z
  :score: 1.0
  :status: processed
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    tests:
    - output: "a\\nb"
submission_102:
  :submitters:
  - :name: Student 002
    :sid: 0123
    :email: student002@example.org
  - :name: Student 003
    :sid:
    :email: student003@example.org
  :created_at: {DUE + datetime.timedelta(days=2)} 23:59:00 -0500
submission_103:
  :submitters:
  - :name: Student 004
"""
GRADESCOPE = {
    "submission_metadata.yml": METADATA.encode(),
    "submission_101/solution.py": CODE,
    "submission_102/src/solution.py": OTHER,
    "submission_102/report.pdf": b"%PDF",
    "submission_104/solution.py": CODE,
}


@as_each
def test_gradescope_says_who_handed_in_what(tmp_path: Path, export: Export) -> None:
    found = by_key(read(export(tmp_path, GRADESCOPE)))
    assert list(found) == ["submission_101", "submission_102", "submission_103", "submission_104"]
    one, group, missing, unknown = found.values()
    (person,) = one.handin.people
    assert (person.name, person.id, person.email) == ("Zoë O'Student 001", "0071", "student001@example.org")
    assert [person.name for person in group.handin.people] == ["Student 002", "Student 003"]
    assert [person.id for person in group.handin.people] == ["0123", ""]  # no number in base eight
    assert (source(one), source(group), source(unknown)) == (CODE, OTHER, CODE)
    assert missing.take() is None
    assert unknown.handin.names == "submission_104"
    assert one.handin.file_name == "solution.py"


def test_gradescope_knows_who_was_late(tmp_path: Path) -> None:
    one, group, missing, _ = read(as_zip(tmp_path, GRADESCOPE))
    assert one.handin.submitted == datetime.datetime(
        DUE.year, DUE.month, DUE.day, 10, 0, 0, 129000, datetime.timezone.utc
    )
    assert [found.handin.late for found in (one, group, missing)] == [False, True, False]
    assert missing.handin.submitted is None


@pytest.fixture(params=["UTC", "Asia/Tokyo"])
def machine_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@table(
    ("written", "days_late"),
    [
        ("day+1 04:00:00 Z", 0),  # still the evening of the day itself in Montreal
        ("day+1 06:00:00 Z", 1),
        ("day+0 23:59:59 -0500", 0),
        ("day+1 13:00:00 +0900", 0),
        ("day+1 15:00:00 +0900", 1),
        ("day+2 00:30:00", 2),  # without an offset: the clocks of the course
    ],
)
def test_late_is_the_same_on_every_machine(
    tmp_path: Path, machine_in: None, monkeypatch: pytest.MonkeyPatch, written: str, days_late: int
) -> None:
    day = datetime.date(2027, 2, 8)
    given = config.load()
    dates = msgspec.structs.replace(
        given.dates, released=day, due=day, late_due=day, timezone="America/Montreal", hour=None
    )
    monkeypatch.setattr(config, "load", lambda: msgspec.structs.replace(given, dates=dates))
    on_a_day = re.sub(r"day\+(\d)", lambda found: str(day + datetime.timedelta(int(found[1]))), written)
    metadata = f"submission_1:\n  :created_at: '{on_a_day}'\n".encode()
    (one,) = read(as_zip(tmp_path, {"submission_metadata.yml": metadata, "submission_1/solution.py": CODE}))
    assert (one.handin.days_late, one.handin.late) == (days_late, days_late > 0)


@table(
    "metadata",
    [
        b"",
        b"- a\n",
        b"a: [",
        b"\xff\xfe\0",
        b"[" * 200_000,
        b"a: &a [*a",
        b"a: &a [*a]",
        b"\0",
        b"{" * 150 + b"}" * 150,
    ],
)
def test_metadata_that_is_none_is_one_sentence(tmp_path: Path, metadata: bytes) -> None:
    members = {"submission_metadata.yml": metadata, "submission_1/solution.py": CODE}
    with pytest.raises(UserError, match=r"submission_metadata\.yml .* download the export again\.$"):
        read(as_zip(tmp_path, members))


@table(
    "entry",
    ["x", "[]", "{':submitters': x, ':created_at': []}", "{':submitters': [x, {':name': [y]}]}"],
)
def test_an_odd_entry_keeps_its_submission(tmp_path: Path, entry: str) -> None:
    members = {
        "submission_metadata.yml": f"submission_1: {entry}\n'../x': 1\n".encode(),
        "submission_1/solution.py": CODE,
    }
    (one,) = read(as_zip(tmp_path, members))
    assert source(one) == CODE
    assert one.handin.key == "submission_1"


# Canvas.


@as_each
def test_canvas(tmp_path: Path, export: Export) -> None:
    members = {
        "oneétudiant_11_501_solution.py": CODE,
        "studenttwo_LATE_12_502_solution.py": CODE,
        "studentthree_late_13_503_my answer.py": OTHER,
        "anon_b4Kx2_504_solution.py": CODE,
        "anon_LATE_Zz9aB_505_solution.py": CODE,
        "student_four_14_506_work.zip": zipped({"hw/solution.py": OTHER}),
        "instructions.pdf": b"%PDF",
    }
    found = by_key(read(export(tmp_path, members)))
    assert {key: one.handin.late for key, one in found.items()} == {
        "oneétudiant_11": False,
        "studenttwo_12": True,
        "studentthree_13": True,
        "anon_b4Kx2": False,
        "anon_Zz9aB": True,
        "student_four_14": False,
    }
    assert {person.id for one in found.values() for person in one.handin.people} == {
        "11", "12", "13", "14", "b4Kx2", "Zz9aB"
    }  # fmt: skip
    assert source(found["studentthree_13"]) == OTHER
    assert source(found["student_four_14"]) == OTHER


def test_what_is_typed_into_the_page_is_refused_and_not_lost(tmp_path: Path) -> None:
    members = {"s_1_50_solution.py": CODE, "t_LATE_2_text.html": b"<html>I tried", "s_1_text.html": b"<p>See"}
    one, typed = read(as_zip(tmp_path, members))
    assert source(one) == CODE
    assert (typed.handin.key, typed.handin.late) == ("t_2", True)
    assert IS_A_WEB_PAGE in sentence(typed)


@table(
    "members",
    [
        {"s_1_50_solution.py": CODE, "s_1_51_solution-1.py": CODE, "s_1_52_solution-2.py": OTHER},
        {"s_1_50_solution-9.py": CODE, "s_1_51_solution-10.py": OTHER},
        {"s_1_51_solution.py": OTHER, "s_1_50_solution.py": CODE},
    ],
)
def test_the_newest_upload_wins_and_this_is_said(tmp_path: Path, members: Members) -> None:
    (one,) = read(as_zip(tmp_path, members))
    taken = one.take()
    assert taken is not None
    assert (taken.name, taken.source) == ("solution.py", OTHER)
    assert taken.notes == (f"solution.py was handed in {len(members)} times; the newest was graded.",)
    assert one.handin.file_name == "solution.py"


def test_a_number_that_is_not_from_canvas_stays_in_the_name(tmp_path: Path) -> None:
    first, second = read(as_zip(tmp_path, {"s_1_50_assignment-1.py": CODE, "t_2_51_solution-1.py": CODE}))
    assert (first.handin.file_name, second.handin.file_name) == ("assignment-1.py", "solution.py")


def test_an_upload_that_was_in_time_is_not_late_when_the_newest_is_not(tmp_path: Path) -> None:
    members = {"s_1_50_solution.py": CODE, "s_LATE_1_51_solution-1.py": OTHER}
    (one,) = read(as_zip(tmp_path, members))
    assert (one.handin.late, source(one)) == (True, OTHER)


# Moodle.


@as_each
def test_moodle(tmp_path: Path, export: Export) -> None:
    members = {
        "Élodie O'Student_21_assignsubmission_file_/solution.py": CODE,
        "Student 002_22_assignsubmission_file/solution.py": OTHER,
        "Student 003_23_assignsubmission_onlinetext_/onlinetext.html": b"<html>I tried",
        "Student 004_24_assignsubmission_file_/": b"",
        "Student 006_26_assignsubmission_onlinetext.html": b"<html>I tried too",
        "Student 005_25_assignsubmission_file_my_1_2_answer.py": CODE,
    }
    found = by_key(read(export(tmp_path, members)))
    assert [one.handin.names for one in found.values()] == [
        "Student 002", "Student 003", "Student 004", "Student 005", "Student 006", "Élodie O'Student"
    ]  # fmt: skip
    two, three, four, five, six, one = found.values()
    assert (source(one), source(two), source(five)) == (CODE, OTHER, CODE)
    assert IS_A_WEB_PAGE in sentence(three)
    assert IS_A_WEB_PAGE in sentence(six)
    assert four.take() is None
    assert one.handin.key == "Élodie_O_Student_21"
    assert five.handin.file_name == "my_1_2_answer.py"


def test_text_typed_beside_a_file_does_not_hide_it(tmp_path: Path) -> None:
    members = {
        "Student 001_1_assignsubmission_file_/solution.py": CODE,
        "Student 001_1_assignsubmission_onlinetext_/onlinetext.html": b"<p>See the file",
    }
    (one,) = read(as_zip(tmp_path, members))
    assert source(one) == CODE


# Plain folders.


@as_each
def test_plain(tmp_path: Path, export: Export) -> None:
    members = {
        "Student 001.py": CODE,
        "José Student.zip": zipped({"hw/solution.py": OTHER, "__MACOSX/hw/._solution.py": b"\0"}),
        "student-003/src/solution.py": CODE,
        "student-003/data/numbers.csv": b"1",
        "Student 004/": b"",
        "Student 005.ipynb": b'{"cells": []}',
        "marks.csv": b"1,2",
        ".DS_Store": b"\0",
        "__MACOSX/._Student 001.py": b"\0",
    }
    found = by_key(read(export(tmp_path, members)))
    assert list(found) == ["José_Student", "Student_001", "Student_004", "Student_005", "student-003"]
    assert source(found["José_Student"]) == OTHER
    assert source(found["Student_001"]) == source(found["student-003"]) == CODE
    assert found["Student_004"].take() is None
    assert "notebook" in sentence(found["Student_005"])
    assert found["Student_001"].handin.names == "Student 001"


def test_the_export_of_one_student_is_not_looked_through(tmp_path: Path) -> None:
    (one,) = read(as_zip(tmp_path, {"Student 001/solution.py": CODE, "Student 001/helper.py": CODE}))
    assert one.handin.names == "Student 001"


def test_same_names_get_keys_of_their_own_each_time(tmp_path: Path) -> None:
    members = {
        "student.py": CODE,
        "student.zip": zipped({"solution.py": OTHER}),
        "Student/solution.py": OTHER,
        "stude\u0301nt.py": CODE,
        "studént.ipynb": CODE,
        "CON.py": CODE,
        "...py": CODE,
    }
    first = [one.handin for one in read(as_zip(tmp_path, members))]
    again = [one.handin for one in read(as_zip(tmp_path, dict(reversed(members.items()))))]
    assert first == again
    assert sorted(handin.key for handin in first) == sorted(
        ["Student", "_CON", "student-2", "student-3", "studént", "studént-2"]
    )


@table(
    "name",
    [
        "a/b",
        "a\\b",
        'a<>:"|?*',
        "nul",
        "COM1.x",
        "a. ",
        " ",
        "",
        "x" * 500,
        "数" * 200,
        "\u202ea\0\n",
        "-rf",
        "..",
    ],
)
def test_every_key_can_be_the_name_of_a_file(tmp_path: Path, name: str) -> None:
    (key,) = unique([name])
    assert len(key.encode()) <= 240
    assert not set(key) & set('/\\<>:"|?*\0\n ')
    assert key.strip(".-") == key != ""
    assert key.upper() not in {"NUL", "CON"}
    (tmp_path / f"{key}.json").touch()


def test_keys_are_unique_where_case_and_numbers_collide() -> None:
    keys = unique(["a", "A", "a-2", "a", "ſ", "s"])
    assert len({key.casefold() for key in keys}) == len(keys)


# What is no export.


@table(
    ("members", "says"),
    [
        ({}, "holds no submissions"),
        ({".DS_Store": b"", "__MACOSX/x.py": CODE}, "holds no submissions"),
        ({"notes.md": b""}, r"holds no submissions \(ignored: notes.md\)"),
        ({"solution.py": CODE, "helper.py": CODE}, "names no student"),
        ({"../a.py": CODE, "/b.py": CODE, "C:\\c.py": CODE}, "holds no submissions"),
        ({"a_1_2_solution.py": CODE, "B_3_assignsubmission_file_/b.py": CODE}, "mixes Moodle and Canvas"),
        ({**GRADESCOPE, "a_1_2_solution.py": CODE}, "mixes Gradescope and Canvas"),
        ({"a_1_2_solution.py": CODE, "b.py": CODE}, "is a Canvas export, but holds b.py as well"),
        ({**GRADESCOPE, "late/solution.py": CODE}, "is a Gradescope export, but holds late as well"),
        ({"B_3_assignsubmission_file_/b.py": CODE, "c.zip": b""}, "is a Moodle export, but holds c.zip"),
    ],
)  # fmt: skip
def test_what_is_no_export_is_one_sentence(tmp_path: Path, members: Members, says: str) -> None:
    with pytest.raises(UserError, match=says):
        read(as_zip(tmp_path, members))


def test_paths_that_are_no_export_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(CODE)
    (tmp_path / "cut.zip").write_bytes(zipped(GRADESCOPE)[:-30])
    for name, says in (
        ("none", "does not exist"),
        ("a.py", "neither a folder"),
        ("cut.zip", "download it again"),
    ):
        with pytest.raises(UserError, match=says):
            read(tmp_path / name)
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "student").symlink_to(tmp_path)
    with pytest.raises(UserError, match="is a link; put the folder itself there"):
        read(tmp_path / "class")


# One broken submission among others.


def around(broken: Members) -> Members:
    return {"first/solution.py": CODE, **broken, "second/solution.py": OTHER}


def the_others_are_fine(found: Sequence[Submitted]) -> Submitted:
    keyed = by_key(found)
    assert source(keyed.pop("first")) == CODE
    assert source(keyed.pop("second")) == OTHER
    (broken,) = keyed.values()
    return broken


@table(
    ("broken", "says"),
    [
        ({"x.py": b""}, IS_EMPTY),
        ({"x.py": b"#" * (3 << 20)}, TOO_LARGE),
        ({"x/a.py": CODE, "x/b.py": CODE}, SEVERAL_FILES),
        ({"x/report.docx": zipped({"word/document.xml": b"<xml/>"})}, NO_PYTHON_FILE),
        ({"x/report.pdf": b"%PDF"}, "a PDF"),
        ({"x/report.pdf": b"%PDF", "x/picture.png": b"\x89PNG"}, NO_PYTHON_FILE),
        ({"x.zip": b"PK\x03\x04 and nothing more"}, IS_DAMAGED),
        ({"x.zip": zipped({"solution.py": b"#" * (9 << 20)})}, TOO_LARGE),
        ({"x.zip": zipped({"a.zip": zipped({"solution.py": CODE})})}, NO_PYTHON_FILE),
        ({"x.zip": zipped({"../../solution.py": CODE})}, POINTS_OUTSIDE),
        ({"x.zip": os.urandom(100) * 100}, None),
    ],
)
@pytest.mark.parametrize("export", [as_zip, as_folder])
def test_one_broken_submission(tmp_path: Path, export: Export, broken: Members, says: str | None) -> None:
    folder = tmp_path / f"class {len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    one = the_others_are_fine(read(export(folder, around(broken))))
    if says is None:
        assert one.take() is not None
    else:
        assert says in sentence(one)


def test_a_member_that_points_outside_is_not_read(tmp_path: Path) -> None:
    members = around({"x/../../first/solution.py": CODE})
    assert f"points {POINTS_OUTSIDE}" in sentence(the_others_are_fine(read(as_zip(tmp_path, members))))


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    export = as_zip(tmp_path, {"first/solution.py": CODE, "second/solution.py": OTHER})
    with zipfile.ZipFile(export, "a") as file:
        link = zipfile.ZipInfo("x/solution.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    assert IS_A_LINK in sentence(the_others_are_fine(read(export)))


@pytest.mark.parametrize("name", ["x/solution.py", "x.py"])
def test_a_link_in_a_folder_is_not_followed(tmp_path: Path, name: str) -> None:
    folder = as_folder(tmp_path, around({"x/notes.txt": b""} if "/" in name else {}))
    (folder / name).symlink_to(folder / "first" / "solution.py")
    assert IS_A_LINK in sentence(the_others_are_fine(read(folder)))


def test_a_link_to_a_folder_of_others_is_not_followed(tmp_path: Path) -> None:
    folder = as_folder(tmp_path, around({"x/notes.txt": b"see the link"}))
    (folder / "x" / "src").symlink_to(folder / "first")
    taken = the_others_are_fine(read(folder)).take()
    assert taken is not None
    assert taken.source == b"see the link"


def test_the_same_member_twice_is_refused(tmp_path: Path) -> None:
    export = as_zip(tmp_path, around({"x/solution.py": CODE}))
    with zipfile.ZipFile(export, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("x/solution.py", OTHER)
    assert STANDS_THERE_TWICE in sentence(the_others_are_fine(read(export)))


def test_a_damaged_member_is_the_download_and_stops_nobody_else(tmp_path: Path) -> None:
    export = tmp_path / "export.zip"
    with zipfile.ZipFile(export, "w", zipfile.ZIP_STORED) as file:
        for name, content in around({"x/solution.py": b"#" * 5000}).items():
            file.writestr(name, content)
    content = export.read_bytes()
    export.write_bytes(content.replace(b"#" * 5000, b"#" * 4999 + b"!"))
    broken = the_others_are_fine(read(export))
    with pytest.raises(CannotRead, match=r"cannot be read from export.zip .* download the export again"):
        broken.take()


def test_a_damaged_file_within_a_students_archive_is_the_students(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_STORED) as file:
        file.writestr("solution.py", b"#" * 5000)
    spoilt = inner.getvalue().replace(b"#" * 5000, b"#" * 4999 + b"!")
    assert IS_DAMAGED in sentence(the_others_are_fine(read(as_zip(tmp_path, around({"x/work.zip": spoilt})))))


def test_what_may_not_be_read_is_no_fault_of_its_student(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = as_folder(tmp_path, around({"x/solution.py": CODE}))
    open_file = os.open

    def refuse(path: str, *arguments: int) -> int:
        if str(path).endswith("x/solution.py"):
            raise PermissionError(13, "Permission denied", str(path))
        return open_file(path, *arguments)

    monkeypatch.setattr(os, "open", refuse)
    broken = the_others_are_fine(read(folder))
    with pytest.raises(CannotRead, match=r"solution.py cannot be read: Permission denied"):
        broken.take()


def test_a_folder_that_is_closed_is_one_sentence_and_nobody_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = as_folder(tmp_path, around({"x/solution.py": CODE}))
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("/x"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UserError, match=r"x cannot be opened: Permission denied"):
        read(folder)


def test_a_member_without_a_name_is_passed_over(tmp_path: Path) -> None:
    archive = zipped(around({"x.py": CODE, "????": CODE})).replace(b"????", b"\0\0\0\0")
    (tmp_path / "export.zip").write_bytes(archive)
    assert source(the_others_are_fine(read(tmp_path / "export.zip"))) == CODE


def test_any_damage_is_one_sentence_or_one_refusal(tmp_path: Path) -> None:
    for seed in range(300):
        generator = random.Random(seed)
        archive = bytearray(zipped(generator.choice([GRADESCOPE, around({"x.zip": zipped(around({}))})])))
        for _ in range(generator.choice([1, 2, 20])):
            archive[generator.randrange(len(archive))] = generator.choice([0, 1, 255, *b"/\\.", 200])
        (tmp_path / "export.zip").write_bytes(archive)
        try:
            found = read(tmp_path / "export.zip")
        except UserError as error:
            assert "\n" not in str(error)
            continue
        for one in found:
            try:
                taken = one.take()
            except CannotRead as error:
                assert "\n" not in str(error)
            else:
                assert taken is None or isinstance(taken, Submission)


def test_names_from_windows(tmp_path: Path) -> None:
    export = tmp_path / "export.zip"
    with zipfile.ZipFile(export, "w") as file:
        file.writestr("Students\\solution.py", CODE)
        file.writestr("Student ?/solution.py", OTHER)
    # One name in cp437, one in UTF-8 that does not say so: both are made with what zipfile writes.
    content = export.read_bytes().replace(b"Students\\sol", b"\x82tudents\\sol")
    export.write_bytes(content.replace(b"Student ?/", b"Stud\xc3\xa9nt!/"))
    found = {one.handin.names: source(one) for one in read(export)}
    assert found == {"étudents": CODE, "Studént!": OTHER}


def test_text_of_an_export_is_cleaned(tmp_path: Path) -> None:
    name = rb'"Student\n\u202E\e[31m 1"'
    members = {
        "submission_metadata.yml": b"submission_1: {':submitters': [{':name': " + name + b"}]}",
        "submission_1/sol\u202eution.py": CODE,
    }
    (one,) = read(as_zip(tmp_path, members))
    assert one.handin.names == "Student [31m 1"
    assert one.handin.file_name == "solution.py"


def test_a_submission_can_be_taken_in_another_process(tmp_path: Path) -> None:
    (one,) = read(as_zip(tmp_path, {"Student 001.py": CODE}))
    assert source(pickle.loads(pickle.dumps(one))) == CODE


def test_an_export_that_went_away_is_nobodys_fault(tmp_path: Path) -> None:
    export = as_zip(tmp_path, {"Student 001.py": CODE})
    (one,) = read(export)
    export.unlink()
    with pytest.raises(UserError, match="no longer exists"):
        one.take()


def test_nothing_is_written(tmp_path: Path) -> None:
    export = as_zip(tmp_path, around({"x.zip": zipped({"solution.py": CODE})}))
    for one in read(export):
        one.take()
    assert list(tmp_path.iterdir()) == [export]
