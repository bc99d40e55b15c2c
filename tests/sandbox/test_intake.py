"""What is handed in besides a plain solution.py: read where it can be, refused in one sentence where not."""

import io
import os
import random
import stat
import zipfile
from pathlib import Path

import pytest

from autograder.assignment.contract import contract_of
from autograder.common.errors import UserError
from autograder.intake import locate
from autograder.intake import submission as submissions
from autograder.intake.decode import decode
from autograder.intake.submission import Submission, accept, read
from tests.sandbox.conftest import grade_some, reasons
from tests.sentences import (
    IS_A_LINK,
    IS_A_WEB_PAGE,
    IS_DAMAGED,
    IS_EMPTY,
    NO_PYTHON_FILE,
    NOT_PYTHON,
    POINTS_OUTSIDE,
    SEVERAL_FILES,
    STANDS_THERE_TWICE,
    TOO_LARGE,
)
from tests.table import table

CLASS = b"class NN:\n    pass\n"


def zipped(members: dict[str, bytes], **options: int) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, **options) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return archive.getvalue()


def sentence(found: Submission) -> str:
    assert found.refusal, f"accepted as {found.name}"
    assert found.refusal.count("\n") == 0
    return found.refusal


# Encodings and oddities of the text: graded for what it says.

ODD = {
    "byte-order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "Latin-1 without a cookie": lambda text: text.encode() + "# élève\n".encode("latin-1"),
    "Latin-1 with a cookie": lambda text: (
        b"# -*- coding: latin-1 -*-\n" + text.encode("ascii", "replace") + "# élève\n".encode("latin-1")
    ),
    "a cookie that lies": lambda text: b"# coding: ascii\n" + text.encode() + "# élève 数\n".encode(),
    "a cookie nobody knows": lambda text: b"# coding: klingon\n" + text.encode(),
    "a cookie that takes for ever": lambda text: b"# coding: punycode\n" + text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "NUL bytes": lambda text: text.encode() + b"\0\0\0",
    "tabs": lambda text: text.replace("    ", "\t").encode(),
    "magics": lambda text: (
        b"%matplotlib inline\n!pip install numpy\n" + text.encode() + b"\nif True:\n    %time 1\n"
    ),
    "cell magic": lambda text: b"%%time\n" + text.encode(),
    "plots and prompts below": lambda text: (
        text.encode() + b"\nimport matplotlib.pyplot as plt\nplt.plot([1])\ninput('?')\nopen('data.csv')\n"
    ),
    "a script with arguments": lambda text: (
        b"import argparse\nargparse.ArgumentParser().parse_args()\n" + text.encode() + b"\nimport torch\n"
    ),
    "an echo of the file beside it": lambda text: b"import solution\n" + text.encode(),
    "a thread, a timer and a warning": lambda text: (
        text.encode()
        + b"\nimport threading, warnings\nt = threading.Thread(target=print)\nt.start()\nt.join()\nwarnings.warn('x')\n"
    ),
    "output thrown away": lambda text: (
        b"import os, sys\nsys.stdout = open(os.devnull, 'w')\n" + text.encode()
    ),
}


@table("oddity", ODD)
def test_harmless_oddities_cost_nothing(oddity: str, reference: str) -> None:
    report = grade_some(accept("solution.py", ODD[oddity](reference)))
    graded = [outcome for outcome in report.outcomes if outcome.check.max_points]
    assert all(outcome.passed for outcome in graded), reasons(report)


@table(
    ("source", "says"),
    [
        (b"x = 1\0", "NUL characters"),
        ("x = 'é'".encode("latin-1"), "Latin-1"),
        ("x = 1\n".encode("utf-16"), "UTF-16"),
        ("class NN:\n    def forwаrd(self): pass\n".encode(), "Cyrillic Small Letter A"),
    ],
)
def test_notes_say_what_was_odd(source: bytes, says: str) -> None:
    (note,) = decode(source).notes
    assert says in note


def test_what_is_not_python_says_which_python_and_where() -> None:
    newer = b"class NN:\n    x = 1\ndef f(:\n"
    says = reasons(grade_some(accept("solution.py", newer)))
    assert f"{NOT_PYTHON} in line 3: `def f(:`" in says
    assert "Python 3." in says


