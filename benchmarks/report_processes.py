"""Measure how report_tools trains: processes with one thread each, against one process with all threads.

    python benchmarks/report_processes.py [--solution FILE] [--rows 1250] [--repeats 5]

Prints the seconds for as many runs of (784, 256) as there are cores, done in both ways in turn,
and what report_tools adds to a run around the student's own train_loop.  Takes a few minutes.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
from joblib import Parallel, delayed, parallel_config
from threadpoolctl import threadpool_limits

from autograder.common import cores
from report_tools.plan import changes, recipe
from report_tools.train import data, execute, loading, store
from report_tools.train.store import Job


def seconds(action: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Time one call."""
    start = clock()
    action()
    return clock() - start


def make_jobs(solution: str, rows: int, count: int, folder: str) -> list[Job]:
    """Plan `count` runs of three epochs that differ in their seed alone; the digits stand in for MNIST."""
    changed = recipe.load("mnist", "hyperparameters")
    seeds = list(range(count))
    for change in ("hidden_dims=[784, 256]", "activation=relu", "lr=0.05", "epochs=3", f"seed={seeds}"):
        changed = changes.change(changed, change)
    changed = changes.change(changed, f"n_train={rows}")
    wanted = recipe.data_of(recipe.load_edition("mnist"), changed)
    source = data.find("digits", wanted, valid_one_in=6)
    return [
        store.make_job(planned.settings, source, Path(solution).resolve(), "cpu", Path(folder))
        for planned in recipe.expand(changed)
    ]


def train_alone(job: Job) -> None:
    """Train with the student's class and nothing of report_tools around it."""
    settings = job.settings
    splits = data.scaled(job.source, settings.pixel_scale, settings.n_train, settings.n_valid)
    network = loading.load(job.solution, "NN")(
        hidden_dims=settings.hidden_dims, lr=settings.lr, batch_size=settings.batch_size,
        seed=settings.seed, activation=settings.activation, data=splits[:3],
    )  # fmt: skip
    network.train_loop(settings.epochs)


def in_processes(jobs: list[Job]) -> None:
    """Do the jobs as `run` does: one process per core, one thread in each."""
    with parallel_config(backend="loky", inner_max_num_threads=1):
        Parallel(n_jobs=len(jobs))(delayed(execute.perform)(job) for job in jobs)


def one_after_the_other(jobs: list[Job]) -> None:
    """Do the jobs in this process, each with every thread."""
    for job in jobs:
        train_alone(job)


def alone_with_one_thread(job: Job) -> None:
    """Do one job in this process with one thread."""
    with threadpool_limits(1):
        train_alone(job)


@click.command()
@click.option("--solution", default="reference/solution.py")
@click.option("--rows", default=1250, help="Training rows per epoch.")
@click.option("--repeats", default=5)
def main(solution: str, rows: int, repeats: int) -> None:
    """Print both comparisons."""
    n_cores = cores.available()
    with tempfile.TemporaryDirectory() as folder:
        jobs = make_jobs(solution, rows, n_cores, folder)
        in_processes(jobs)  # starts the processes and fills their caches
        one_after_the_other(jobs)
        pairs = [
            (seconds(lambda: in_processes(jobs)), seconds(lambda: one_after_the_other(jobs)))
            for _ in range(repeats)
        ]
        alone = [
            (
                seconds(lambda: execute.perform(jobs[0]), time.process_time),
                seconds(lambda: alone_with_one_thread(jobs[0]), time.process_time),
            )
            for _ in range(repeats)
        ]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"{n_cores} runs in {n_cores} processes with one thread each: {ours:.2f} s")
    print(
        f"{n_cores} runs in one process with {n_cores} threads: {theirs:.2f} s, "
        f"{theirs / ours:.2f} times as long"
    )
    ours, theirs = (statistics.median(side) for side in zip(*alone, strict=True))
    print(f"one run: {ours:.2f} s of one core, the class alone: {theirs:.2f} s ({ours / theirs - 1:+.1%})")


if __name__ == "__main__":
    main()
