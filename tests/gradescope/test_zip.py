"""`python -m autograder zip`: what it packs, when it refuses, what it prints."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner

from autograder import ROOT
from autograder.assignment import config, template
from autograder.commands.zip import zip_command
from autograder.common import reproducible_zip
from autograder.common.rooms import DECIDING
from autograder.gradescope import package, smoke_test
from autograder.gradescope.from_report import NOT_FINISHED
from tests.gradescope.conftest import SCHEMA
from tests.table import table

KIT = config.load()
POINTS = f"{KIT.totals.programming:g}"


@pytest.fixture(scope="module")
def files(packed):
    with zipfile.ZipFile(packed.path) as zipped:
        return {entry.filename: (entry, zipped.read(entry)) for entry in zipped.infolist()}


def test_setup_and_run_stand_at_its_root_and_can_be_executed(files):
    executable = [name for name, (entry, _) in files.items() if entry.external_attr >> 16 & 0o111]
    assert executable == ["run_autograder", "setup.sh"]
    for name in executable:
        content = files[name][1]
        assert content.startswith(b"#!/usr/bin/env bash\n")
        assert b"\r" not in content


def test_it_holds_what_grading_needs_and_nothing_else(files):
    folders = {name.rpartition("/")[0] for name in files}
    rooms = {folder.split("/")[1] for folder in folders if folder.startswith("autograder/")}
    assert rooms == {*DECIDING, "gradescope"}
    assert {folder for folder in folders if not folder.startswith("autograder/")} == {
        "",
        "reference",
        "autograder",
    }
    assert {name for name in files if name.startswith("autograder/") and name.count("/") == 1} == {
        "autograder/__init__.py",
        "autograder/doctor.py",
    }
    assert {name for name in files if "/" not in name} == {
        "assignment.toml",
        "fallback.json",
        "requirements.txt",
        "run_autograder",
        "setup.sh",
        "term_seed.txt",
    }


def test_the_results_that_hold_should_all_else_fail_are_valid(files):
    content = json.loads(files["fallback.json"][1])
    jsonschema.validate(content, SCHEMA)
    assert content["output"].strip() == NOT_FINISHED


def test_it_is_the_same_bytes_every_time(packed, tmp_path):
    again = tmp_path / "again.zip"
    reproducible_zip.write(again, package.collect(KIT), KIT.dates.released)
    assert hashlib.sha256(again.read_bytes()).hexdigest() == packed.sha256


@table(
    ("total", "memory", "watchdog", "choose"),
    [
        (480, 512, 540, ""),
        (511, 512, 571, "choose a timeout of 11 minutes in"),
        (480, 1024, 540, "choose a container with 1274 MB of memory or more in"),
        (
            1200,
            2048,
            1260,
            "choose a timeout of 22 minutes and a container with 2298 MB of memory or more in",
        ),
    ],
)
def test_gradescope_must_be_more_patient_than_the_watchdog(total, memory, watchdog, choose):
    limits = msgspec.structs.replace(KIT.limits, total_seconds=float(total), memory_mb=memory)
    kit = msgspec.structs.replace(KIT, limits=limits, leaderboard=None)
    assert b"\nWATCHDOG_SECONDS=%d\n" % watchdog in package.collect(kit)["run_autograder"]
    step = package.next_step(kit, "a.zip")
    assert choose in step
    assert ("in its Settings" in step) == bool(choose)


def test_what_it_prints(tmp_path, monkeypatch):
    monkeypatch.setattr(smoke_test, "run", lambda *_: None)  # the fixture has done it
    out = tmp_path / "winter.zip"
    text = CliRunner().invoke(zip_command, ["--out", str(out)])
    said = CliRunner().invoke(zip_command, ["--out", str(out), "--json"])
    assert (text.exit_code, said.exit_code) == (0, 0)
    content = json.loads(said.stdout)
    assert content["bytes"] == out.stat().st_size
    assert content["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert sum(content["files"].values()) < content["bytes"]
    lines = [line for line in text.stdout.splitlines() if not line.startswith("Warning: ")]
    assert lines[-1] == f"Next: {content['next']}"
    assert lines[-3] == f"{out}: {content['bytes']} bytes, sha256 {content['sha256']}"
    checks = sum(name.startswith("autograder/problems/mlp/checks/") for name in content["files"])
    assert any(
        line.startswith("autograder/problems/mlp/checks/") and line.endswith(f"  {checks} files")
        for line in lines
    )


def test_it_warns_of_the_seed_that_everybody_knows_and_of_a_total_that_nobody_sees(monkeypatch):
    monkeypatch.setattr(package.config, "term_seed", lambda: 1)
    assert list(package.warnings(KIT)) == []
    with monkeypatch.context() as patched:
        patched.setattr(package, "SEED_OF_THE_KIT", hashlib.sha256(b"1").hexdigest())
        (warning,) = package.warnings(KIT)
    assert "is the one that the kit comes with" in warning
    key = next(iter(KIT.functions))
    feedback = msgspec.structs.replace(KIT.feedback, checks={key: "hidden"})
    (warning,) = package.warnings(msgspec.structs.replace(KIT, feedback=feedback))
    assert f"keeps checks of {KIT.contract.shown[key]} from students" in warning


@pytest.mark.parametrize(
    ("slip", "says"),
    [
        ("reference", f"the reference gets 0 of {POINTS} points; check 1."),
        ("path_of", f"the template gets {POINTS} points, for example in check 1."),
    ],
)
def test_it_refuses_a_grader_that_is_wrong(slip, says, tmp_path, monkeypatch, reference_source):
    (tmp_path / "solution.py").write_text(reference_source)
    wrong = {"reference": "class NN:\n    pass\n", "path_of": tmp_path / "solution.py"}
    monkeypatch.setattr(template, slip, lambda *_: wrong[slip])
    out = tmp_path / "autograder.zip"
    done = CliRunner().invoke(zip_command, ["--out", str(out), "--json"])
    assert done.exit_code == 1
    assert says in json.loads(done.stdout)["refused"]
    assert done.stderr.startswith("autograder: no zip was written: ")
    assert not out.exists()


def test_it_refuses_a_check_that_fails_for_reasons_of_its_own(monkeypatch, reference_source):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("autograder.checking.expect.Expect.answer", broken)
    with pytest.raises(
        smoke_test.SmokeTestFailed, match=r"check 1\.\S+ itself fails on the reference: ZeroDivisionError"
    ):
        smoke_test.run(reference_source.encode(), b"")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["--out", "no/such/folder/a.zip"],
            "cannot be written: --out must name a file in a folder that exists.",
        ),
        (["--out", "."], "cannot be written: --out must name a file"),
        (["--ouf", "a.zip"], "No such option"),
    ],
)
def test_a_wrong_command_line_is_one_sentence_and_status_2(arguments, says, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "zip", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
