"""Another edition is two folders: nothing of the machinery has to know of it."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from autograder import ROOT
from tests.new_edition.files import DATA_SET, FILES

pytestmark = pytest.mark.assignments


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A copy of the repository in which somebody has added an edition and serves it."""
    folder = tmp_path_factory.mktemp("next year") / "repository"
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in ("autograder", "reference", "template", "handout", "report_tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("term_seed.txt", "pyproject.toml", "setup.sh"):
        shutil.copy(ROOT / name, folder)
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content.lstrip(), encoding="utf-8")
    with (folder / "report_tools" / "recipes" / "data.toml").open("a", encoding="utf-8") as data:
        data.write(DATA_SET)
    served = (ROOT / "assignment.toml").read_text(encoding="utf-8")
    served = re.sub(
        r"(?m)^edition = .*\nquestions = .*", 'edition = "waves"\nquestions = { rate = 7 }', served
    )
    served = re.sub(r"(?m)^report = .*", "report = 7", served)
    (folder / "assignment.toml").write_text(served, encoding="utf-8")
    return folder


def run(folder, *words):
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_recipes_are_listed_and_their_dry_run_learns_and_draws(repository):
    listed = run(repository, "report_tools", "list")
    assert "Waves: an edition for the tests" in listed
    assert "Fashion" in listed
    run(repository, "report_tools", "run", "all", "--quick", "--solution", "reference/solution.py")
    folder = repository / "results-quick" / "rate"
    assert all((folder / f"{name}.png").stat().st_size > 5000 for name in ("loss", "last"))
    header, good, bad = (line.split(",") for line in (folder / "table-final.csv").read_text().splitlines())
    assert header == ["learning rate", "parameters", "validation accuracy"]
    assert float(good[2]) > 0.5
    assert float(bad[2]) < 0.3
    said = (folder / "section.md").read_text(encoding="utf-8")
    assert "300 training and 100 validation images (the test images)" in said


def test_its_handout_and_marking_guide_are_built(repository):
    run(repository, "handout", "build")
    text = (repository / "dist" / "handout.html").read_text(encoding="utf-8")
    assert "Two learning rates" in text
    assert "9,614" in text
    guide = (repository / "dist" / "for-staff" / "marking-guide.html").read_text(encoding="utf-8")
    assert "One line falls" in guide