def test_magics_are_left_out_only_where_they_are_the_trouble() -> None:
    report = grade_some(accept("solution.py", b"%load_ext x\nclass NN:\n    x = (7\n    % 2)\n"))
    assert "left out (line 1)" in reasons(report)


# Bytes that are something else.


@table(
    ("source", "says"),
    [
        (b"", IS_EMPTY),
        (b"\0" * 1000, IS_EMPTY),
        (b"\xef\xbb\xbf\r\n", IS_EMPTY),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"<!DOCTYPE html><html>", IS_A_WEB_PAGE),
        (b"\n <HTML><body>", IS_A_WEB_PAGE),
        ("<head>".encode("utf-16"), IS_A_WEB_PAGE),
        (b"\xa7\r\r\n\0\0\0\0" + bytes(range(200)), "compiled Python"),
        (b"\x2b\x0e\r\n\0\0\0\0" + bytes(range(200)), "compiled Python"),
        (b"solution.py".ljust(257, b"\0") + b"ustar\x0000" + b"x = 1\n" * 200, "a tar archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "a Word or other Office document"),
        (zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "a Word or other Office document"),
        (b"L\0\0\0\x01\x14\x02\0" + bytes(100), "a Windows shortcut"),
        (random.Random(0).randbytes(5000), "not even text"),
        (bytes(number % 251 if number % 3 else 0 for number in range(5000)), "not even text"),
        ("# 日本語のコメント\nx = 1\n".encode("shift_jis"), None),
        (b"<<<<<<< HEAD\nx = 1\n", None),
        (b"x = 1\0\0\n", None),
        (b"#" * (1 << 20) + b"\n", TOO_LARGE),
        (b'\n{"cells": [{"source": "x"}]}', "holds no Python code"),
        (b"[" * 100_000, None),
        (b'{"a":' * 100_000, None),
    ],
)
def test_bytes_that_are_something_else(source: bytes, says: str | None) -> None:
    found = accept("solution.py", source)
    assert (says is None) == (not found.refusal)
    assert says is None or says in sentence(found)


# Archives.


@table(
    ("members", "name"),
    [
        ({"solution.py": CLASS}, "solution.py"),
        ({"hw1/src/solution.py": CLASS, "hw1/other.py": b"x = 1"}, "solution.py"),
        ({"solution.py": CLASS, "__MACOSX/._solution.py": b"\0\5\26\7"}, "solution.py"),
        ({"solution.py": CLASS, "old/solution.py": b"x = 1"}, "solution.py"),
        ({"Solution.PY": CLASS}, "Solution.PY"),
        ({"a\\solution.py": CLASS}, "solution.py"),
        ({"my answer (2).py": CLASS, "helper.py": b"x = 1", "test_public.py": b"from solution import NN"}, "my answer (2).py"),
        ({"assignment.py": b"class Net:\n  def relu(): 1\n  def loss(): 1\n  def forward(): 1\n  def backward(): 1\n"}, "assignment.py"),
        ({"only.py": b"x = 1", "report.pdf": b"%PDF"}, "only.py"),
    ],
)  # fmt: skip
def test_the_right_file_is_found_in_an_archive(members: dict[str, bytes], name: str) -> None:
    found = accept("work.zip", zipped(members))
    assert not found.refusal, found
    assert found.name == name
    assert any("was graded" in note for note in found.notes) == (name.lower() != "solution.py")


