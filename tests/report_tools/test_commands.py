import functools
import itertools
import json
import os
import signal
import sys
import time
import types

import msgspec
import pytest
from click.testing import CliRunner

from report_tools import __main__, commands
from report_tools.commands import main
from report_tools.draw import picture, recipe_results
from report_tools.plan import assignment, estimate, recipe
from report_tools.train import execute, pytorch
from report_tools.train.store import Store
from report_tools.train.student import public_tests

from .conftest import SOLUTION, TINY


def draw_nothing(results, figure, path):
    pass


# The public tests are run in a process of their own; with the same file they say the same.
first_failure = functools.cache(public_tests.first_failure)


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Run a command in an empty folder; return its exit status and what it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(public_tests, "first_failure", first_failure)
    runner = CliRunner()

    def run(*arguments):
        result = runner.invoke(main, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, " ".join(result.output.split())

    return run


@pytest.fixture
def no_pictures(monkeypatch):
    """Leave out what takes a second for each figure, where a test looks at none."""
    monkeypatch.setattr(picture, "save", draw_nothing)


def tiny(*names):
    changes = [word for change in TINY for word in ("--set", change)]
    return ["run", *names, "--solution", SOLUTION, "--jobs", "1", *changes]


def test_list_says_what_its_times_leave_out(command):
    _, said = command("list", "--edition", "fall2023")
    assert "Networks that are PyTorch classes (module) are not included." in said
    assert "full data" in said
    _, said = command("list", "--edition", "mnist")
    assert "not counted" not in said
    assert "MNIST digits" in said


def test_list_names_every_recipe_with_its_runs(command):
    status, said = command("list")
    assert status == 0
    for word in ("initialization", "hyperparameters", "gradient-check", "cnn", "regularization", "36", "min"):
        assert word in said


@pytest.mark.parametrize("columns", [20, 80, 200])
def test_list_cuts_no_name_however_narrow_the_terminal_is(command, monkeypatch, columns):
    monkeypatch.setattr(commands.console, "_width", columns)
    for edition in recipe.editions():
        _, said = command("list", "--edition", edition)
        assert [name for name in recipe.load_edition(edition).recipes if name not in said] == []
        assert "--quick" in said
    _, said = command("list", "hyperparameters", "regularization", "--edition", "mnist")
    for label in ("(784, 256), sigmoid, learning rate 0.005", "weight decay", "early stopping"):
        assert label in said


def test_times_are_taken_from_the_work_not_from_the_clock(monkeypatch):
    worked = itertools.count(step=0.002)
    # Each product takes 2 ms, and there is no other clock.
    monkeypatch.setattr(estimate, "time", types.SimpleNamespace(thread_time=lambda: next(worked)))
    assert estimate.speed.__wrapped__() == pytest.approx(2 * 256**3 / 0.002, rel=0.1)


@pytest.mark.usefixtures("no_pictures")
def test_whoever_trains_on_digits_without_saying_so_is_told_the_command_for_the_report(command):
    words = "for the report, run: bash setup.sh --report python -m report_tools run initialization"
    assert words in command(*tiny("initialization"), "--edition", "mnist")[1]
    assert words not in command(*tiny("initialization"), "--edition", "mnist", "--data", "digits")[1]


@pytest.mark.usefixtures("no_pictures")
def test_only_trains_the_runs_that_are_named_and_shows_what_was_done_before(command, tmp_path):
    def labels():
        manifest = json.loads((tmp_path / "results" / "initialization" / "initialization.json").read_bytes())
        return [line["label"] for line in manifest["lines"]]

    assert command(*tiny("initialization"), "--only", "zero")[0] == 0
    assert labels() == ["zero"]
    _, said = command(*tiny("initialization"), "--only", "glorot", "--only", "zero")
    assert "2 runs, 1 already done" in said
    assert labels() == ["zero", "glorot"]
    assert len(list((tmp_path / "results" / "runs").glob("*.json"))) == 2
    command(*tiny("initialization"), "--only", "normal")
    assert labels() == ["zero", "normal", "glorot"]  # in the order of the recipe


def test_a_figure_of_runs_that_were_not_chosen_is_left_out(make_jobs, tmp_path):
    _, manifest = make_jobs("cnn", *TINY)
    mlp = msgspec.structs.replace(manifest, lines=manifest.lines[1:])
    results = recipe_results.RecipeResults(mlp, Store(tmp_path / "runs"))
    assert [figure.name for figure in results.figures] == ["comparison"]
    assert [table.name for table in results.tables] == ["epochs", "final"]


def test_only_the_edition_that_is_served_is_worth_points(command):
    served = assignment.edition()
    other = next(name for name in recipe.editions() if name != served)
    assert assignment.points(other) == {}
    assert command("list", "--edition", other)[0] == 0


def test_run_redraw_and_report(command, tmp_path, monkeypatch):
    drawn = tmp_path / "results" / "initialization" / "loss.png"
    with monkeypatch.context() as for_now:
        for_now.setattr(picture, "save", draw_nothing)
        assert command(*tiny("initialization"))[0] == 0
        assert not drawn.exists()
    monkeypatch.setattr(execute, "perform", None)  # redraw must not train
    assert command("redraw")[0] == 0
    assert drawn.exists()
    status, said = command("report")
    assert status == 0
    assert "hyperparameters has not been run yet; run: " in said
    report = tmp_path / "results" / "report.pdf"
    assert report.read_bytes().startswith(b"%PDF")
    text = (tmp_path / "results" / "report.md").read_text()
    worth = assignment.points(assignment.edition()).get("initialization")  # a course may have no report
    assert "## Initialisation of the weights" + (f" ({worth:g} points)" if worth else "") in text
    assert "<!-- figures of initialization -->" in text
    assert "Write your answers in results/report.md, which is never overwritten; still to be written" in said


def test_a_report_draws_what_an_interrupted_run_left(command, tmp_path, monkeypatch):
    with monkeypatch.context() as for_now:
        for_now.setattr(picture, "save", draw_nothing)
        assert command(*tiny("initialization"))[0] == 0
    for path in (tmp_path / "results" / "initialization").iterdir():
        if path.name != "initialization.json":
            path.unlink()
    status, said = command("report")
    assert (status, "report.pdf" in said) == (0, True), said


@pytest.mark.usefixtures("no_pictures")
def test_a_dry_run_goes_to_a_folder_of_its_own_and_is_marked(command, tmp_path):
    assert command(*tiny("initialization"), "--quick")[0] == 0
    section = (tmp_path / "results-quick" / "initialization" / "section.md").read_text()
    assert "DRY RUN" in section
    assert not (tmp_path / "results").exists()


@pytest.mark.usefixtures("no_pictures")
def test_changes_are_in_the_caption_and_the_raw_numbers_and_damage_is_said(command, tmp_path):
    arguments = [*tiny("initialization"), "--pixel-scale", "256", "--set", "seed=7"]
    command(*arguments)
    folder = tmp_path / "results" / "initialization"
    assert "pixels divided by 256" in (folder / "section.md").read_text()
    assert "Changed from the recipe: hidden" in (folder / "section.md").read_text()
    raw = json.loads((folder / "raw.json").read_text())
    assert raw["glorot"]["settings"]["seed"] == 7
    assert raw["glorot"]["settings"]["pixel_scale"] == 256
    next((tmp_path / "results" / "runs").glob("mlp-*.json")).write_text("{")
    status, said = command(*arguments)
    assert status == 0
    assert "was damaged; it is kept as" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "initialisation"], "did you mean initialization?"),
        (["run", "initialization", "--solution", "none.py"], "none.py does not exist"),
        (["run", "initialization", "--solution", SOLUTION, "--data", "none.npz"], "none.npz: No such file"),
        (["run", "initialization", "--solution", SOLUTION, "--set", "epoch=3"], "did you mean epochs?"),
        (["run", "initialization", "--edition", "none"], "there is no edition 'none'"),
        (["run", "initialization", "--jobs", "0"], "--jobs"),
        (["run"], "NAME"),
        (
            ["run", "regularization", "--only", "droput"],
            "no run with this label; its labels are: plain; weight",
        ),
        (["run", "cnn", "regularization", "--only", "plain"], "name one recipe, not several"),
        (["list", "cnm"], "did you mean cnn?"),
        (
            ["run", "initialization", "--set", "lr=inf"],
            "--set lr=inf: lr is inf, but must be a finite number",
        ),
        (["run", "initialization", "--set", "lr=[0.1, nan]"], "lr is nan, but must be a finite number"),
        (
            ["run", "initialization", "--pixel-scale", "inf"],
            "pixel_scale is inf, but must be a finite number",
        ),
        (
            ["run", "gradient-check", "--set", "n_values=[1, inf]"],
            "n_values is inf, but must be a finite number",
        ),
        (["run", "initialization", "--solution", SOLUTION, "--data", "minst"], "did you mean mnist?"),
        (["redraw"], "has no results of initialization"),
        (["redraw", "cnn"], "has no results of cnn"),
        (
            ["report"],
            "no results yet; first run: bash setup.sh --report python -m report_tools run "
            "initialization --data",
        ),
    ],
)
def test_wrong_input_is_one_sentence_and_status_2(command, arguments, words):
    status, said = command(*arguments)
    assert status == 2
    assert words in said


