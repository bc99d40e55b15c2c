"""Tell what works on this machine, one [OK] or [FAIL] a line."""

import importlib.metadata
import importlib.util
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

from autograder import ROOT
from autograder.assignment import config
from autograder.common import toml_file
from autograder.common.errors import UserError

GROUP = "grade"  # of pyproject.toml
PINS = ROOT / "requirements.txt"  # in Gradescope's image, which has no pyproject.toml
# Packages whose modules have another name.
MODULES = {"gradescope-utils": "gradescope_utils"}


def lines() -> Iterator[tuple[bool, str]]:
    """Yield, for each thing that matters, whether it works and a line that names it."""
    version = platform.python_version()
    yield sys.version_info >= (3, 10), f"Python {version} (3.10 or newer is needed), {sys.executable}"
    packages = [package(requirement) for requirement in needed()]
    yield from packages
    if not all(works for works, _ in packages):
        return
    try:
        limits = config.load().limits
        yield True, "assignment.toml"
    except UserError as error:
        yield False, str(error)
        return
    yield from _isolation(limits)
    yield from _torch()


def needed() -> list[Requirement]:
    """Return what grading needs here, with the versions that will do."""
    if PINS.exists():
        text = PINS.read_text(encoding="utf-8").splitlines()
        found = [Requirement(line.rstrip(" \\")) for line in text if line[:1].isalnum()]
    else:
        groups = toml_file.read(ROOT / "pyproject.toml")["dependency-groups"]
        found = [Requirement(line) for line in groups[GROUP]]
    return [requirement for requirement in found if not requirement.marker or requirement.marker.evaluate()]


def package(requirement: Requirement) -> tuple[bool, str]:
    """Tell whether a package is there, new enough, and the one that was installed for the kit."""
    name = requirement.name
    try:
        installed = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False, f"{name} is not installed; run ./setup.sh again"
    if not requirement.specifier.contains(installed.version, prereleases=True):
        wanted = f"{name} {installed.version}, but {requirement.specifier} is needed"
        return False, f"{wanted} ({_home(installed)}); run ./setup.sh again, without PYTHONPATH"
    module = importlib.util.find_spec(MODULES.get(name, name))
    origin = Path(module.origin).resolve() if module and module.origin else None
    if origin and not origin.is_relative_to(_home(installed)):
        return False, f"{name} comes from {origin.parent}, not from {_home(installed)}; unset PYTHONPATH"
    return True, f"{name} {installed.version}"


def _home(installed: importlib.metadata.Distribution) -> Path:
    return Path(str(installed.locate_file(""))).resolve()


def _isolation(limits: config.Limits) -> Iterator[tuple[bool, str]]:
    """Start a worker and let it report which guarantees of the isolation are kept."""
    # Not above: a NumPy that cannot even be imported is to be named.
    from autograder.sandbox import guarantees
    from autograder.sandbox.errors import CannotStart
    from autograder.sandbox.lockdown.escape_probes import HELD
    from autograder.sandbox.process.worker_process import WorkerProcess

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
    yield worker.nothing_left == HELD, "isolation: a worker leaves nothing behind when it ends"


def _torch() -> Iterator[tuple[bool, str]]:
    """Report PyTorch and the GPU where they are installed; grading needs neither."""
    if importlib.util.find_spec("torch") is None:
        return
    import torch

    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "no GPU"
    yield True, f"torch {torch.__version__}, {gpu}"
