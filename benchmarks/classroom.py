"""Time grading a class, in turn with another grader; print ratios, memory, and what a cluster adds.

python -m benchmarks.classroom --size 50 --size 300    the zoo, over and over, as a Gradescope export
python -m benchmarks.classroom --peers FOLDER --peers-bin BIN    with `otter run`, which takes its time
python -m benchmarks.classroom --cluster               what Dask adds to each submission
"""

import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import click

from autograder import ROOT
from autograder.classroom.task import Task, carry_out
from autograder.common import cores
from autograder.grading import zoo
from autograder.intake.submission import Submission
from autograder.parallel.pool import process_pool
from benchmarks.grading import FLOOR, run

FEW = 5  # runs of a grader that has no command for a class; they are multiplied
TASKS = 50


def make_export(size: int, file: Path) -> None:
    """Write what Gradescope exports for a class that hands in the zoo, spread evenly, over and over."""
    entries = zoo.entries()
    step = max(len(entries) // size, 1)
    people = []
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(size):
            key = f"submission_{1000 + number}"
            entry = entries[number * step % len(entries)]
            archive.writestr(f"assignment_export/{key}/solution.py", entry.source)
            people.append(f"{key}:\n  :submitters:\n  - :name: Student {number:03}\n    :sid: '{number}'\n")
        archive.writestr("assignment_export/submission_metadata.yml", "".join(people))


def grade_class(size: int) -> tuple[float, float]:
    """Grade a class with the command; return wall seconds, and the peak of its processes in MiB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_export(size, folder / "export.zip")
        command = [sys.executable, "-m", "autograder", "class", "export.zip", "--out", "grades"]
        done = run(command, folder)
        graded = len(list(folder.glob("grades/for-staff/results/*.json")))
        assert graded == size, f"{graded} of {size} were graded"
    return done.wall, done.memory


def bare_imports() -> float:
    """Import NumPy, pytest and Hypothesis, and nothing else; return seconds."""
    return run(FLOOR, Path.cwd()).wall


def otter(peers: Path, binaries: Path) -> float:
    """Run otter-grader once on its own suite; return seconds."""
    with tempfile.TemporaryDirectory() as name:
        archive, solution = peers / "otter" / "autograder.zip", peers / "solution.py"
        command = [str(binaries / "otter"), "run", "-a", str(archive), "-o", name, "--no-logo", str(solution)]
        return run(command, Path(name)).wall


def cluster_overhead() -> None:
    """Time tasks that take next to nothing, in a pool and on a cluster of one process each."""
    from distributed import Client, LocalCluster

    task = Task(Submission("", b"", (), "for timing"))

    def seconds(submit: Callable[[Task], "Future[object]"]) -> float:
        submit(task).result()  # the first prepares the process
        started = time.perf_counter()
        for future in [submit(task) for _ in range(TASKS)]:
            future.result()
        return (time.perf_counter() - started) / TASKS

    with (
        process_pool(1) as pool,
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as there,
        Client(there) as client,
    ):
        executor = client.get_executor(pure=False)
        here, cluster = [], []
        for _ in range(5):
            here.append(seconds(lambda task: pool.schedule(carry_out, [task])))
            cluster.append(seconds(lambda task: executor.submit(carry_out, task)))
    one, other = 1e3 * statistics.median(here), 1e3 * statistics.median(cluster)
    print(
        f"a submission that is refused: {one:.1f} ms in a pool, {other:.1f} ms on Dask: {other - one:+.1f} ms"
    )


@click.command()
@click.option("--size", "sizes", multiple=True, type=int, default=(50,), show_default=True)
@click.option("--peers", type=click.Path(exists=True, path_type=Path), help="Folder of the other grader.")
@click.option("--peers-bin", type=click.Path(exists=True, path_type=Path), help="bin/ where it is installed.")
@click.option("--cluster", is_flag=True, help="Measure what Dask adds instead.")
def main(sizes: tuple[int, ...], peers: Path | None, peers_bin: Path | None, cluster: bool) -> None:
    """Results classes of these sizes, one after the other."""
    if cluster:
        cluster_overhead()
        return
    print(f"{cores.available()} cores, {ROOT.name}; isolated")
    for size in sizes:
        floor = [bare_imports() for _ in range(FEW)]
        seconds, memory = grade_class(size)
        floor = statistics.median([*floor, *(bare_imports() for _ in range(FEW))])
        line = (
            f"{size:4} submissions: {seconds:6.1f} s, {1e3 * seconds / size:5.0f} ms each, {memory:.0f} MiB; "
            f"{seconds / size / floor:.2f} times the bare imports ({floor:.2f} s) each"
        )
        if peers and peers_bin:
            each = statistics.median(otter(peers.resolve(), peers_bin.absolute()) for _ in range(FEW))
            line += f"; otter run: {each * size:.0f} s ({size} times the median of {FEW}), ratio "
            line += f"{seconds / (each * size):.3f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
