"""The command line: what it prints, what it writes, and how it ends."""

import json
import os
import subprocess
import sys

import jsonschema
import pytest
from click.testing import CliRunner

from autograder import ROOT
from autograder.__main__ import commands
from autograder.assignment import config
from autograder.gradescope import results
from tests.table import table

SCHEMA = results.schema()


def autograder(*arguments, cwd=ROOT):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "160"}
    return subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_grade_shows_a_table_and_writes_results(tmp_path):
    file, results = tmp_path / "solution.py", tmp_path / "results.json"
    source = (ROOT / "reference" / "solution.py").read_text(encoding="utf-8")
    file.write_text(source.replace("np.mean(per_row)", "np.sum(per_row)"), encoding="utf-8")
    done = autograder("grade", "solution.py", "--results", "results.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Failing for the same reason: 1.5.2" in " ".join(done.stdout.replace("│", " ").split())
    assert done.stdout.splitlines()[-1].endswith(f"of {config.load().totals.programming:g} points")

    content = json.loads(results.read_text(encoding="utf-8"))
    jsonschema.validate(content, SCHEMA)
    assert any("sum over the rows, not their mean (R13)" in test["output"] for test in content["tests"])
    rounded = 0.005 * len(content["tests"])  # each score is
    assert content["score"] == pytest.approx(sum(test["score"] for test in content["tests"]), abs=rounded)
    functions = {"file", *(["initialize_weights", "relu", "sigmoid", "tanh", "softmax", "activation"])}
    functions |= {"forward", "backward", "loss", "update", "train_loop"}
    assert {test["tags"][0] for test in content["tests"]} == functions
    assert all(test["number"].startswith("1.") for test in content["tests"])
    assert all(len(test["output"]) <= 2000 for test in content["tests"])
    assert {path.name for path in tmp_path.iterdir()} == {
        "solution.py",
        "results.json",
    }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["grade", "no-such-file.py"], "no-such-file.py does not exist; name the solution.py to grade."),
        (["grade", "/dev/null"], "is not a file"),
        (
            ["grade", "reference/solution.py", "--results", "no/such/folder/r.json"],
            "does not exist; make it first",
        ),
        (["grade"], "Missing argument"),
        (["grad"], "No such command"),
    ],
)
def test_a_wrong_command_line_is_one_sentence_and_status_2(arguments, says):
    done = autograder(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_json_is_the_content_of_results():
    done = autograder("grade", "template/solution.py", "--json")
    content = json.loads(done.stdout)
    jsonschema.validate(content, SCHEMA)
    assert (done.returncode, content["score"]) == (0, 0)


@table("command", sorted(commands.commands))
def test_every_command_has_help_with_an_example(command):
    run = CliRunner().invoke(commands, [command, "--help"])
    assert run.exit_code == 0
    assert f"Example: python -m autograder {command}" in run.output


def test_a_missing_file_still_leaves_valid_results(tmp_path):
    results = tmp_path / "results.json"
    assert autograder("grade", "missing.py", "--results", results).returncode == 2
    content = json.loads(results.read_text(encoding="utf-8"))
    jsonschema.validate(content, SCHEMA)
    assert content["score"] == 0
    assert "does not exist" in content["output"]


def test_a_symbolic_link_is_not_followed(tmp_path):
    link = tmp_path / "solution.py"
    link.symlink_to(ROOT / "reference" / "solution.py")
    done = autograder("grade", link)
    assert done.returncode == 2
    assert "cannot be opened" in done.stderr


def test_doctor_lists_what_works():
    done = autograder("doctor")
    lines = done.stdout.splitlines()
    assert all(line.startswith(("[OK]", "[FAIL]")) for line in lines)
    for word in ("Python", "numpy", "pytest", "hypothesis", "isolation"):
        assert any(word in line for line in lines)
