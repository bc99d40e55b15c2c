import json
import os
import subprocess
import sys

import msgspec
import pytest

from autograder.common.errors import UserError
from report_tools.train import execute
from report_tools.train.store import Store

from .conftest import ROOT, SOLUTION, TINY

ONE = (*TINY, "initialization=glorot")


def modification_times(jobs):
    store = Store(execute.Path(jobs[0].folder))
    return [store.path(job.key).stat().st_mtime_ns for job in jobs]


def test_a_stored_run_is_not_done_again(make_jobs):
    jobs, _ = make_jobs("initialization", *TINY)
    execute.perform_all(jobs, n_jobs=1)
    before = modification_times(jobs)
    runs = execute.perform_all(jobs, n_jobs=1)
    assert modification_times(jobs) == before
    assert [run.status for run in runs] == ["complete"] * 3


def test_the_same_seed_gives_the_same_numbers_in_one_process_or_two(make_jobs, tmp_path):
    jobs, _ = make_jobs("initialization", *TINY)
    alone = execute.perform_all(jobs, n_jobs=1)
    for path in tmp_path.glob("runs/*"):
        path.unlink()
    together = execute.perform_all(jobs, n_jobs=2)
    assert [run.series for run in alone] == [run.series for run in together]


def test_a_cluster_gives_the_same_numbers(make_jobs, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="--cluster needs Dask: ./setup.sh --cluster")
    jobs, _ = make_jobs("initialization", *TINY)
    here = execute.perform_all(jobs, n_jobs=1)
    for path in tmp_path.glob("runs/*"):
        path.unlink()
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        there = execute.perform_all(jobs, n_jobs=1, address=cluster.scheduler_address)
    assert [run.series for run in here] == [run.series for run in there]


def test_a_killed_run_keeps_its_epochs_and_is_done_again(make_jobs, write_solution, monkeypatch):
    solution = write_solution(
        "    def train_loop(self, n):\n"
        "        if self.train_logs['train_loss'] and 'KILL' in os.environ:\n"
        "            raise KeyboardInterrupt\n"
        "        return super().train_loop(n)\n"
    )
    jobs, _ = make_jobs("initialization", *TINY, solution=solution)
    monkeypatch.setenv("KILL", "1")
    with pytest.raises(KeyboardInterrupt):
        execute.perform_all(jobs, n_jobs=1)
    store = Store(execute.Path(jobs[0].folder))
    left = store.read(jobs[0].key)
    assert (left.status, len(left.series["train_loss"])) == ("interrupted", 1)
    assert store.read(jobs[1].key) is None
    monkeypatch.delenv("KILL")
    assert [run.status for run in execute.perform_all(jobs, n_jobs=1)] == ["complete"] * 3


def test_what_cannot_be_stored_is_one_sentence_also_from_another_process(make_jobs, write_solution, tmp_path):
    # While it trains the folder becomes a file, in which nothing can be written.
    body = (
        "    def train_loop(self, n):\n        import pathlib, shutil\n        logs = super().train_loop(n)\n"
    )
    body += (
        f"        shutil.rmtree('{tmp_path}/runs', True)\n        pathlib.Path('{tmp_path}/runs').touch()\n"
    )
    solution = write_solution(f"{body}        return logs")
    jobs, _ = make_jobs("initialization", *TINY, solution=solution)
    with pytest.raises(UserError, match=r"runs.* cannot be written: "):
        execute.perform_all(jobs, n_jobs=2)


# Last of those that train in several processes: it ends them.
def test_a_process_that_is_ended_is_one_sentence(make_jobs, write_solution):
    solution = write_solution("    def train_loop(self, n): os.kill(os.getpid(), 9)")
    jobs, _ = make_jobs("initialization", *TINY, solution=solution)
    with pytest.raises(UserError, match=r"most likely because memory ran out; .*--jobs 1"):
        execute.perform_all(jobs, n_jobs=2)


