"""Connect to a Dask cluster that somebody else has started."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from autograder.common.errors import UserError

T = TypeVar("T")
CONNECT_SECONDS = 10


@contextmanager
def connect(address: str, setup: str) -> Iterator[Any]:
    """Give a Dask client of the scheduler at `address`.

    setup: the command that installs Dask, such as "./setup.sh --class --cluster"; said to
    those who did not begin with it.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise UserError(f"--cluster needs Dask; begin the command with {setup}.") from None
    try:
        client = Client(address, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UserError(f"--cluster {address}: no Dask scheduler answers there ({error}).") from None
    with client:
        yield client


def ask_workers(client: Any, question: Callable[[], T], address: str, setup: str) -> set[T]:
    """Call a function on every worker and return the different answers; none if there is no worker.

    To be done before any work is sent: a task that a worker cannot import is tried again for ever.
    """
    try:
        return set(client.run(question).values())
    except Exception as error:
        raise UserError(
            f"--cluster {address}: a worker cannot import what it needs ({error}); start each in the "
            f"folder of setup.sh with `{setup} dask worker ADDRESS`."
        ) from None


def has_workers(client: Any) -> bool:
    """Tell whether anybody is there to do the work."""
    try:
        return bool(client.nthreads())
    except (OSError, TimeoutError, RuntimeError):  # not even the scheduler answers
        return False
