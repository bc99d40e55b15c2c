"""The kit works where there is nothing but the kit."""

import os
import subprocess
import sys
import zipfile

import pytest

from handout import kit
from tests.handout.conftest import REFERENCE_PATH

pytestmark = pytest.mark.kit


@pytest.fixture(scope="module")
def unpacked(this_term, tmp_path_factory):
    folder = tmp_path_factory.mktemp("a student's folder")
    with zipfile.ZipFile(kit.write(this_term, folder)) as archive:
        archive.extractall(folder)
    return folder / kit.NAME


def run(folder, *arguments):
    """Run a module as a student does; what a test run says about where modules are must not count."""
    alone = {key: text for key, text in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "-B", "-m", *arguments]
    return subprocess.run(command, cwd=folder, env=alone, capture_output=True, text=True, check=False)


def test_report_tools_list_their_recipes(unpacked, this_term):
    result = run(unpacked, "report_tools", "list")
    assert result.returncode == 0, result.stderr
    assert next(iter(this_term.report.questions)) in result.stdout


def test_a_blank_is_named_before_anything_is_trained(unpacked):
    result = run(unpacked, "report_tools", "run", "initialization", "--quick")
    assert result.returncode == 2
    assert result.stderr == (
        "report_tools: initialize_weights is not written yet; see section 1.1 of the handout.\n"
    )


def test_a_right_solution_is_trained(unpacked):
    (unpacked / "mine.py").write_bytes(REFERENCE_PATH.read_bytes())
    tiny = ("--set", "epochs=1", "--set", "hidden_dims=[4]", "--set", "n_train=50", "--jobs", "1")
    result = run(unpacked, "report_tools", "run", "initialization", "--quick", "--solution", "mine.py", *tiny)
    assert result.returncode == 0, result.stderr
    assert (unpacked / "results-quick" / "initialization" / "loss.png").exists()


def test_check_names_what_is_next(unpacked):
    result = run(unpacked, "template.check")
    assert result.returncode == 1
    assert "Next: initialize_weights, section 1.1 of the handout." in result.stdout
