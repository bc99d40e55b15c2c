"""Time grading one submission, in turn with the bare imports and with other graders; print ratios.

CPU seconds, of all processes together, say more than the clock on a machine that others use, too.
"""

import contextlib
import dataclasses
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click
import psutil

LOOK = 0.05  # seconds between two looks at the memory: looking takes time from what is timed
ROOT = Path(__file__).resolve().parent.parent
FLOOR = [sys.executable, "-c", "import numpy, pytest, hypothesis"]
OURS = [sys.executable, "-m", "autograder", "grade"]
CONTAINER = [sys.executable, "-m", "autograder.gradescope.container"]
CGROUPS = Path("/sys/fs/cgroup")
PERIOD = 100_000  # microseconds, of which a fraction of a core has a part


@dataclasses.dataclass(frozen=True)
class Run:
    """What one run of a command took: seconds by the clock, seconds of all cores, peak memory in MiB."""

    wall: float
    cpu: float
    memory: float


def run(command: list[str], folder: Path, limit: Path | None = None) -> Run:
    """Run a command, in a control group if one is named; what it starts and does not wait for is not seen."""
    # As on a user's machine: bytecode is kept.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(ROOT), "AUTOGRADER_ROOT": str(folder)}
    if limit is not None:
        command = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(limit / "cgroup.procs"), *command]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = psutil.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, tree_memory(process))
        time.sleep(LOOK)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(wall, cpu, peak / 2**20)


@contextlib.contextmanager
def so_many_cores(cores: float | None) -> Iterator[Path | None]:
    """Make a control group that has no more than this of the machine; for root, on Linux."""
    if cores is None:
        yield None
        return
    old = CGROUPS / "cpu"  # as it is before version 2
    group = Path(tempfile.mkdtemp(prefix="benchmark-", dir=old if old.is_dir() else CGROUPS))
    try:
        if old.is_dir():
            (group / "cpu.cfs_quota_us").write_text(str(int(cores * PERIOD)))
        else:
            (group / "cpu.max").write_text(f"{int(cores * PERIOD)} {PERIOD}")
        yield group
    finally:
        group.rmdir()


def tree_memory(process: psutil.Process) -> int:
    """Sum the unique memory of a process and its descendants, in bytes."""
    total = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            total += one.memory_full_info().uss
    except psutil.Error:
        pass
    return total


@click.command()
@click.option("--cores", type=float, help="No more than this of the machine: 0.5 is what Gradescope gives.")
@click.option("--runs", default=5, show_default=True, help="Counted runs of each command, after one warm-up.")
@click.option("--peers", type=click.Path(exists=True, path_type=Path), help="Folder of the other graders.")
@click.option(
    "--peers-bin", type=click.Path(exists=True, path_type=Path), help="bin/ where they are installed."
)
def main(cores: float | None, runs: int, peers: Path | None, peers_bin: Path | None) -> None:
    """Run every command in turn, several times, and print medians and ratios."""
    with tempfile.TemporaryDirectory() as scratch, so_many_cores(cores) as limit:
        folder = Path(scratch)
        commands = {
            "bare imports": FLOOR,
            "this kit, reference": [*OURS, str(ROOT / "reference" / "solution.py")],
            "this kit, template": [*OURS, str(ROOT / "template" / "solution.py")],
            "this kit, as on Gradescope": CONTAINER,  # the reference, which it finds by itself
        }
        for name in ("submission", "results"):
            (folder / name).mkdir()
        shutil.copy(ROOT / "reference" / "solution.py", folder / "submission")
        if peers and peers_bin:
            peers, peers_bin = peers.resolve(), peers_bin.absolute()
            solution, python = str(peers / "solution.py"), str(peers_bin / "python")
            commands["gradescope-utils, 15 checks"] = [
                python,
                str(peers / "gs_suite.py"),
                solution,
                "results.json",
            ]
            zipped = str(peers / "otter" / "autograder.zip")
            otter = [str(peers_bin / "otter"), "run", "-a", zipped, "-o", scratch, "--no-logo", solution]
            commands["otter run, 15 checks"] = otter
        measured: dict[str, list[Run]] = {label: [] for label in commands}
        for turn in range(runs + 1):
            for label, command in commands.items():
                result = run(command, folder, limit)
                if turn:  # the first is a warm-up
                    measured[label].append(result)
    show(measured)


def show(measured: dict[str, list[Run]]) -> None:
    """Print one line per command; ratios are between medians of the same run."""
    floor = measured["bare imports"]
    for label, runs in measured.items():
        wall, cpu = ([getattr(one, what) for one in runs] for what in ("wall", "cpu"))
        over = [
            statistics.median(own) / statistics.median(getattr(one, what) for one in floor)
            for own, what in ((wall, "wall"), (cpu, "cpu"))
        ]
        memory = statistics.median(one.memory for one in runs)
        print(
            f"{label:30} {statistics.median(wall):6.2f} s ({min(wall):.2f} to {max(wall):.2f}), "
            f"cpu {statistics.median(cpu):.2f} s; this / bare imports: {over[0]:.2f}, cpu {over[1]:.2f}; "
            f"peak {memory:.0f} MiB"
        )


if __name__ == "__main__":
    main()
