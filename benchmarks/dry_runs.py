"""Measure the dry run of every recipe: its processor time, and what its runs learn.

python -m benchmarks.dry_runs [EDITION...]     all editions, if none is named

Each recipe runs alone, in a new folder, with the reference as solution.  Half of the processor seconds
is what two idle cores would take; a busy machine changes that little, unlike the time on the clock.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from autograder import ROOT
from report_tools.draw import recipe_results
from report_tools.plan import recipe

CORES = 2


@click.command()
@click.argument("editions", nargs=-1)
def main(editions: tuple[str, ...]) -> None:
    """Print a row of a table for each recipe."""
    click.echo("| edition | recipe | processor s / 2 | validation accuracy at the end, of the runs |")
    click.echo("|---|---|---:|---:|")
    for edition in editions or recipe.editions():
        for name in recipe.load_edition(edition).recipes:
            seconds, accuracies = measure(edition, name)
            learnt = f"{100 * min(accuracies):.0f} to {100 * max(accuracies):.0f} %" if accuracies else "–"
            click.echo(f"| {edition} | {name} | {seconds / CORES:.0f} | {learnt} |")


def measure(edition: str, name: str) -> tuple[float, list[float]]:
    """Run a recipe; return the processor seconds of all its processes, and how well its runs end."""
    with tempfile.TemporaryDirectory() as out:
        command = [
            sys.executable, "-m", "report_tools", "run", name, "--quick", "--edition", edition,
            "--solution", str(_reference(edition, name)), "--jobs", str(CORES), "--out", out,
        ]  # fmt: skip
        before = _seconds()
        # Threads of PyTorch that wait for each other would count as work on a busy machine.
        patient = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
        subprocess.run(command, cwd=ROOT, env=patient, check=True, stdout=subprocess.DEVNULL)
        results = recipe_results.read(Path(out), name)
    assert results is not None
    ends = [recipe_results.final(labelled.run, "valid_accuracy") for labelled in results.runs]
    return _seconds() - before, [end for end in ends if end is not None]


def _reference(edition: str, name: str) -> Path:
    """Return the reference with the class that a recipe trains."""
    settings = recipe.expand(recipe.load(edition, name))[0].settings
    student = settings.engine.student
    own = ROOT / "reference" / f"{student.problem if student else ''}.py"
    return own if own.exists() else ROOT / "reference" / "solution.py"


def _seconds() -> float:
    """Return the processor time of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
