"""Small recipes on the bundled digits, so that every test takes a moment."""

import copy
import functools
from pathlib import Path

import msgspec
import pytest

from report_tools.draw import recipe_results
from report_tools.draw.recipe_results import Manifest, ManifestLine, RecipeResults
from report_tools.plan import recipe
from report_tools.train import data, execute, store

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "reference" / "solution.py"
TINY = ("hidden_dims=[6, 5]", "epochs=2", "n_train=120", "n_valid=40")
TINY_LAYERS = (
    'layers=[{type="conv", out=3, kernel=3, stride=4}, {type="pool", kernel=2}, {type="linear", out=10}]'
)
TINY_CNN = (TINY_LAYERS, "epochs=2", "n_train=120", "n_valid=40", "batch_size=32")


@pytest.fixture(scope="session")
def digits():
    return data.find("digits", recipe.load_edition("mnist"))


@pytest.fixture
def write_solution(tmp_path):
    """Write a solution.py that is the reference with other methods."""

    def write(body: str) -> Path:
        path = tmp_path / "solution.py"
        imports = "import os\nimport numpy as np\nfrom reference.solution import NN as Base\n"
        path.write_text(f"{imports}\nclass NN(Base):\n{body}\n")
        return path

    return write


def plan(out, source, name, *changes, solution=SOLUTION, quick=False):
    """Turn a recipe with changes into jobs and a manifest, stored below `out`."""
    changed = recipe.load("mnist", name)
    for change in changes:
        changed = recipe.change(changed, change)
    planned = recipe.expand(changed)
    folder = recipe_results.runs_folder(out)
    jobs = [store.make_job(run.settings, source, solution, "cpu", folder) for run in planned]
    lines = tuple(
        ManifestLine(run.label, job.key, run.settings) for run, job in zip(planned, jobs, strict=True)
    )
    return jobs, Manifest(name, "mnist", quick, tuple(changes), source, lines)


@pytest.fixture
def make_jobs(tmp_path, digits):
    """Turn a recipe with changes into jobs and a manifest, stored in a fresh folder."""

    def make(name, *changes, **options):
        return plan(tmp_path, digits, name, *changes, **options)

    return make


@pytest.fixture
def run_recipe(make_jobs, tmp_path):
    """Run a recipe with changes in this process and return its results."""

    def run(name, *changes, **options):
        jobs, manifest = make_jobs(name, *changes, **options)
        execute.perform_all(jobs, n_jobs=1)
        return RecipeResults(manifest, store.Store(recipe_results.runs_folder(tmp_path)))

    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory, digits):
    """Run a recipe with changes once for all tests; each of them gets a copy of the results."""
    out = tmp_path_factory.mktemp("trained")

    @functools.cache
    def once(name, *changes):
        jobs, manifest = plan(out, digits, name, *changes)
        execute.perform_all(jobs, n_jobs=1)
        return RecipeResults(manifest, store.Store(recipe_results.runs_folder(out)))

    return lambda name, *changes: copy.deepcopy(once(name, *changes))


@pytest.fixture
def initialization(trained):
    return trained("initialization", *TINY)


def changed_run(results, index, **fields):
    """Return the results with one of its runs altered, as if the training had gone that way."""
    labelled = results.runs[index]
    run = msgspec.structs.replace(labelled.run, **fields)
    results.runs[index] = labelled._replace(run=run)
    return results
