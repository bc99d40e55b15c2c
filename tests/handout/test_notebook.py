"""What the student's README says about notebooks is true."""

import textwrap

import pytest

from autograder.assignment import config
from handout import STUDENT, vocabulary
from handout.text import fill
from tests.handout.conftest import REFERENCE_PATH

FIX_RELU = """
import os, pathlib
file = pathlib.Path("solution.py")
file.write_text(file.read_text().replace("x + 1", "np.maximum(x, 0)"))
os.utime(file, (2e9, 2e9))  # newer, whatever the clock says
"""


def advice():
    values = {**vocabulary.values(config.load()), "has_report_tools": True}
    lines = fill("README.md", values, STUDENT).splitlines()
    start = next(i for i, line in enumerate(lines) if "%load_ext autoreload" in line)
    return textwrap.dedent("\n".join(lines[start : lines.index("", start)]))


def test_a_notebook_beside_the_solution_follows_its_changes(tmp_path):
    nbformat = pytest.importorskip("nbformat", reason="needs ./setup.sh --report")
    nbclient = pytest.importorskip("nbclient", reason="needs ./setup.sh --report")
    wrong = REFERENCE_PATH.read_text(encoding="utf-8").replace("np.maximum(x, 0)", "x + 1")
    (tmp_path / "solution.py").write_text(wrong, encoding="utf-8")
    cells = [
        advice(),
        "nn = NN()\nbefore = nn.relu(2.0)",
        FIX_RELU,
        "print(before, nn.relu(2.0), NN().relu(2.0))",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=120, resources=resources).execute()
    assert notebook.cells[-1].outputs[0].text == "3.0 2.0 2.0\n"
