import json
import re
from zipfile import ZipFile

import pytest

from .conftest import ROOT, SOLUTION, TINY_CNN

NOTEBOOK = ROOT / "report_tools" / "gpu.ipynb"


def test_no_outputs_are_committed():
    for cell in json.loads(NOTEBOOK.read_text())["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_the_notebook_runs_from_the_kit_to_the_results(tmp_path, monkeypatch):
    pytest.importorskip("torch", reason="needs ./setup.sh --report")
    nbformat = pytest.importorskip("nbformat", reason="needs ./setup.sh --report")
    nbclient = pytest.importorskip("nbclient", reason="needs ./setup.sh --report")
    with ZipFile(tmp_path / "kit.zip", "w") as kit:
        shared = [ROOT / "autograder" / "__init__.py", *(ROOT / "autograder" / "common").glob("*.py")]
        for path in (*(ROOT / "report_tools").rglob("*"), *shared):
            if path.is_file() and "__pycache__" not in path.parts:
                kit.write(path, path.relative_to(ROOT))
        kit.write(SOLUTION, "template/solution.py")
        kit.writestr("assignment.toml", '[report]\nedition = "mnist"\n')
    changes = [word for change in (*TINY_CNN, "epochs=1") for word in ("--set", change)]
    monkeypatch.setenv("REPORT_OPTIONS", json.dumps(["--quick", "--device", "cpu", *changes]))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # nets this small only lose by sharing
    monkeypatch.delenv("PYTHONPATH", raising=False)  # the kit's report_tools must do, not this checkout's
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    with ZipFile(tmp_path / "results.zip") as results:
        names = results.namelist()
    files = {"cnn/loss.png", "cnn/loss.pdf", "cnn/raw.json", "regularization/table-gap.csv"}
    assert {f"results/{name}" for name in files} <= set(names)  # to be unpacked beside setup.sh
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 5
    progress = [output.data["text/plain"] for output in outputs if "epochs" in str(output.get("data", {}))]
    assert len(progress) == 1  # one line, which changes
    assert re.match(r"\d+/\d+ epochs", progress[0])
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    assert not re.search(r"^\d+/\d+ epochs", printed, re.MULTILINE)
    assert "beside setup.sh and run bash setup.sh --report python -m report_tools report" in printed
