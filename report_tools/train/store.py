"""Keep each training run as one small JSON file, named after everything that can change it."""

import ast
import functools
import hashlib
import json
import math
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal
from zipfile import BadZipFile

import msgspec
import numpy as np
from numpy.typing import NDArray

from autograder.common import whole_file
from autograder.common.errors import UserError
from report_tools.plan.data_source import DataSource
from report_tools.plan.kinds import AnySettings
from report_tools.train import engines

# Also where a folder has become a file: then nothing can be stored, and whoever writes says so.
NOTHING_THERE = (FileNotFoundError, NotADirectoryError)


class Job(msgspec.Struct, frozen=True):
    """A run that any process can do: settings, data, code, device, and where to store what comes of it."""

    settings: AnySettings
    source: DataSource
    solution: str
    device: str
    folder: str
    key: str


class Run(msgspec.Struct, kw_only=True):
    """A training run: its settings, how it ended, and its numbers.

    status: "interrupted" until the last epoch is stored; "diverged" if the loss became nan or
    infinite; "failed" if the code raised.  `message` says why in one sentence.
    series: one number per epoch for train_loss, valid_accuracy, ... (per example, never sums),
    or per N for a gradient check.  Epoch 1 is the first number.
    start: the same numbers before the first update, where they were measured.
    seconds: per epoch.  facts: what only one kind of run has.
    keeps_arrays: there are arrays beside it, which figures need.
    """

    key: str
    settings: AnySettings
    source: DataSource
    status: Literal["interrupted", "complete", "diverged", "failed"] = "interrupted"
    message: str = ""
    parameters: int = 0
    rows: dict[str, int] = {}
    series: dict[str, list[float]] = {}
    start: dict[str, float] = {}
    seconds: list[float] = []
    facts: dict[str, Any] = {}
    versions: dict[str, str] = {}
    keeps_arrays: bool = False

    @property
    def done(self) -> bool:
        """Say whether training this again would give the same."""
        return self.status in ("complete", "diverged")

    def add_epoch(self, seconds: float, **numbers: float) -> bool:
        """Append one epoch; return False, and mark the run as diverged, if a number is not finite."""
        bad = [name for name, number in numbers.items() if not math.isfinite(number)]
        self.seconds.append(seconds)
        if bad:
            self.status = "diverged"
            words = "nan" if math.isnan(numbers[bad[0]]) else "infinite"
            self.message = f"the {bad[0].replace('_', ' ')} became {words} in epoch {len(self.seconds)}"
            return False
        for name, number in numbers.items():
            self.series.setdefault(name, []).append(float(number))
        return True


class Store:
    """A folder of runs, one JSON file each, and arrays beside it where a run keeps some."""

    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, key: str) -> Path:
        """Name the file of a run."""
        return self.folder / f"{key}.json"

    def arrays_path(self, key: str) -> Path:
        """Name the file of what a run keeps beside its numbers, for figures: weights, feature maps."""
        return self.folder / f"{key}.npz"

    def checkpoint_path(self, key: str) -> Path:
        """Name the file from which an interrupted run goes on."""
        return self.folder / f"{key}.checkpoint"

    def arrays(self, key: str) -> dict[str, NDArray[Any]]:
        """Return the arrays that a run keeps, by name; {} if there are none."""
        try:
            with np.load(self.arrays_path(key)) as file:
                return dict(file)
        except (OSError, ValueError, EOFError, BadZipFile):
            return {}

    def write_arrays(self, key: str, arrays: dict[str, NDArray[Any]]) -> None:
        """Keep arrays beside the numbers of a run."""
        with whole_file.replacing(self.arrays_path(key)) as part:
            np.savez_compressed(part, **arrays)  # type: ignore[arg-type]

    def read(self, key: str) -> Run | None:
        """Return the stored run, or None if there is none; see `set_aside` for a damaged file."""
        try:
            run = msgspec.json.decode(self.path(key).read_bytes(), type=Run)
        except (*NOTHING_THERE, msgspec.MsgspecError):
            return None
        return run if run.key == key else None  # a copy under another name is another run

    def set_aside(self, key: str) -> str:
        """Move a file that exists but cannot be read out of the way; return a sentence, or ""."""
        path = self.path(key)
        if not path.exists() or self.read(key) is not None:
            return ""
        damaged = path.with_suffix(".damaged")
        path.replace(damaged)
        return f"{path.name} was damaged; it is kept as {damaged.name} and the run is done again."

    def write(self, run: Run) -> None:
        """Store the run; a reader sees the old file or the new one, never half of it."""
        whole_file.write_bytes(self.path(run.key), msgspec.json.format(msgspec.json.encode(run), indent=1))


def make_job(settings: AnySettings, source: DataSource, solution: Path, device: str, folder: Path) -> Job:
    """Name a run after its settings, data and code, so that the same run is never done twice."""
    engine = settings.engine
    code = [fingerprint(file) for file in engines.files(engine)]
    code += [device] if engine.uses_torch else []  # a GPU rounds differently
    code += [fingerprint(solution)] if engine.student else []
    code += [fingerprint(path) for path in settings.own_files(solution)]
    data = (source.sha256, source.valid_one_in)
    # Not the path of the data: a file that was moved, or packed again, holds the same images.
    meaning = json.dumps([msgspec.to_builtins(settings), data, code], sort_keys=True)
    kind = msgspec.to_builtins(settings)["kind"]
    key = f"{kind}-{hashlib.sha256(meaning.encode()).hexdigest()[:16]}"
    return Job(settings, source, str(solution), device, str(folder), key)


def fingerprint(path: Path) -> str:
    """Digest what a Python file does: comments and layout may change, the code may not."""
    try:
        return _digest_of_code(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    except (SyntaxError, ValueError) as error:
        where = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        reason = error.msg if isinstance(error, SyntaxError) else error
        raise UserError(f"{path.name}{where}: not valid Python ({reason}).") from None


@functools.cache
def _digest_of_code(content: bytes) -> str:
    """Digest a file once, for all runs that are planned: reading it as Python takes its time."""
    return hashlib.sha256(ast.dump(ast.parse(content)).encode()).hexdigest()


def versions(*packages: str) -> dict[str, str]:
    """Note what the run was made with."""
    found = {"python": platform.python_version(), "numpy": np.__version__}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
