"""Tell what works on this machine, one [OK] or [FAIL] a line."""

import importlib.metadata
import importlib.util
import platform
import sys
from collections.abc import Iterator

from autograder.assignment import config
from autograder.common.errors import UserError
from autograder.sandbox import guarantees
from autograder.sandbox.errors import CannotStart
from autograder.sandbox.lockdown.escape_probes import HELD
from autograder.sandbox.process.worker_process import WorkerProcess

NEEDED = ("numpy", "pytest", "hypothesis", "gradescope-utils", "msgspec")


def lines() -> Iterator[tuple[bool, str]]:
    """Yield, for each thing that matters, whether it works and a line that names it."""
    version = platform.python_version()
    yield sys.version_info >= (3, 10), f"Python {version} (3.10 or newer is needed)"
    for package in NEEDED:
        yield _package(package)
    try:
        limits = config.load().limits
        yield True, "assignment.toml"
    except UserError as error:
        yield False, str(error)
        return
    yield from _isolation(limits)
    yield from _torch()


def _package(name: str) -> tuple[bool, str]:
    try:
        return True, f"{name} {importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        return False, f"{name} is not installed; run ./setup.sh again"


def _isolation(limits: config.Limits) -> Iterator[tuple[bool, str]]:
    """Start a worker and let it report which guarantees of the isolation are kept."""
    try:
        with WorkerProcess(limits) as worker:
            report = worker.steps
    except (CannotStart, UserError) as error:
        yield False, f"isolation: {error}"
        return
    lost = guarantees.broken(report)
    for guarantee in guarantees.GUARANTEES:
        kept = guarantee not in lost
        reasons = {step: report.get(step, "not on this system") for step in guarantee.one_of}
        why = "" if kept else " (" + "; ".join(f"{step}: {state}" for step, state in reasons.items()) + ")"
        yield kept, f"isolation: a submission cannot {guarantee.forbidden}{why}"
    yield worker.nothing_left == HELD, "isolation: nothing of a worker is left when it ends"


def _torch() -> Iterator[tuple[bool, str]]:
    """Report PyTorch and the GPU where they are installed; grading needs neither."""
    if importlib.util.find_spec("torch") is None:
        return
    import torch

    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "no GPU"
    yield True, f"torch {torch.__version__}, {gpu}"
