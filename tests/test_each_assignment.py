"""The whole house works for each assignment: the one that is served, and those that are ready to be.

Every command is given --assignment, as an instructor does who tries one out.
"""

import csv
import os
import subprocess
import sys
import zipfile

import pytest

from autograder import ROOT
from autograder.assignment import config, template
from autograder.assignment.contract import contract_of
from autograder.common.keys import function_of
from autograder.grading import zoo
from autograder.grading.grade import grade
from autograder.intake.submission import accept
from autograder.selfcheck import judge
from handout import building, kit, vocabulary
from tests.conftest import ASSIGNMENT_FILES, ASSIGNMENTS

OTHERS = ASSIGNMENT_FILES[1:]  # what is said of the served one is said everywhere else, too
each_assignment = pytest.mark.parametrize("file", ASSIGNMENT_FILES, ids=lambda file: file.stem)
each_other = pytest.mark.parametrize("file", OTHERS, ids=lambda file: file.stem)
# What is graded as in the served one need not be graded twice.
DIFFERENT = [
    file
    for file, assignment in zip(ASSIGNMENT_FILES, ASSIGNMENTS, strict=True)
    if assignment.contract.problems != ASSIGNMENTS[0].contract.problems
]
each_different = pytest.mark.parametrize("file", DIFFERENT, ids=lambda file: file.stem)
slowly = pytest.mark.assignments


def of(file):
    return ASSIGNMENTS[ASSIGNMENT_FILES.index(file)]


def reference(file):
    return template.reference(of(file)).encode()


def blank(file):
    return template.path_of(file).read_bytes()


def mistakes(file):
    """Choose a wrong submission that has a name for each problem of an assignment."""
    named = [entry for entry in zoo.entries(of(file)) if entry.says]
    return [
        next(entry for entry in named if entry.problem == problem.name)
        for problem in of(file).contract.problems
    ]


def run(program, command, file, *arguments, status=0):
    """Run a command as it is typed; return what it prints."""
    words = [sys.executable, "-m", program, command, "--assignment", str(file), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


# Every day.


@each_assignment
def test_the_reference_gets_all_points_and_the_template_none(file):
    right, nothing = (
        grade(accept("solution.py", each(file)), assignment=of(file)) for each in (reference, blank)
    )
    assert [outcome.check.number for outcome in right.outcomes if not outcome.passed] == []
    assert (right.points, nothing.points) == (of(file).totals.programming, 0)


@each_assignment
def test_every_function_belongs_to_one_part(file):
    assignment = of(file)
    assert set(assignment.contract.graded) == set(assignment.functions)


@each_other
def test_the_handout_has_all_that_is_graded(file):
    assignment = of(file)
    text = building.handout(assignment, vocabulary.values(assignment))
    for problem in assignment.contract.problems:
        for key in contract_of((problem.name,)).graded:
            assert f"`{function_of(key)}(" in text
    for number in assignment.functions.values():
        assert f"{{#{number.number}}}" in text


# The commands.


@pytest.mark.zoo
@each_different
def test_some_of_its_zoo_is_as_declared(file):
    served = ASSIGNMENTS[0].contract.problems
    new = [problem.name for problem in of(file).contract.problems if problem not in served]
    sample = [entry for entry in zoo.entries(of(file)) if entry.problem in new][::12]
    for entry in sample:
        report = grade(accept("solution.py", entry.source_for(of(file))), assignment=of(file))
        assert judge.complaints(entry, report) == [], entry.name


@slowly
@each_different
def test_a_class_is_graded_compared_and_looked_at(file, tmp_path):
    entry = mistakes(file)[-1]
    handed_in = tmp_path / "handed in"
    sources = {"ann": reference(file), "bob": entry.source_for(of(file)), "cleo": blank(file)}
    for name, source in sources.items():
        (handed_in / name).mkdir(parents=True)
        (handed_in / name / "solution.py").write_bytes(source)
    old, new = grade_class(file, handed_in, tmp_path / "old"), tmp_path / "new"
    with (old / "grades.csv").open(encoding="utf-8-sig") as rows:
        scores = {row["name"]: float(row["score"]) for row in csv.DictReader(rows)}
    assert scores["ann"] == of(file).totals.programming > scores["bob"] > scores["cleo"] == 0
    index = (old / "index.html").read_text(encoding="utf-8")
    assert of(file).title in index
    assert all(number.number in index for number in of(file).parts)

    (handed_in / "bob" / "solution.py").write_bytes(reference(file))
    grade_class(file, handed_in, new)
    changes = run("autograder", "diff", file, tmp_path / "old", new, status=1)
    assert "1 of 3 scores changes: 1 up, 0 down" in " ".join(changes.split())

    page = tmp_path / "similarity.html"
    run("autograder", "similarity", file, handed_in, "--out", page)
    assert "cleo</bdi>: hardly anything was added" in page.read_text(encoding="utf-8")


def grade_class(file, handed_in, out):
    """Grade a class; return the folder for the staff."""
    run("autograder", "class", file, handed_in, "--out", out, "--jobs", 2)
    return out / "for-staff"


@slowly
@each_other
def test_the_handout_is_built(file, tmp_path):
    run("handout", "build", file, "--out", tmp_path)
    for name in ("handout", *(["for-staff/marking-guide"] if of(file).report.questions else [])):
        for suffix in (".html", ".pdf"):
            assert (tmp_path / f"{name}{suffix}").stat().st_size > 10_000


@slowly
@each_other
def test_a_student_can_work_with_the_kit(file, tmp_path):
    run("handout", "kit", file, "--out", tmp_path)
    (packed,) = tmp_path.glob(f"{kit.NAME}-*.zip")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / kit.NAME
    first = next(iter(of(file).functions))
    at_first = student(folder, "template.check")
    assert f"section {of(file).functions[first].number} of the handout." in at_first.stdout
    assert student(folder, "pytest", "template").returncode == 1
    (folder / "template" / "solution.py").write_bytes(reference(file))
    at_last = student(folder, "template.bundle")
    assert "Not written yet" not in at_last.stdout
    tests = at_last.stdout.split(" public tests pass.")[0].split("* ")[-1].split(" of ")
    assert tests[0] == tests[1] != "0"
    for script in folder.glob("template/worked_example_*.py"):
        assert "Not written yet" not in student(folder, f"template.{script.stem}").stdout


def student(folder, *arguments):
    """Run a module as a student does, with nothing but the kit."""
    alone = {name: text for name, text in os.environ.items() if name not in ("PYTHONPATH", config.VARIABLE)}
    alone["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [sys.executable, "-B", "-m", *arguments]
    return subprocess.run(command, cwd=folder, env=alone, capture_output=True, text=True, check=False)


@slowly
@each_other
def test_the_zip_holds_what_grades_and_nothing_else(file, tmp_path):
    run("autograder", "zip", file, "--out", tmp_path / "autograder.zip")
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        names = archive.namelist()
        assert archive.read("assignment.toml") == file.read_bytes()
    ours = {problem.name for problem in of(file).contract.problems}
    assert {name.split("/")[2] for name in names if name.endswith("problem.toml")} == ours
