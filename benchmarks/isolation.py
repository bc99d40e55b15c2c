"""Measure what isolation costs, and what a long queue of hostile submissions leaves behind.

python -m benchmarks.isolation            a worker and a submission, with and without isolation
python -m benchmarks.isolation load 300   that many hostile submissions, one after the other

With and without take turns in one run, so that a busy machine slows both; the medians and
their ratio are what counts.  Limits: 20 ms more for a worker, 0.3 s more for a submission.
"""

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from autograder import ROOT
from autograder.assignment import config
from autograder.grading.grade import grade
from autograder.intake.submission import accept
from autograder.sandbox import guarantees
from autograder.sandbox.process.worker_process import WorkerProcess

BARE = ("session", "limits")  # what a worker had before there was isolation


def main(what: str = "cost", count: str = "") -> None:
    """Run one of the two measurements."""
    if what == "load":
        load(int(count or 300))
    else:
        cost(int(count or 15))


def cost(rounds: int) -> None:
    """Time starting and ending a worker, and grading the reference and the template, both ways."""
    kit = config.load()
    reference = accept("solution.py", (ROOT / "reference" / "solution.py").read_bytes())
    template = accept("solution.py", (ROOT / "template" / "solution.py").read_bytes())

    def one_worker() -> None:
        with WorkerProcess(kit.limits) as worker:
            _ = worker.steps

    compare("a worker, from start to end", one_worker, rounds)
    compare("the template, graded", lambda: grade(template, assignment=kit), max(rounds // 3, 3))
    compare("the reference, graded", lambda: grade(reference, assignment=kit), max(rounds // 3, 3))


def compare(what: str, work: Callable[[], object], rounds: int) -> None:
    """Time work with and without isolation in turns, and print medians, difference and ratio."""
    work()  # imports and draws what is imported and drawn once
    isolated, bare = [], []
    for _ in range(rounds):
        isolated.append(seconds(work))
        with without_isolation():
            bare.append(seconds(work))
    one, other = statistics.median(isolated), statistics.median(bare)
    print(
        f"{what}: {1e3 * one:.0f} ms isolated, {1e3 * other:.0f} ms not: "
        f"{1e3 * (one - other):+.0f} ms, ratio {one / other:.2f} ({rounds} rounds)"
    )


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def without_isolation() -> Iterator[None]:
    """Have workers try nothing but the steps they cannot do without."""
    steps = guarantees.STEPS
    guarantees.STEPS = dict.fromkeys(steps, BARE)
    try:
        yield
    finally:
        guarantees.STEPS = steps


def load(count: int) -> None:
    """Results hostile submissions in a row; print memory, descriptors, children and zombies on the way."""
    from tests.sandbox.conftest import QUICK, grade_some
    from tests.sandbox.threats import THREATS

    template = (ROOT / "template" / "solution.py").read_text(encoding="utf-8")
    me = psutil.Process()
    for number in range(count):
        threat = THREATS[number % len(THREATS)]
        code = threat.code.replace("ROOT", str(ROOT)).replace("RESULTS", "'/nowhere'")
        report = grade_some(accept("solution.py", f"{template}\n{code}".encode()), kit=QUICK)
        if report.points or report.not_isolated:
            print(f"{threat.name}: {report.points} points; {report.not_isolated}")
        if number % (len(THREATS) // 2) == 0 or number == count - 1:
            gc.collect()
            children = me.children(recursive=True)
            zombies = sum(child.status() == psutil.STATUS_ZOMBIE for child in children)
            folders = sum(path.name.startswith("submission-") for path in Path("/tmp").iterdir())
            print(
                f"{number + 1:4} graded: {me.memory_info().rss >> 20} MB, "
                f"{len(os.listdir('/proc/self/fd'))} descriptors, {len(children)} children, "  # noqa: PTH208
                f"{zombies} zombies, {folders} folders in /tmp",
                flush=True,
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
