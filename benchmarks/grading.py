"""Time grading one submission, in turn with the bare imports and with other graders; print ratios."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import psutil

LOOK = 0.05  # seconds between two looks at the memory: looking takes time from what is timed
ROOT = Path(__file__).resolve().parent.parent
FLOOR = [sys.executable, "-c", "import numpy, pytest, hypothesis"]
OURS = [sys.executable, "-m", "autograder", "grade"]


def run(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command; return its wall seconds and the peak of its process tree's memory in MiB."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    process = psutil.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, tree_memory(process))
        time.sleep(LOOK)
    return time.perf_counter() - started, peak / 2**20


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
@click.option("--runs", default=5, show_default=True, help="Counted runs of each command, after one warm-up.")
@click.option("--peers", type=click.Path(exists=True, path_type=Path), help="Folder of the other graders.")
@click.option(
    "--peers-bin", type=click.Path(exists=True, path_type=Path), help="bin/ where they are installed."
)
def main(runs: int, peers: Path | None, peers_bin: Path | None) -> None:
    """Run every command in turn, several times, and print medians and ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = {
            "bare imports": FLOOR,
            "this kit, reference": [*OURS, str(ROOT / "reference" / "solution.py")],
            "this kit, template": [*OURS, str(ROOT / "template" / "solution.py")],
        }
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
            otter = [str(peers_bin / "otter"), "run", "-a", zipped, "-o", name, "--no-logo", solution]
            commands["otter run, 15 checks"] = otter
        measured: dict[str, list[tuple[float, float]]] = {label: [] for label in commands}
        for turn in range(runs + 1):
            for label, command in commands.items():
                result = run(command, folder)
                if turn:  # the first is a warm-up
                    measured[label].append(result)
    show(measured)


def show(measured: dict[str, list[tuple[float, float]]]) -> None:
    """Print one line per command; ratios are between medians of the same run."""
    ours = statistics.median(seconds for seconds, _ in measured["this kit, reference"])
    for label, results in measured.items():
        seconds = [one for one, _ in results]
        middle, memory = statistics.median(seconds), statistics.median(peak for _, peak in results)
        print(
            f"{label:30} {min(seconds):6.2f} {middle:6.2f} {max(seconds):6.2f} s (min, median, max)"
            f"   kit / this = {ours / middle:5.2f}   peak {memory:5.0f} MiB"
        )


if __name__ == "__main__":
    main()
