"""Do one run, epoch by epoch, and store after each one what there is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from threadpoolctl import threadpool_limits

from report_tools.train import blame, data, engines, meanwhile
from report_tools.train.checkpoint import CannotContinue, Checkpoint, State
from report_tools.train.store import Job, Run, Store

POLL_SECONDS = 1.0


def perform(job: Job, launcher: int = 0) -> Run:
    """Do the run, from its checkpoint on if it was interrupted, and return it as it is stored.

    launcher: the process that started this one for runs alone; when it ends, so does this one.
    What the student's code raises belongs to the results of the run.
    Raises UserError if what comes of it cannot be stored.
    """
    threads = None if job.settings.engine.uses_torch else 1  # a sweep of NumPy runs is fastest with one each
    store = Store(Path(job.folder))
    checkpoint = Checkpoint(store.checkpoint_path(job.key))
    with threadpool_limits(threads), _ends_with(launcher):  # also where there is no loky: in this process
        try:
            return _go_on(job, store, checkpoint)
        except CannotContinue:
            checkpoint.forget()
            return _go_on(job, store, checkpoint)


def _go_on(job: Job, store: Store, checkpoint: Checkpoint) -> Run:
    run = checkpoint.run() or Run(key=job.key, settings=job.settings, source=job.source)
    epochs = _epochs(job, run, checkpoint)
    while run.status == "interrupted":
        try:
            state = next(epochs)
        except StopIteration:
            run.status = "complete"
        except CannotContinue:
            raise
        except (Exception, SystemExit) as error:  # whatever somebody else's code raises
            files = (Path(job.solution), *job.settings.own_files(Path(job.solution)))
            run.status, run.message = "failed", blame.sentence(error, files)
        else:
            _keep(checkpoint, run, state)
        store.write(run)
    if run.done:
        checkpoint.forget()
    return run


def _keep(checkpoint: Checkpoint, run: Run, state: State | None) -> None:
    if state is not None:
        with suppress(CannotContinue):  # then an interrupted run begins anew
            checkpoint.write(run, state)


def _epochs(job: Job, run: Run, checkpoint: Checkpoint) -> Iterator[State | None]:
    settings = job.settings
    train = engines.load(settings.engine)
    if not settings.engine.uses_images:
        yield from train(job, run, checkpoint)
        return
    splits = data.split(job.source, settings.n_train, settings.n_valid)
    run.rows = {name: len(getattr(splits, name).x) for name in ("train", "valid", "test")}
    yield from train(job, run, splits, checkpoint)


@contextmanager
def _ends_with(launcher: int) -> Iterator[None]:
    """End this process if the one that started it is killed: nobody waits for its work any more."""
    if os.getppid() != launcher:
        yield
        return

    def watch() -> None:
        if os.getppid() != launcher:
            os._exit(1)  # each file is written under another name first, so none is left as a half

    with meanwhile.repeated(watch, POLL_SECONDS):
        yield
