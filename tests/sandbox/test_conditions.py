"""The same guarantees, points and sentences on other machines: Gradescope's, an older one, a laptop."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder import ROOT
from autograder.sandbox.lockdown.escape_probes import HELD

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or not Path("/proc/self/status").exists(),
    reason="only root on Linux can put on the conditions of another machine",
)

NAMES = ("reference", "read_reference", "disk_bomb", "fork_bomb", "sockets", "signals", "results_by_daemon")


def run_as_if(condition: str, *names: str, root: Path = ROOT) -> dict[str, Any]:
    arguments = [sys.executable, "-m", "tests.sandbox.as_if", condition, *names]
    run = subprocess.run(
        arguments,
        cwd=root,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "this machine allows no such thing" in run.stderr:
        pytest.skip(f"this machine does not let its root put on the condition {condition}")
    assert run.returncode == 0, run.stderr[-2000:]
    found: dict[str, Any] = json.loads(run.stdout)
    assert found["reference"]["import_failed"] == []
    return found


@pytest.mark.usefixtures("isolation")
@pytest.mark.parametrize(
    ("condition", "missing"), [("container", {"network"}), ("user", {"network", "user"})]
)
def test_isolated_there_too(condition: str, missing: set[str]) -> None:
    graded = run_as_if(condition, *NAMES)
    assert graded["reference"]["points"] == 3
    for name, report in graded.items():
        assert {step for step, state in report["isolation"].items() if state != HELD} == missing
        assert report["not_isolated"] == ""
        assert name == "reference" or report["points"] == 0
    assert "PermissionError" in graded["read_reference"]["reasons"]
    assert "loot: 0" in graded["fork_bomb"]["reasons"]


@pytest.mark.image
@pytest.mark.usefixtures("isolation")
def test_without_landlock_readable_files_are_noticed() -> None:
    graded = run_as_if("old-container", "reference")["reference"]
    assert graded["points"] == 3
    assert graded["isolation"]["landlock"].startswith("no: ")
    if ROOT.stat().st_mode & 0o005:
        assert "could read the reference and the checks" in graded["not_isolated"]


@pytest.mark.image
@pytest.mark.usefixtures("isolation")
def test_without_landlock_files_that_only_root_may_read_are_enough(tmp_path: Path) -> None:
    kit = tmp_path / "kit"
    kit.mkdir(mode=0o700)
    for folder in ("autograder", "reference", "template", "tests"):
        shutil.copytree(ROOT / folder, kit / folder)
    for file in ("assignment.toml", "term_seed.txt"):
        shutil.copy(ROOT / file, kit / file)
    graded = run_as_if("old-container", *NAMES, root=kit)
    assert graded["reference"]["points"] == 3
    assert {report["not_isolated"] for report in graded.values()} == {""}
    assert sum(report["points"] for report in graded.values()) == 3
