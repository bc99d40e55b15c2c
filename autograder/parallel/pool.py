"""Grade on all cores: processes forked from one that has imported and drawn everything already."""

import multiprocessing
import multiprocessing.forkserver
from collections.abc import Iterator
from contextlib import contextmanager

from pebble import ProcessPool

from autograder.common import cores


@contextmanager
def process_pool(jobs: int | None = None) -> Iterator[ProcessPool]:
    """Give as many processes as there are cores, or `jobs`.

    Pebble's pool, because in it a process that is killed takes only its own task with it.
    Leaving early, by an exception or an interrupt, ends every process at once.
    """
    processes = ProcessPool(jobs or cores.available(), initializer=_prepare, context=_context())
    try:
        yield processes
        processes.close()  # type: ignore[no-untyped-call]
    except BaseException:
        processes.stop()  # type: ignore[no-untyped-call]
        raise
    finally:
        processes.join()


def prepare() -> None:
    """Start what the processes are forked from, while this one has other things to do: it takes its time."""
    if _context().get_start_method() == "forkserver":
        multiprocessing.forkserver.ensure_running()


def _context() -> multiprocessing.context.BaseContext:
    """Fork from a server that is prepared once; where there is no forking, start each from scratch."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["autograder.parallel.preload"])
    return context


def _prepare() -> None:
    """Make sure that a process is prepared, wherever it came from."""
    import gc

    import autograder.parallel.preload  # noqa: F401

    gc.freeze()  # what all submissions share is never looked through again
