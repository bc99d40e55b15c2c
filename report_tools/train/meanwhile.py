"""Do something again and again while something else goes on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeated(do: Callable[[], None], seconds: float) -> Iterator[None]:
    """Call `do` in a thread, at once and then every so many seconds, until the block ends."""
    over = threading.Event()

    def repeat() -> None:
        do()
        while not over.wait(seconds):
            do()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