@table(
    ("archive", "says"),
    [
        (zipped({}), NO_PYTHON_FILE),
        (zipped({"notes.txt": b"x"}), NO_PYTHON_FILE),
        (zipped({"a.ipynb": b"{}"}), "holds no Python code"),
        (zipped({"../solution.py": CLASS}), POINTS_OUTSIDE),
        (zipped({"/etc/solution.py": CLASS}), POINTS_OUTSIDE),
        (zipped({"C:\\solution.py": CLASS}), POINTS_OUTSIDE),
        (zipped({"a/solution.py": CLASS, "b/solution.py": CLASS}), "2 files named solution.py"),
        (zipped({"one.py": CLASS, "two.py": CLASS}), f"{SEVERAL_FILES}: `one.py`, `two.py`"),
        (zipped({"solution.py": b"#" * (9 << 20)}), TOO_LARGE),
        (zipped({"solution.py": zipped({"solution.py": CLASS})}), "an archive itself"),
        (zipped({f"{number}.txt": b"" for number in range(locate.MAX_ENTRIES + 1)}), "more than"),
        (b"PK\x03\x04 and nothing more", f"zip archive is {IS_DAMAGED}"),
        (zipped({"solution.py": CLASS})[:-30], IS_DAMAGED),
    ],
)
def test_archives_that_cannot_be_graded(archive: bytes, says: str) -> None:
    assert says in sentence(accept("work.zip", archive))


def test_links_duplicates_and_lies_in_an_archive() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        link = zipfile.ZipInfo("solution.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    assert IS_A_LINK in sentence(accept("a.zip", archive.getvalue()))

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("solution.py", CLASS)
        file.writestr("solution.py", b"x = 1")
    assert STANDS_THERE_TWICE in sentence(accept("a.zip", archive.getvalue()))

    claims = bytearray(zipped({"solution.py": b"#" * (9 << 20)}))
    at = claims.rindex(b"PK\x01\x02") + 24  # the size, as the directory of the archive tells it
    claims[at : at + 4] = (100).to_bytes(4, "little")
    found = accept("a.zip", bytes(claims))
    assert found.refusal or len(found.source) <= submissions.MAX_BYTES


def test_a_member_without_a_name_is_passed_over() -> None:
    archive = zipped({"????": CLASS, "solution.py": CLASS}).replace(b"????", b"\0\0\0\0")
    assert accept("a.zip", archive).source == CLASS


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("class Perceptron:\n    def fire(self, x): ...\n    def train(self, x, y, lr): ...\n", True),
        ("class Perceptron:\n    def train(self): ...\n", False),  # a name that many things have
        ("def output_size(n, k): ...\ndef n_weights(z): ...\ndef receptive_field(l): ...\n", True),
        ("class BinaryPerceptron: pass\n", True),
        ("def load(): ...\n", False),
    ],
)
def test_an_answer_is_known_by_half_of_its_functions(text: str, is_found: bool) -> None:
    contract = contract_of(("perceptron", "sizes"))
    assert locate.defines_answer(text, contract) is is_found


# Files and folders.


def test_folders(tmp_path: Path) -> None:
    assert NO_PYTHON_FILE in sentence(read(tmp_path))
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "solution.py").write_bytes(CLASS)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "solution.py").write_bytes(b"x = 1")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert read(tmp_path).source == CLASS
    (tmp_path / "hw" / "solution.py").unlink()
    (tmp_path / "solution.py").symlink_to("/etc/passwd")
    assert NO_PYTHON_FILE in sentence(read(tmp_path))
    (tmp_path / "work.zip").write_bytes(zipped({"a/solution.py": CLASS}))
    assert read(tmp_path).source == CLASS


@pytest.mark.parametrize("beside", ["numpy.py", "conftest.py", "sitecustomize.py", "json.py", "pytest.ini"])
def test_what_stands_beside_a_solution_has_no_effect(tmp_path: Path, beside: str, reference: str) -> None:
    (tmp_path / "solution.py").write_text(reference)
    (tmp_path / beside).write_text("raise SystemExit('imported')\n")
    report = grade_some(read(tmp_path))
    assert all(outcome.passed for outcome in report.outcomes), reasons(report)


def test_paths_that_are_no_submission_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.py")
    for name, says in (("link.py", "is a link"), ("pipe.py", "not a file"), ("none.py", "does not exist")):
        with pytest.raises(UserError, match=says):
            read(tmp_path / name)
    with pytest.raises(UserError, match="not a file"):
        read(Path("/dev/zero"))


def test_the_name_of_a_file_means_nothing() -> None:
    assert accept("[/b]<x>`\x1b[0m\u202e.py", CLASS).name == "__b__x___0m.py"