def test_a_run_ends_with_the_command_that_started_it():
    run = "import sys, time; from report_tools.train import one_run\none_run.POLL_SECONDS = 0.02\n"
    run += "with one_run._ends_with(int(sys.argv[1])):\n    print('begun', flush=True)\n    time.sleep(60)\n"
    start = "import os, subprocess as s, sys\ns.run([sys.executable, '-c', sys.argv[1], str(os.getpid())])"
    launcher = subprocess.Popen(
        [sys.executable, "-c", start, f"{run}print('it went on')"],
        stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    with launcher:
        assert launcher.stdout.readline() == b"begun\n"
        launcher.kill()
        assert launcher.stdout.read() == b""  # comes when the last process that could print has ended


def test_one_recipe_is_not_run_twice_into_one_folder(tmp_path):
    runs = tmp_path / "results" / "runs"
    with execute.alone(runs, "cnn"), execute.alone(runs, "regularization"):
        again = execute.alone(runs, "cnn")
        with (
            pytest.raises(UserError, match=r"another command is already running cnn in .*results; wait"),
            again,
        ):
            pytest.fail("it was not alone")
    with execute.alone(runs, "cnn"):
        pass


@pytest.mark.parametrize("content", ["", "{", '{"key": 3}', "null"])
def test_a_damaged_file_is_set_aside_with_a_word(make_jobs, content):
    jobs, _ = make_jobs("initialization", *ONE)
    (run,) = execute.perform_all(jobs, n_jobs=1)
    store = Store(execute.Path(jobs[0].folder))
    store.path(run.key).write_text(content)
    assert store.read(run.key) is None
    assert "was damaged" in store.set_aside(run.key)
    assert store.path(run.key).with_suffix(".damaged").read_text() == content
    assert store.set_aside(run.key) == ""
    (again,) = execute.perform_all(jobs, n_jobs=1)
    assert again.series == run.series


def test_a_file_copied_under_another_name_is_not_believed(make_jobs):
    jobs, _ = make_jobs("initialization", *TINY)
    execute.perform_all(jobs[:1], n_jobs=1)
    store = Store(execute.Path(jobs[0].folder))
    store.path(jobs[1].key).write_bytes(store.path(jobs[0].key).read_bytes())
    assert store.read(jobs[1].key) is None


def test_settings_and_code_name_a_run_comments_do_not(make_jobs, tmp_path):
    (first,), _ = make_jobs("initialization", *ONE)
    (other_seed,), _ = make_jobs("initialization", *ONE, "seed=1")
    copy = tmp_path / "solution.py"
    copy.write_text("# my solution\n" + SOLUTION.read_text())
    (commented,), _ = make_jobs("initialization", *ONE, solution=copy)
    copy.write_text(SOLUTION.read_text().replace("np.maximum(x, 0)", "np.maximum(x, 1)"))
    (changed,), _ = make_jobs("initialization", *ONE, solution=copy)
    assert commented.key == first.key
    assert len({first.key, other_seed.key, changed.key}) == 3


def test_a_run_is_json_that_names_its_settings(make_jobs):
    jobs, _ = make_jobs("initialization", *ONE)
    (run,) = execute.perform_all(jobs, n_jobs=1)
    raw = json.loads(Store(execute.Path(jobs[0].folder)).path(run.key).read_text())
    assert raw["settings"]["hidden_dims"] == [6, 5]
    assert raw["rows"] == {"train": 120, "valid": 40, "test": 297}
    assert raw["parameters"] == 784 * 6 + 6 + 6 * 5 + 5 + 5 * 10 + 10
    assert len(raw["seconds"]) == 2


@pytest.mark.parametrize(
    ("device", "recipe_name", "edition", "expected"),
    [
        ("cpu", "regularization", "mnist", 4),  # as many as processes were asked for
        ("cuda", "regularization", "mnist", 3),
        ("cuda:1", "regularization", "mnist", 3),
        ("cuda", "regularization", "cifar10", 1),  # 900 channels fill a GPU
        ("mps", "regularization", "mnist", 1),
    ],
)
def test_small_networks_share_a_device(make_jobs, device, recipe_name, edition, expected):
    jobs, _ = make_jobs(recipe_name, edition=edition)
    jobs = [msgspec.structs.replace(job, device=device) for job in jobs]
    assert execute.runs_at_once(jobs, n_jobs=4) == min(expected, len(jobs))
    assert execute.runs_at_once(jobs[:1], n_jobs=4) == 1
    assert execute.runs_at_once([], n_jobs=4) == 0
