"""Small recipes on the bundled digits, so that every test takes a moment."""

import copy
import functools
from pathlib import Path

import matplotlib.style
import msgspec
import pytest
from matplotlib.colors import to_rgba

from report_tools.draw import picture, recipe_results
from report_tools.draw.recipe_results import Manifest, ManifestLine, RecipeResults
from report_tools.plan import changes, recipe
from report_tools.train import data, execute, store

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "reference" / "solution.py"
TINY = ("hidden_dims=[6, 5]", "epochs=2", "n_train=120", "n_valid=40")
TINY_LAYERS = (
    'layers=[{type="conv", out=3, kernel=3, stride=4}, {type="pool", kernel=2}, {type="linear", out=10}]'
)
TINY_CNN = (TINY_LAYERS, "epochs=2", "n_train=120", "n_valid=40", "batch_size=32")


def digits_of(edition, name):
    """Locate the bundled digits, as large as the images that a recipe is about."""
    about = recipe.load_edition(edition)
    wanted = recipe.data_of(about, recipe.load(edition, name))
    return data.find("digits", wanted, about.valid_one_in or 0)


@pytest.fixture(scope="session")
def digits():
    return digits_of("mnist", "initialization")


@pytest.fixture
def write_solution(tmp_path):
    """Write a solution.py that is the reference with other methods."""

    def write(body: str) -> Path:
        path = tmp_path / "solution.py"
        right = SOLUTION.read_text(
            encoding="utf-8"
        )  # a copy: of this project nothing can be imported while grading
        path.write_text(f"import os\n{right}\n\nBase = NN\n\n\nclass NN(Base):\n{body}\n", encoding="utf-8")
        return path

    return write


def plan(out, name, *set_by_user, solution=SOLUTION, quick=False, edition="mnist"):
    """Turn a recipe with changes into jobs and a manifest, stored below `out`."""
    changed = recipe.load(edition, name)
    changed = changes.quick(changed) if quick else changed
    for change in set_by_user:
        changed = changes.change(changed, change)
    planned = recipe.expand(changed)
    folder = recipe_results.runs_folder(out)
    source = digits_of(edition, name)
    jobs = [store.make_job(run.settings, source, solution, "cpu", folder) for run in planned]
    lines = tuple(
        ManifestLine(run.label, job.key, run.settings) for run, job in zip(planned, jobs, strict=True)
    )
    return jobs, Manifest(name, edition, quick, tuple(set_by_user), source, lines)


@pytest.fixture
def make_jobs(tmp_path):
    """Turn a recipe with changes into jobs and a manifest, stored in a fresh folder."""
    return functools.partial(plan, tmp_path)


@pytest.fixture
def run_recipe(make_jobs, tmp_path):
    """Run a recipe with changes in this process and return its results."""

    def run(name, *set_by_user, **options):
        jobs, manifest = make_jobs(name, *set_by_user, **options)
        execute.perform_all(jobs, n_jobs=1)
        return RecipeResults(manifest, store.Store(recipe_results.runs_folder(tmp_path)))

    return run


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """Run a recipe with changes once for all tests; each of them gets a copy of the results."""
    out = tmp_path_factory.mktemp("trained")

    @functools.cache
    def once(name, *set_by_user, edition="mnist"):
        jobs, manifest = plan(out, name, *set_by_user, edition=edition)
        execute.perform_all(jobs, n_jobs=1)
        return RecipeResults(manifest, store.Store(recipe_results.runs_folder(out)))

    return lambda *recipe_with_changes, **options: copy.deepcopy(once(*recipe_with_changes, **options))


@pytest.fixture
def initialization(trained):
    return trained("initialization", *TINY)


def changed_run(results, index, **fields):
    """Return the results with one of its runs altered, as if the training had gone that way."""
    labelled = results.runs[index]
    run = msgspec.structs.replace(labelled.run, **fields)
    results.runs[index] = labelled._replace(run=run)
    return results


def on_its_own_data(results):
    """Pretend that the recipe was run as it is, on the data of the published numbers."""
    source = msgspec.structs.replace(results.manifest.source, comparable=True)
    results.manifest = msgspec.structs.replace(results.manifest, quick=False, changes=(), source=source)
    for labelled, planned in zip(results.runs, recipe.expand(results.recipe), strict=True):
        labelled.settings.update(recipe_results.plain(planned.settings))
    return results


def weak_lines(figure):
    """List the labels of lines that can hardly be seen on white: those with a contrast below 3."""
    with matplotlib.style.context([str(picture.STYLE)]):  # it says what C1 is
        return [
            line.get_label()
            for axes in figure.axes
            for line in axes.get_lines()
            # The points of a figure have a rim of their own.
            if line.get_linestyle() != "None" and contrast(to_rgba(line.get_color(), line.get_alpha())) < 3
        ]


def contrast(colour, background="white"):
    """Return the contrast of two colours, from 1 to 21 (WCAG 2)."""
    lights = sorted(_luminance(each) for each in (colour, background))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour):
    red, green, blue, alpha = to_rgba(colour)
    seen = [alpha * part + 1 - alpha for part in (red, green, blue)]  # on white paper
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in seen]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
