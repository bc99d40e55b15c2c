"""Count the time that a worker has had, and say when it has had enough.

On a busy machine a process waits for a core; that is no fault of the submission in it.  So a
deadline counts the seconds since a request less those in which the worker was ready to run and
had no core: its computing and the sleeping that it asked for.
"""

import contextlib
import os
import time

# The wall clock has a say only this many times later: a machine that is so busy decides nothing.
BACKSTOP = 12.0
MOMENT = 0.002  # seconds: the shortest wait that is worth it
QUICK = 0.05  # seconds in which nobody waits long enough for a core to make a difference


class Deadline:
    """The end of the seconds that a worker may use for one request; they begin when it is made."""

    def __init__(self, clock: "WorkerClock", seconds: float) -> None:
        self._clock, self._seconds = clock, seconds
        self._started = time.monotonic()
        self._waited, self._computed = clock.lately(self._started)

    def used(self) -> float:
        """Return the seconds that the worker has used of its time.

        The cores' time is looked at besides, for threads that keep each other waiting.
        """
        wall = time.monotonic() - self._started
        if wall < QUICK:
            return wall
        waited, computed = self._clock.waited() - self._waited, self._clock.computed() - self._computed
        return max(wall - waited, computed)

    def left(self) -> float:
        """Return the seconds after which it is worth looking again; 0 when there are none left."""
        wall = time.monotonic() - self._started
        if wall < self._seconds:  # whatever it waited for, it cannot have used more
            return self._seconds - wall
        if wall > BACKSTOP * self._seconds:
            return 0.0
        left = self._seconds - self.used()
        return max(left, MOMENT) if left > 0 else 0.0

    @property
    def starved(self) -> bool:
        """Tell whether it was the machine that had no time, and not the worker that took too much."""
        return self.used() < self._seconds


class WorkerClock:
    """What Linux knows of the time of a process; elsewhere a worker never waits, and the wall decides."""

    def __init__(self, pid: int) -> None:
        self._cpu = (~pid << 3) | 2  # as clock_getcpuclockid(3) makes it, which Python does not offer
        self._waited = self._computed = 0.0  # the last that was known of it: it may have ended
        self._asked, self._lately = -QUICK, (0.0, 0.0)  # when Linux was asked last, and what it said
        try:
            self._schedule: int | None = os.open(f"/proc/{pid}/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._schedule = None

    def lately(self, now: float) -> tuple[float, float]:
        """Return what it had waited and computed by now or a moment ago: Linux is not asked every time."""
        if now - self._asked > QUICK:
            self._asked, self._lately = now, (self.waited(), self.computed())
        return self._lately

    def waited(self) -> float:
        """Return the seconds that its first thread was ready to run and had no core."""
        if self._schedule is not None:
            with contextlib.suppress(OSError, IndexError, ValueError):
                self._waited = int(os.pread(self._schedule, 96, 0).split()[1]) * 1e-9
        return self._waited

    def computed(self) -> float:
        """Return the seconds of cores that all its threads have used."""
        if self._schedule is not None:
            with contextlib.suppress(OSError):
                self._computed = time.clock_gettime(self._cpu)
        return self._computed

    def close(self) -> None:
        """Give back what it holds open."""
        if self._schedule is not None:
            os.close(self._schedule)
            self._schedule = None
