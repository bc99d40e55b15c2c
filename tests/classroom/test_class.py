"""Grading a class: every submission once, whatever the others do."""

import concurrent.futures
import csv
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner

from autograder import ROOT
from autograder.__main__ import commands
from autograder.assignment import config
from autograder.classroom import grade_all, gradebook
from autograder.classroom.exports import reader
from autograder.classroom.grade_all import GradingOptions
from autograder.classroom.grades_folder import read_all, results_folder
from autograder.classroom.task import NOTHING, CannotIsolate, fault
from autograder.common.errors import UserError
from autograder.gradescope.results import About, PartResult, Results
from autograder.grading import zoo
from autograder.intake.handin import Person
from autograder.parallel.pool import process_pool
from tests.classroom.samples import check, failing
from tests.classroom.samples import record as a_record
from tests.commands.test_command import SCHEMA

MISTAKE = "loss/summed"


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """Make a folder of five students: right, wrong, blank, not Python, nothing."""
    folder = tmp_path / "handed in"
    sources = {
        "student 001": (ROOT / "reference" / "solution.py").read_bytes(),
        "student 002": zoo.by_name(MISTAKE).source,
        "student 003": (ROOT / "template" / "solution.py").read_bytes(),
        "student 004": b"%PDF-1.7",
    }
    for name, source in sources.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "solution.py").write_bytes(source)
    (folder / "student 005").mkdir()
    return folder


def grade(*arguments: object) -> tuple[int, str]:
    run = CliRunner().invoke(commands, ["class", *map(str, arguments)])
    assert run.exception is None or isinstance(run.exception, (SystemExit, UserError)), run.exception
    return run.exit_code, str(run.exception) if isinstance(run.exception, UserError) else run.output


def graded_with(task, score):
    """Make the result of a task, without grading."""
    sha256 = task.submission.sha256 if task.submission else ""
    about = About(parts=(), status="graded", submission_sha256=sha256, grader_sha256=grade_all.grader())
    return Results(score=score, about=about)


