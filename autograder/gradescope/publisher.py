"""Write results while they grow: so often that a grading that is killed leaves what it did, and no oftener.

Writing them after each of a hundred checks took twice as long as the checks.
"""

import contextlib
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

EVERY = 0.25  # seconds between two writings: what a grading that is killed on the spot may lose

Content = TypeVar("Content")


class Publisher(Generic[Content]):
    """A thread that writes what it was given last; whatever happens, the last of all before it ends.

    Use it as a context manager, and call it with what is to be written.
    """

    def __init__(self, write: Callable[[Content], None], every: float = EVERY) -> None:
        self._write, self._every = write, every
        self._latest: list[Content] = []  # one that is not written yet, or nothing
        self._something_new, self._ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_writing, daemon=True)

    def __call__(self, content: Content) -> None:
        """Have this written, in the place of what was not written yet; returns at once."""
        self._latest = [content]
        self._something_new.set()

    def __enter__(self) -> "Publisher[Content]":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._something_new.set()
        self._thread.join()
        self._write_latest()  # in this thread, whose errors somebody sees

    def _keep_writing(self) -> None:
        while self._something_new.wait() and not self._ending.is_set():
            self._something_new.clear()
            with contextlib.suppress(OSError):  # a disk that is full now may not be so at the end
                self._write_latest()
            self._ending.wait(self._every)

    def _write_latest(self) -> None:
        latest, self._latest = self._latest, []
        for content in latest:
            self._write(content)
