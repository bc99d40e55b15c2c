"""Stop work that does not end, and keep the line in which it was.

Windows has no alarm signal, and elsewhere one cannot interrupt what is written in C.  So a thread
watches: it raises `DoesNotEnd` in the thread at work, between two steps of Python.  Where that
does not help (a sleep, a long product of matrices) it says what it saw and ends the process; and
where not even another thread gets its turn, Python's own faulthandler does, whose report names the line.
"""

import contextlib
import ctypes
import faulthandler
import linecache
import os
import sys
import threading
import time
import traceback
import types
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

SECONDS = 5.0  # of the processor: a slow or busy machine changes nothing
WALL_SECONDS = 30.0  # for what waits without working
GRACE_SECONDS = 3.0  # from the exception to the end of the process
POLL_SECONDS = 0.05
STEPS = 100  # of Python, before the first of which an exception on its way arrives


class DoesNotEnd(BaseException):
    """The end of work that took too long; no `except Exception` of a student's swallows it."""


@contextlib.contextmanager
def limit(
    file: str, report: IO[str] | None = None, *, what: str = "It", seconds: float | None = None
) -> Iterator[None]:
    """Raise DoesNotEnd in this thread if the block takes longer than this (SECONDS) of the processor.

    file: the name of the file whose line is of interest.  report: a real file, the standard error
    stream if none is given, for what is said when nothing but the end of the process helps; `what`
    is the subject of that sentence if no function of the file is.
    """
    watch = _Watch(file, report or sys.__stderr__, what, SECONDS if seconds is None else seconds)
    try:
        yield
    finally:
        watch.stop()


def place_of(error: BaseException, file: str) -> str:
    """Write where in a file an exception was raised, or passed through last: `line 7 of FILE: x += 1`."""
    return _innermost(reversed(list(traceback.walk_tb(error.__traceback__))), file)[1]


def _innermost(steps: Iterable[tuple[types.FrameType, int]], file: str) -> tuple[str, str]:
    """Return the function and the line of the innermost step in a file; nothing if there is none."""
    for frame, number in steps:
        name = frame.f_code.co_filename
        if Path(name).name == file:
            line = linecache.getline(name, number).strip()
            return frame.f_code.co_name, f"line {number} of {file}: {line}"
    return "", ""


class _Watch:
    """A thread that looks at the clock while another one works."""

    def __init__(self, file: str, report: IO[str] | None, what: str, seconds: float) -> None:
        self.file, self.report, self.what, self.seconds = file, report, what, seconds
        self.at_work = threading.get_ident()
        self.fired = False
        self.lock, self.over = threading.Lock(), threading.Event()
        if report is not None:  # there is none in a program without a terminal
            backstop = WALL_SECONDS + 2 * GRACE_SECONDS
            faulthandler.dump_traceback_later(backstop, exit=True, file=report)
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Look no longer; an exception that is on its way arrives here, and goes no further."""
        try:
            self._end_watch()
        except DoesNotEnd:  # it arrived just here, when the work was done
            self._end_watch()

    def _end_watch(self) -> None:
        with self.lock:  # from here on nothing is raised any more
            self.over.set()
        if self.fired:
            # It cannot be taken back: Python would look for it before each step, for ever, and
            # Python 3.11 hangs then as soon as anything traces, as Hypothesis does.
            for _ in range(STEPS):
                pass
        faulthandler.cancel_dump_traceback_later()
        self.thread.join()

    def _look(self) -> None:
        worked, waited = time.process_time(), time.monotonic()
        while time.process_time() - worked < self.seconds and time.monotonic() - waited < WALL_SECONDS:
            if self.over.wait(POLL_SECONDS):
                return
        with self.lock:
            if self.over.is_set():
                return
            self.fired = True
            _raise_in(self.at_work, DoesNotEnd)
        if not self.over.wait(GRACE_SECONDS):
            self._end_process()

    def _end_process(self) -> None:
        function, where = _innermost(traceback.walk_stack(sys._current_frames()[self.at_work]), self.file)
        if self.report is not None:
            what = function if function.isidentifier() else self.what
            said = f"{what} does not end and cannot be interrupted, so the whole program stops here"
            print(f"\n{said}{f'; it was on {where}' if where else '.'}", file=self.report, flush=True)
        os._exit(1)


def _raise_in(thread: int, error: type[BaseException]) -> None:
    """Raise an exception in a thread before its next step."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