@pytest.mark.usefixtures("no_pictures")
def test_a_failing_run_is_one_sentence_and_status_2(command, write_solution):
    solution = write_solution(
        "    def train_loop(self, n):\n"
        "        if n == 1:\n            raise IndexError('row 7')\n"
        "        return super().train_loop(n)"
    )
    status, said = command(*tiny("initialization"), "--solution", solution, "--force")
    assert status == 2
    assert "3 of 3 runs failed: IndexError: row 7, on line " in said


def test_without_pytorch_a_cnn_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it were not installed
    monkeypatch.delitem(sys.modules, "report_tools.train.pytorch.device", raising=False)
    monkeypatch.delattr(pytorch, "device", raising=False)
    monkeypatch.setattr(sys, "argv", ["report_tools", "run", "regularization", "--quick"])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 2
    said = "report_tools: torch is not installed; run bash setup.sh --report first.\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])  # control-C, and how a cluster ends a job
def test_ctrl_c_keeps_what_is_done(command, monkeypatch, number):
    before = signal.getsignal(signal.SIGTERM)

    def interrupt(*args, **kwargs):
        os.kill(os.getpid(), number)
        time.sleep(60)  # until the signal arrives

    monkeypatch.setattr(execute, "perform_all", interrupt)
    status, said = command(*tiny("initialization"))
    assert status == 130
    assert "Run the same command again to continue" in said
    assert signal.getsignal(signal.SIGTERM) is before
