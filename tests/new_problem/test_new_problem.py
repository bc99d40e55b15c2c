"""Another problem is a folder of data and checks: nothing of the machinery has to know of it."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from autograder import ROOT
from autograder.scaffold import new_problem

pytestmark = pytest.mark.zoo

NAME = "least_squares"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A copy of the repository in which somebody has made a new problem with the command."""
    folder = tmp_path_factory.mktemp("next year") / "repository"
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in ("autograder", "reference", "template", "handout", "report_tools", "assignments"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("assignment.toml", "term_seed.txt", "pyproject.toml", "setup.sh"):
        shutil.copy(ROOT / name, folder)
    made = new(folder, NAME)
    assert made.returncode == 0, made.stderr
    return folder


def new(folder, name):
    words = [sys.executable, "-m", "autograder", "new", name]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def run(folder, program, command, *arguments):
    words = [sys.executable, "-m", program, command, "--assignment", f"assignments/{NAME}.toml", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def grade(repository, tmp_path, text):
    """Grade a submission by the command and return its results.json."""
    file = tmp_path / "solution.py"
    file.write_text(text, encoding="utf-8")
    done = run(repository, "autograder", "grade", str(file), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def failed(results):
    return {test["tags"][0]: test for test in results["tests"] if test["status"] == "failed"}


REFERENCE = (new_problem.SKELETON / "reference" / "NAME.py.txt").read_text(encoding="utf-8")


def files(folder):
    """Map every file to what is in it, but those that Python writes by itself."""
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc"}


def test_what_is_there_already_is_left_alone(repository):
    before = files(repository)
    again = new(repository, NAME)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == (f"autograder: autograder/problems/{NAME} already exists; choose another name.\n")
    assert files(repository) == before


def test_its_code_is_in_our_style(repository):
    written = [file for file in new_problem._places(NAME) if file.suffix != ".toml"]
    ours = [str(repository / file.relative_to(ROOT)) for file in written]
    for command in ("check", "format --check"):
        words = [sys.executable, "-m", "ruff", *command.split(), "--no-cache", *ours]
        done = subprocess.run(words, cwd=repository, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def rulings(file):
    return set(re.findall(r"\{#(R\d+)\}", file.read_text(encoding="utf-8")))


def test_its_rulings_have_numbers_of_their_own(repository):
    ours = rulings(repository / "handout" / "problems" / NAME / "rulings.md")
    assert len(ours) == 4
    assert not any(ours & rulings(file) for file in (ROOT / "handout").rglob("rulings.md"))
    quoted = (repository / "template" / f"test_{NAME}.py").read_text(encoding="utf-8")
    assert set(re.findall(r"R\d+", quoted)) == ours


def test_a_right_submission_gets_everything_and_a_blank_one_nothing(repository, tmp_path):
    results = grade(repository, tmp_path, REFERENCE)
    assert (results["score"], failed(results)) == (5, {})
    assert [test["number"] for test in results["tests"]] == [
        "1.0.1", "1.0.2", "1.1.1", "1.1.2", "1.2.1", "1.2.2",
    ]  # fmt: skip
    template = (repository / "template" / NAME / "solution.py").read_text(encoding="utf-8")
    assert 'raise NotImplementedError("fit: see the handout, 1.2")' in template
    assert grade(repository, tmp_path, template)["score"] == 0


def test_a_mistake_is_recognised_and_costs_its_own_function_only(repository, tmp_path):
    results = grade(repository, tmp_path, REFERENCE.replace(" / len(x)", ""))
    assert results["score"] == 4
    assert "Your mean is the sum (R" in failed(results)["mean"]["output"]
    (centred,) = [test for test in results["tests"] if test["tags"] == ["centred"]]
    assert centred["extra_data"]["verdict"] == "passed with stand-ins"
    assert "only because of your `mean` (1.1)" in centred["output"]


def test_a_class_that_is_missing_costs_its_own_functions(repository, tmp_path):
    results = grade(repository, tmp_path, REFERENCE.split("class Line")[0])
    assert results["score"] == 2
    assert "Your file defines no class `Line`" in failed(results)["fit"]["output"]
    renamed = grade(repository, tmp_path, REFERENCE.replace("class Line", "class Straight"))
    assert renamed["score"] == 5


def test_what_nobody_wrote_is_said(repository, tmp_path):
    results = grade(repository, tmp_path, "x = 1\n")
    assert results["score"] == 0
    assert "Your file defines nothing that is graded, such as `Line`." in results["tests"][0]["output"]
    functions = grade(repository, tmp_path, REFERENCE.replace("def centred", "def centered"))
    assert "Your file has no function `centred`." in failed(functions)["centred"]["output"]


def test_its_zoo_is_as_declared(repository):
    done = run(repository, "autograder", "selfcheck", "--no-mutants", "--json")
    findings = json.loads(done.stdout)
    assert [finding["name"] for finding in findings if finding["complaints"]] == []
    assert {finding["name"] for finding in findings} == {
        "files/asks-and-prints", "files/checks-with-pytorch", "lines/loop", "lines/other-name",
        "mean/sum", "centred/added", "fit/not-centred", "predict/no-intercept",
    }  # fmt: skip
    assert all(finding["revealed"] for finding in findings if finding["kind"] == "wrong")


def test_its_zip_holds_this_problem_and_no_other(repository):
    done = run(repository, "autograder", "zip", "--out", "line.zip")
    assert done.returncode == 0, done.stderr
    assert f"Warning: autograder/problems/{NAME}/problem.toml says draft = true" in done.stdout
    with zipfile.ZipFile(repository / "line.zip") as archive:
        names = archive.namelist()
        assert b"least_squares" in archive.read("assignment.toml")
    assert "autograder/problems/least_squares/problem.toml" in names
    assert "reference/least_squares.py" in names
    assert not [name for name in names if "mlp" in name or name == "reference/solution.py"]


def test_its_kit_holds_its_handout_its_template_and_its_tests(repository):
    done = run(repository, "handout", "kit")
    assert done.returncode == 0, done.stderr
    (kit,) = (repository / "dist").glob("student-kit-*.zip")
    with zipfile.ZipFile(kit) as archive:
        files = {name.removeprefix("student-kit/"): archive.read(name) for name in archive.namelist()}
    assert b"class Line" in files["template/solution.py"]
    assert b"class NN" not in files["template/solution.py"]
    assert "template/test_least_squares.py" in files
    assert "template/test_mlp.py" not in files
    assert b"A line through points" in files["handout.html"]
    assert b"Glorot uniform" not in files["handout.html"]


def test_two_problems_make_one_template(repository, tmp_path):
    """Both references in one file, each import once."""
    both = repository / "assignments" / "both.toml"
    line = (repository / "assignments" / f"{NAME}.toml").read_text(encoding="utf-8")
    mlp = (
        '[[parts]]\nnumber = "1.3"\ntitle = "Loss"\npoints = 3\nproblem = "mlp"\nfunctions = { loss = 3 }\n\n'
    )
    both.write_text(
        line.replace("programming = 5", "programming = 8").replace("[report]", f"{mlp}[report]", 1)
    )
    words = [sys.executable, "-m", "autograder"]
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    chosen = ("--assignment", "assignments/both.toml")
    made = subprocess.run([*words, "template", *chosen], cwd=repository, env=environment, check=True)
    assert made.returncode == 0
    template = (repository / "template" / "both" / "solution.py").read_text(encoding="utf-8")
    assert template.count("import numpy as np\n") == 1
    assert "class NN:" in template and "class Line:" in template
    compile(template, "solution.py", "exec")
    code = "from autograder.assignment import config, template; print(template.reference(config.load()))"
    whole = subprocess.run(
        [sys.executable, "-c", code],
        cwd=repository, env={**environment, "AUTOGRADER_ASSIGNMENT": str(both)},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    file = tmp_path / "solution.py"
    file.write_text(whole, encoding="utf-8")
    done = subprocess.run(
        [*words, "grade", *chosen, "--json", str(file)],
        cwd=repository, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    results = json.loads(done.stdout)
    assert results["score"] == 8, [test["output"] for test in results["tests"] if test["status"] == "failed"]
