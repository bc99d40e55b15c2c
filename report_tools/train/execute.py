"""Do the runs that are not stored yet: on all cores, or on a Dask cluster, by the same code."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from joblib import Parallel, delayed, parallel_config
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.common import cluster, cores, whole_file
from autograder.common.errors import UserError
from report_tools.plan import estimate
from report_tools.train import meanwhile
from report_tools.train.checkpoint import Checkpoint
from report_tools.train.one_run import perform
from report_tools.train.store import Job, Run, Store

SETUP = "./setup.sh --report --cluster"
POLL_SECONDS = 0.5
LINES = 20  # of progress, where there is no terminal
# Assumptions to replace by a measurement: a batch with fewer products does not fill a GPU, so many runs do.
SMALL_BATCH, GPU_RUNS = 1e10, 3


def perform_all(jobs: list[Job], n_jobs: int, address: str = "") -> list[Run]:
    """Do the jobs that are not stored as done, and return all runs in the order of the jobs.

    n_jobs: processes at a time.  address: of a Dask scheduler whose workers see the same files.
    """
    store = Store(Path(jobs[0].folder))
    pending = [job for job in unique(jobs) if not is_done(store, job)]
    torch_jobs = [job for job in pending if job.settings.engine.uses_torch]
    numpy_jobs = [job for job in pending if not job.settings.engine.uses_torch]
    for job in pending:
        _put_right(store, job)
    with _progress(store, pending):
        _perform_batch(numpy_jobs, min(n_jobs, len(numpy_jobs)), address)
        width = runs_at_once(torch_jobs, n_jobs)
        _perform_batch(torch_jobs, width, address, threads=max(1, cores.available() // max(width, 1)))
    runs = (store.read(job.key) for job in jobs)
    return [run for run in runs if run is not None]


@contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Keep a second command from running the same recipe into the same folder of runs at the same time.

    Raises UserError if another one is at it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # The system gives it back when a process ends, however it ends.
        with FileLock(folder / f".{name}.lock", timeout=0):
            whole_file.sweep(folder)
            yield
    except Timeout:
        raise UserError(
            f"another command is already running {name} in {folder.parent}; wait for it, or "
            "choose another folder with --out."
        ) from None


def plan_in_words(store: Store, jobs: list[Job]) -> str:
    """Say how many runs there are, and how many of them are done or go on from a checkpoint."""
    n_done = sum(is_done(store, job) for job in unique(jobs))
    going_on = [
        len(run.seconds)
        for job in unique(jobs)
        if not is_done(store, job) and (run := Checkpoint(store.checkpoint_path(job.key)).run())
    ]
    said = [f"{len(jobs)} run{'s' * (len(jobs) > 1)}"]
    if n_done:
        said.append(f"{n_done} already done")
    if going_on:
        said.append(f"{len(going_on)} continuing after epoch {', '.join(map(str, going_on))}")
    return ", ".join(said)


def _put_right(store: Store, job: Job) -> None:
    """Reset the stored numbers of a run to those of its checkpoint, if it has one."""
    if run := Checkpoint(store.checkpoint_path(job.key)).run():
        store.write(run)
    else:
        store.path(job.key).unlink(missing_ok=True)  # what an interruption left


def runs_at_once(jobs: list[Job], n_jobs: int) -> int:
    """Say how many PyTorch runs keep the device busy.

    On the CPU each of several runs with a few threads is faster than one after the other with all
    (`benchmarks/cnn_epoch.py` measures it); on a GPU a small network leaves most of it idle.
    """
    width = min(n_jobs, len(jobs))
    where = {job.device for job in jobs}
    if where == {"cpu"}:
        return width
    small = all(
        job.settings.batch_size * job.settings.multiplications(job.source.image_shape, 10) < SMALL_BATCH
        for job in jobs
    )
    return min(width, GPU_RUNS) if small and all(name.startswith("cuda") for name in where) else min(width, 1)


def unique(jobs: Iterable[Job]) -> list[Job]:
    """Drop jobs that another one in the list has already asked for."""
    return list({job.key: job for job in jobs}.values())


def is_done(store: Store, job: Job) -> bool:
    """Say whether this run is stored and needs no repetition."""
    run = store.read(job.key)
    return run is not None and run.done and (not run.keeps_arrays or bool(store.arrays(job.key)))


def _perform_batch(jobs: list[Job], width: int, address: str, threads: int = 1) -> None:
    if not jobs:
        return
    try:
        with _backend(address, threads):
            Parallel(n_jobs=-1 if address else width)(delayed(perform)(job, os.getpid()) for job in jobs)
    except BrokenProcessPool:
        raise UserError(
            "a training process was ended from outside, most likely because memory ran out; close other "
            "programs or add --jobs 1, and run the same command again to continue."
        ) from None
    except UserError as error:  # of another process, which has another name
        raise UserError(error.message) from None


@contextmanager
def _backend(address: str, threads: int) -> Iterator[None]:
    if not address:
        # Otherwise every process starts a thread per core, and they wait for each other.
        with parallel_config(backend="loky", inner_max_num_threads=threads):
            yield
        return
    with cluster.connect(address, SETUP) as client:
        if not cluster.ask_workers(client, _can_train, address, SETUP):
            raise UserError(
                f"--cluster {address}: it has no workers; start one with {SETUP} dask worker {address}."
            )
        with parallel_config(backend="dask"):
            yield


def _can_train() -> bool:
    """Answer from a worker, which can find this function only if it has what a run needs."""
    return True


@contextmanager
def _progress(store: Store, jobs: list[Job]) -> Iterator[None]:
    """Show epochs done and the time that remains, read from the runs as they are stored."""
    total = sum(max(job.settings.epochs, 1) for job in jobs)
    if not total:
        yield
        return
    columns: Any = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[remaining]}"),
    )
    with Progress(*columns) as bar:
        task = bar.add_task(f"{len(jobs)} run{'s' * (len(jobs) > 1)}", total=total, remaining="")
        before, _ = _epochs_done(store, jobs)  # of runs that go on

        said = -total

        def show() -> None:
            nonlocal said
            done, last = _epochs_done(store, jobs)
            elapsed = bar.tasks[0].elapsed or 0
            new = done - before
            left = f"{estimate.words(elapsed / new * (total - done))} left" if new and done < total else ""
            bar.update(task, completed=done, remaining=f"{left}  {last}")
            # Into a file or a notebook, where a bar cannot move, go a few lines.
            if not bar.console.is_terminal and done - said >= max(1, total // LINES):
                said = done
                print(", ".join(filter(None, (f"{done}/{total} epochs", left, last))), flush=True)

        try:
            # Polling the files works for processes and for a cluster alike: nobody has to report to us.
            with meanwhile.repeated(show, POLL_SECONDS):
                yield
        finally:
            bar.update(task, completed=_epochs_done(store, jobs)[0], remaining="")


def _epochs_done(store: Store, jobs: list[Job]) -> tuple[int, str]:
    runs = [run for job in jobs if (run := store.read(job.key))]
    done = sum(max(job.settings.epochs, 1) for job in jobs for run in runs if run.key == job.key and run.done)
    done += sum(len(run.seconds) for run in runs if not run.done)
    losses = [run.series["train_loss"][-1] for run in runs if not run.done and run.series.get("train_loss")]
    return done, f"training loss {losses[-1]:.4f}" if losses else ""