def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test if anything has to be graded."""
    monkeypatch.setattr(grade_all, "_machines", lambda settings: pytest.fail("something was graded again"))


def answering(monkeypatch: pytest.MonkeyPatch, answer) -> None:
    """Have tasks answered, or failed, by a function in this process."""

    @contextmanager
    def machines(settings):
        def submit(task):
            future = concurrent.futures.Future()
            try:
                future.set_result(answer(task))
            except Exception as error:
                future.set_exception(error)
            return future

        yield submit, lambda: True

    monkeypatch.setattr(grade_all, "_machines", machines)


@pytest.mark.classroom
def test_a_class_becomes_a_gradebook_and_pages(handed_in, tmp_path, monkeypatch):
    grades = tmp_path / "grades"
    code, output = grade(handed_in, "--out", grades, "--json")
    summary = json.loads(output[output.index("{") :])
    assert code == 1, "the file that is not Python is something to look at"
    assert (summary["graded"], summary["refused"], summary["missing"], summary["grader fault"]) == (
        3,
        1,
        1,
        0,
    )
    assert len(summary["to_look_at"]) == 1

    with (grades / "for-staff" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert {name: row["status"] for name, row in rows.items()} == {
        "student 001": "graded",
        "student 002": "graded",
        "student 003": "graded",
        "student 004": "refused",
        "student 005": "missing",
    }
    assert float(rows["student 001"]["score"]) == float(rows["student 001"]["max_score"]) > 0
    assert 0 < float(rows["student 002"]["score"]) < float(rows["student 001"]["score"])
    assert float(rows["student 003"]["score"]) == float(rows["student 005"]["score"]) == 0
    assert sum(float(rows["student 002"][f"1.{part}"]) for part in range(1, 8)) == pytest.approx(
        float(rows["student 002"]["score"])
    )

    for kept in read_all(grades):
        content = json.loads(
            (grades / "for-staff" / "results" / f"{kept.key}.json").read_text(encoding="utf-8")
        )
        jsonschema.validate(content, SCHEMA)
        assert (grades / "for-students" / "feedback" / f"{kept.key}.html").exists()
    (missing,) = [kept for kept in read_all(grades) if kept.about.status == "missing"]
    page = (grades / "for-students" / "feedback" / f"{missing.key}.html").read_text(encoding="utf-8")
    assert NOTHING in page
    index = (grades / "for-staff" / "index.html").read_text(encoding="utf-8")
    assert zoo.by_name(MISTAKE).says.split(",")[0] in index
    (mistaken,) = [kept.key for kept in read_all(grades) if kept.handin.names == "student 002"]
    page = (grades / "for-staff" / "students" / f"{mistaken}.html").read_text(encoding="utf-8")
    assert zoo.by_name(MISTAKE).says.split(",")[0] in page
    assert "<td>    def loss(" in page
    assert "Expected</figcaption>" in page

    nobody_works(monkeypatch)
    before = {file: file.read_bytes() for file in sorted(grades.rglob("*")) if file.is_file()}
    assert grade(handed_in, "--out", grades)[0] == 1
    assert {file: file.read_bytes() for file in sorted(grades.rglob("*")) if file.is_file()} == before


def test_decisions_are_read_first_and_hold_in_every_grading_that_follows(handed_in, tmp_path, monkeypatch):
    def answer(task):
        parts = (PartResult(number="1.1", title="All", points=2, max_points=3),)
        about = {**msgspec.structs.asdict(graded_with(task, 0).about), "parts": parts}
        return Results(
            score=2, about=About(**about), tests=(failing("1.1.1"), check("1.1.2", points=2, most=2))
        )

    def totals(grades):
        with (grades / "for-staff" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            return [(float(row["score"]), float(row["total"])) for row in csv.DictReader(file)]

    decisions, grades = tmp_path / "decisions.toml", tmp_path / "grades"
    decisions.write_text("[[decisions]]\ncheck = 1.1\n")
    nobody_works(monkeypatch)
    code, said = grade(handed_in, "--out", grades)
    assert (code, f"{decisions}, line 1: " in said) == (2, True)
    assert not grades.exists()

    answering(monkeypatch, answer)
    who = 'reason = "Unclear."\nby = "Ada"\nwhen = 2027-02-15\n'
    decisions.write_text(f'[[decisions]]\ncheck = "1.1.1"\npoints = "all"\n{who}')
    code, said = grade(handed_in, "--out", grades)
    assert f"{decisions}: 1 record, for 5 scores." in said
    assert totals(grades) == [(2, 3)] * 5
    assert grade(handed_in, "--out", tmp_path / "again")[0] == code
    assert totals(tmp_path / "again") == [(2, 3)] * 5

    nobody_works(monkeypatch)
    kept = decisions.read_bytes()
    assert grade(handed_in, "--out", grades)[0] == code
    assert (totals(grades), decisions.read_bytes()) == ([(2, 3)] * 5, kept)
    named = tmp_path / "other.toml"
    named.write_text(f'[[decisions]]\nperson = "student 001"\npoints = -1\n{who}')
    assert grade(handed_in, "--out", grades, "--decisions", named)[0] == code
    assert totals(grades) == [(2, 1)] + [(2, 2)] * 4


def test_only_what_changed_is_graded_again(handed_in, tmp_path, monkeypatch):
    graded = []

    def fake(task):
        graded.append(task.submission.source[:20] if task.submission else b"")
        return graded_with(task, 1.0)

    answering(monkeypatch, fake)
    settings = GradingOptions(tmp_path / "grades")
    assert len(list(grade_all.grade_all(reader.read(handed_in).submitted, settings))) == len(graded) == 5
    graded.clear()
    (handed_in / "student 003" / "solution.py").write_bytes(b"class NN: pass")
    assert len(list(grade_all.grade_all(reader.read(handed_in).submitted, settings))) == 5
    assert graded == [b"class NN: pass"]
    graded.clear()
    monkeypatch.setattr(grade_all, "grader", lambda: "another grader")
    assert len(list(grade_all.grade_all(reader.read(handed_in).submitted, settings))) == len(graded) == 5


def test_a_process_that_dies_takes_one_submission_with_it(handed_in, tmp_path, monkeypatch):
    def dies_of_one(task):
        if task.submission and task.submission.source.startswith(b"%PDF"):
            raise OSError("the process was killed")
        return graded_with(task, 1.0)

    answering(monkeypatch, dies_of_one)
    done = list(grade_all.grade_all(reader.read(handed_in).submitted, GradingOptions(tmp_path / "grades")))
    statuses = {grade.handin.names: grade.about.status for grade in done}
    assert statuses["student 004"] == "grader fault"
    assert list(statuses.values()).count("graded") == 4
    # A fault of the grader is not taken for known.
    answering(monkeypatch, lambda task: fault("again"))
    again = list(grade_all.grade_all(reader.read(handed_in).submitted, GradingOptions(tmp_path / "grades")))
    assert sum(grade.about.status == "grader fault" for grade in again) == 1


def test_what_a_busy_machine_spoiled_is_graded_once_more_alone_at_the_end(handed_in, tmp_path, monkeypatch):
    asked = []

    def too_busy_at_first(task):
        asked.append(task.submission.source[:4] if task.submission else b"")
        if asked == [asked[0]]:
            return fault("the machine was too busy")
        return graded_with(task, 1.0)

    answering(monkeypatch, too_busy_at_first)
    done = list(grade_all.grade_all(reader.read(handed_in).submitted, GradingOptions(tmp_path / "grades")))
    assert len(asked) == 6
    assert asked[5] == asked[0]
    assert [grade.about.status for grade in done] == ["graded"] * 5
    kept = read_all(tmp_path / "grades")
    assert [grade.about.status for grade in kept] == ["graded"] * 5


def test_the_pool_outlives_a_process_that_is_killed():
    with process_pool(2) as pool:
        killed = pool.schedule(_kill_yourself)
        alive = pool.schedule(os.getpid)
        assert alive.result() != os.getpid()
        with pytest.raises(Exception, match=r"."):
            killed.result()
        assert pool.schedule(os.getpid).result()


def _kill_yourself():
    os.kill(os.getpid(), signal.SIGKILL)


def test_without_isolation_strict_grades_nothing(handed_in, tmp_path, monkeypatch):
    def refuses(task):
        raise CannotIsolate("not isolated: on this machine a submission could write files")

    answering(monkeypatch, refuses)
    with pytest.raises(UserError, match="nothing more was graded: not isolated"):
        list(
            grade_all.grade_all(
                reader.read(handed_in).submitted, GradingOptions(tmp_path / "grades", strict=True)
            )
        )


def test_another_class_is_not_mixed_in(handed_in, tmp_path, monkeypatch):
    (tmp_path / "grades" / "for-staff" / "results").mkdir(parents=True)
    (tmp_path / "grades" / "for-staff" / "results" / "somebody.json").write_text("{}")
    code, output = grade(handed_in, "--out", tmp_path / "grades")
    assert code == 2
    assert "holds grades of people who are not in this class (1), such as somebody" in output


@pytest.mark.parametrize(
    ("out", "says"),
    [("handed in/grades", "choose another"), ("file/grades", "cannot be created: Not a directory")],
)
def test_the_grades_need_a_place_of_their_own(handed_in, tmp_path, out, says):
    (tmp_path / "file").write_text("")
    assert says in grade(handed_in, "--out", tmp_path / out)[1]


@pytest.mark.classroom
def test_after_an_interrupt_the_same_command_goes_on(handed_in, tmp_path):
    grades = tmp_path / "grades"
    (handed_in / "student 003" / "solution.py").write_bytes(
        (ROOT / "reference" / "solution.py").read_bytes() + b"\nwhile True: pass\n"
    )
    command = [
        sys.executable,
        "-m",
        "autograder",
        "class",
        str(handed_in),
        "--out",
        str(grades),
        "--jobs",
        "1",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # What runs in the background ignores control-C, and hands that down to what it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + 240
    while not list(grades.glob("for-staff/results/*.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=240)
    assert process.returncode == 1
    assert "Traceback" not in said
    assert "are graded; run the same command again to continue" in said
    done = {file: file.stat().st_mtime_ns for file in grades.glob("for-staff/results/*.json")}
    assert 1 <= len(done) < 5
    subprocess.run(command, env=environment, cwd=tmp_path, check=False, timeout=240, capture_output=True)
    assert len(list(grades.glob("for-staff/results/*.json"))) == 5
    assert {file: file.stat().st_mtime_ns for file in done} == done


@pytest.mark.classroom
def test_a_cluster_gives_the_same_grades(handed_in, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="--cluster needs Dask: ./setup.sh --cluster")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with distributed.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        settings = GradingOptions(tmp_path / "there", cluster=address)
        there = {
            grade.key: grade for grade in grade_all.grade_all(reader.read(handed_in).submitted, settings)
        }
    here = {
        grade.key: grade
        for grade in grade_all.grade_all(reader.read(handed_in).submitted, GradingOptions(tmp_path / "here"))
    }
    assert {key: (one.score, one.tests) for key, one in there.items()} == {
        key: (one.score, one.tests) for key, one in here.items()
    }


def test_a_cluster_with_another_kit_is_refused():
    for kits, says in (
        (set(), "it has no workers"),
        ({grade_all.grader(), "other"}, "a worker has a different kit"),
    ):
        with pytest.raises(UserError, match=says):
            grade_all._require_this_kit("tcp://there", kits)


@pytest.mark.classroom
def test_a_cluster_that_is_not_there_is_one_sentence(handed_in, tmp_path):
    pytest.importorskip("distributed", reason="--cluster needs Dask: ./setup.sh --cluster")
    with pytest.raises(UserError, match="no Dask scheduler answers there"):
        list(
            grade_all.grade_all(
                reader.read(handed_in).submitted, GradingOptions(tmp_path / "g", cluster="nonsense://x")
            )
        )


def test_the_table_has_a_row_for_every_member_of_a_group(tmp_path):
    one = a_record(7)
    people = tuple(Person(name=name, id=name[-3:]) for name in ("=Student 008", "Student 007"))
    handin = msgspec.structs.replace(one.handin, people=people)
    group = msgspec.structs.replace(one, about=msgspec.structs.replace(one.about, handin=handin))
    gradebook.write([group], tmp_path / "grades.csv", config.load().dates)
    with (tmp_path / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["Student 007", "'=Student 008"]
    assert rows[0]["score"] == rows[1]["score"]


def test_a_cluster_without_workers_is_said_after_a_while_and_what_is_graded_is_kept(
    handed_in, tmp_path, monkeypatch
):
    graded = concurrent.futures.Future()

    @contextmanager
    def machines(settings):
        futures = iter([graded, *(concurrent.futures.Future() for _ in range(9))])

        def submit(task):
            future = next(futures)
            if future is graded:
                future.set_result(graded_with(task, 1.0))
            return future

        yield submit, lambda: False

    monkeypatch.setattr(grade_all, "_machines", machines)
    monkeypatch.setattr(grade_all, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(grade_all, "ALONE_SECONDS", 0.05)
    options = GradingOptions(tmp_path / "grades", cluster="tcp://there:8786")
    with pytest.raises(UserError, match=r"tcp://there:8786: there has been no worker .* dask worker ADDRESS"):
        list(grade_all.grade_all(reader.read(handed_in).submitted, options))
    assert len(list(results_folder(tmp_path / "grades").glob("*.json"))) == 1


def test_a_scheduler_that_is_gone_is_no_fault_of_a_submission(handed_in, tmp_path, monkeypatch):
    def dropped(task):
        raise concurrent.futures.CancelledError

    answering(monkeypatch, dropped)
    with pytest.raises(UserError, match="is its scheduler running"):
        list(grade_all.grade_all(reader.read(handed_in).submitted, GradingOptions(tmp_path / "grades")))


@pytest.mark.parametrize("wrong", ["disk", "folder"])
def test_a_disk_that_is_full_is_one_sentence_and_what_is_graded_is_kept(
    handed_in, tmp_path, monkeypatch, wrong
):
    answering(monkeypatch, lambda task: graded_with(task, 1.0))
    written = []
    write = grade_all.write

    def full(results, path):
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        written.append(path)
        write(results, path)

    monkeypatch.setattr(grade_all, "write", full)
    if wrong == "folder":
        (tmp_path / "grades" / "for-staff").mkdir(parents=True)
        (tmp_path / "grades" / "for-staff" / "results").write_text("")
    code, output = grade(handed_in, "--out", tmp_path / "grades")
    assert code == 2
    if wrong == "disk":
        assert (
            "No space left on device; what is graded so far is kept; run the same command again to continue"
            in output
        )
        assert all(path.exists() for path in written)
    else:
        assert "cannot be created: " in output
