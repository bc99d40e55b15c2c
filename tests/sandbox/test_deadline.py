"""How long a worker may take: its own time counts, not what it waited for a core."""

import os
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest

from autograder.grading.verdict import Verdict
from autograder.intake.submission import accept
from autograder.sandbox import time_budget
from autograder.sandbox.errors import Starved, TimedOut
from autograder.sandbox.process import deadline
from autograder.sandbox.process.deadline import BACKSTOP, Deadline, WorkerClock
from autograder.sandbox.process.worker_process import WorkerProcess
from tests.sandbox.conftest import KIT, grade_some

linux = pytest.mark.skipif(
    not os.path.exists("/proc/self/schedstat"),  # noqa: PTH110
    reason="this system does not tell how long a process waits for a core",
)
CALL = msgspec.structs.replace(KIT.limits, call_seconds=1.0)
BUSY = "while True: pass"
LOSS = "    def loss(self, prediction, labels):\n"


class ByHand:
    """The clocks of the wall and of a worker, wound by hand."""

    def __init__(self) -> None:
        self.wall = self.had_to_wait = self.cores = 0.0

    def monotonic(self) -> float:
        return self.wall

    def waited(self) -> float:
        return self.had_to_wait

    def computed(self) -> float:
        return self.cores

    def lately(self, now: float) -> tuple[float, float]:
        return self.had_to_wait, self.cores


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> ByHand:
    clock = ByHand()
    monkeypatch.setattr(deadline, "time", clock)
    return clock


def test_what_a_worker_waits_for_a_core_does_not_count(clock: ByHand) -> None:
    ten = Deadline(clock, 10.0)  # type: ignore[arg-type]
    clock.wall, clock.had_to_wait = 30.0, 24.0
    assert ten.used() == pytest.approx(6)
    assert ten.left() == pytest.approx(4)


def test_sleeping_counts(clock: ByHand) -> None:
    ten = Deadline(clock, 10.0)  # type: ignore[arg-type]
    clock.wall = 10.0
    assert not ten.left()
    assert not ten.starved


def test_threads_that_keep_each_other_waiting_gain_nothing(clock: ByHand) -> None:
    ten = Deadline(clock, 10.0)  # type: ignore[arg-type]
    clock.wall, clock.had_to_wait, clock.cores = 20.0, 19.0, 20.0
    assert not ten.left()
    assert not ten.starved


def test_the_wall_ends_what_never_gets_a_core_and_says_who_is_to_blame(clock: ByHand) -> None:
    ten = Deadline(clock, 10.0)  # type: ignore[arg-type]
    clock.wall = clock.had_to_wait = 10 * BACKSTOP + 1
    assert not ten.left()
    assert ten.starved


def test_what_has_ended_uses_no_more_time() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    clock = WorkerClock(process.pid)
    clock.waited()
    before = clock.computed()
    process.wait()
    assert clock.waited() >= 0
    assert clock.computed() >= before
    clock.close()


@pytest.fixture
def busy_core() -> Iterator[None]:
    """Share one core between this process, all that it starts, and three others that never rest."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    others = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(3)]
    yield
    for other in others:
        other.kill()
        other.wait()
    os.sched_setaffinity(0, cores)


def taking(seconds: float, reference: str) -> bytes:
    """Return the reference with a `loss` that computes for this long when it is first called."""
    spend = (
        "        import time\n"
        f"        until = time.process_time() + {seconds} * (not hasattr(time, 'spent'))\n"
        "        time.spent = True\n"
        "        while time.process_time() < until: pass\n"
    )
    assert LOSS in reference
    return reference.replace(LOSS, LOSS + spend).encode()


@linux
@pytest.mark.usefixtures("busy_core")
def test_a_busy_machine_costs_nothing(reference: str) -> None:
    """The first call computes for 0.3 of its 0.4 seconds, which takes 1.2 on the wall."""
    limits = msgspec.structs.replace(KIT.limits, call_seconds=0.4, function_seconds=1000.0)
    assignment = msgspec.structs.replace(KIT, limits=limits)
    report = grade_some(accept("solution.py", taking(0.3, reference)), ("1.5",), assignment)
    assert all(outcome.passed for outcome in report.outcomes)


@linux
@pytest.mark.usefixtures("busy_core")
def test_an_endless_loop_is_ended_on_a_busy_machine_too(reference: str) -> None:
    limits = msgspec.structs.replace(KIT.limits, call_seconds=0.2, function_seconds=0.2)
    assignment = msgspec.structs.replace(KIT, limits=limits)
    report = grade_some(accept("solution.py", taking(1e6, reference)), ("1.5",), assignment)
    assert {outcome.verdict for outcome in report.outcomes} == {Verdict.OUT_OF_TIME}


def test_what_the_machine_spoiled_is_tried_again_and_never_costs_points(
    reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.grading.grade import grade

    spoiled = iter([True, False])
    really = WorkerProcess.exchange

    def starving(self, requests, *arguments, **keywords):  # type: ignore[no-untyped-def]
        calls = [getattr(request, "method", "") for request in requests]
        if "loss" in calls and next(spoiled, False):
            self.close()
            raise Starved("had no core to run on")
        return really(self, requests, *arguments, **keywords)

    monkeypatch.setattr(WorkerProcess, "exchange", starving)
    report = grade(accept("solution.py", reference.encode()))
    assert report.points == report.max_points


def test_what_the_machine_spoils_twice_is_the_staffs(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def starving(self, requests, *arguments, **keywords):  # type: ignore[no-untyped-def]
        self.close()
        raise Starved("had no core to run on")

    monkeypatch.setattr(WorkerProcess, "exchange", starving)
    report = grade_some(accept("solution.py", reference.encode()))
    assert report.status == "grader fault"
    assert {outcome.reason for outcome in report.outcomes} == {
        "The machine was too busy to finish a call of `your file`. "
        "This is not your mistake: please tell the course staff."
    }


def test_the_two_losses_tell_who_is_to_blame() -> None:
    assert "This is not your mistake" in str(Starved("had no core").while_calling("relu"))
    assert str(TimedOut("did not finish in time").while_calling("relu")) == "`relu` did not finish in time."


@pytest.mark.parametrize("seconds", [0.001, 3.0])
def test_the_whole_file_has_its_seconds_too(seconds: float) -> None:
    budget = time_budget.Budget(CALL)
    budget.spend("relu", CALL.total_seconds - seconds)
    assert budget.seconds_for("tanh") == pytest.approx(min(seconds, 1.0))
