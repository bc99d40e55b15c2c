"""Keep on disk what follows from the checks and the term's seed alone: the list of checks, and inputs.

Collecting and drawing takes pytest and Hypothesis, and longer than grading a right submission.  What
comes of it is kept beside the checks, and read where nothing that it depends on has changed.
A file that is damaged, or that somebody else may have written, is made anew; without it all is the
same, only slower.

No submission can read it: it lies where the checks lie, which a worker sees nothing of, and only its
owner may open it (SECURITY.md).
"""

import contextlib
import dataclasses
import hashlib
import importlib
import importlib.util
import io
import os
import pickle
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from autograder import ROOT
from autograder.assignment import config
from autograder.checking.inputs import Drawn
from autograder.common import whole_file
from autograder.common.rooms import DECIDING

FOLDER = ROOT / "autograder" / "problems" / ".kept"
PACKAGES = ("hypothesis", "numpy", "pytest")
DIGEST = hashlib.sha256
# What a pickle of inputs may be made of, besides the classes of the problems.
NUMPY_ARRAYS = {
    "numpy": ("dtype", "ndarray"),
    "numpy._core.multiarray": ("_reconstruct", "scalar"),
    "numpy._core.numeric": ("_frombuffer",),
}
INPUTS = {"autograder.checking.inputs": ("Drawn",), **NUMPY_ARRAYS}


@dataclasses.dataclass(frozen=True)
class Collected:
    """What pytest says of one check: its function, its name with these parameters, and their places."""

    file: Path
    function: Callable[..., Any]
    name: str
    parameters: dict[str, Any] = dataclasses.field(default_factory=dict)
    indices: tuple[int, ...] = ()


Kept = list[tuple[Collected, list[Drawn]]]


def read(paths: Sequence[Path]) -> Kept | None:
    """Return the checks of these files and folders, each with its inputs; None if they are not known."""
    try:
        content = _own_file(_place(paths))
        size = DIGEST().digest_size
        digests, body = content[: 2 * size], content[2 * size :]
        if digests != _key() + DIGEST(body).digest():
            return None
        rows = _Inputs(io.BytesIO(body)).load()
        return [(_collected(*row), drawn) for *row, drawn in rows]
    except Exception:  # whatever may be wrong with it, it can be made anew
        return None


def write(paths: Sequence[Path], checks: Kept) -> None:
    """Keep this for the next grading, if the folder of the kit can be written to."""
    # Whatever comes between: a full disk, a folder of somebody else's, inputs that cannot be kept.
    with contextlib.suppress(Exception):
        body = pickle.dumps([(*_row(one), drawn) for one, drawn in checks], pickle.HIGHEST_PROTOCOL)
        FOLDER.mkdir(exist_ok=True)
        # At once: of several processes that write, the last one wins, and all write the same.
        with whole_file.private(_place(paths)) as part:
            part.write_bytes(_key() + DIGEST(body).digest() + body)


def _place(paths: Sequence[Path]) -> Path:
    """Name the file after what is asked: two assignments do not take turns with one file."""
    asked = [str(config.served()), *map(str, paths)]
    return FOLDER / f"inputs-{DIGEST(repr(asked).encode()).hexdigest()[:16]}.kept"


@cache
def _key() -> bytes:
    """Return a digest of all that checks and inputs depend on: code, seed, assignment, packages, Python."""
    digest = DIGEST(repr((config.term_seed(), sys.version_info, *_versions())).encode())
    folders = [ROOT / "reference", *(ROOT / "autograder" / room for room in DECIDING)]
    for path in (str(config.served()), *sorted(path for folder in folders for path in _sources(str(folder)))):
        with open(path, "rb") as file:  # noqa: PTH123  # a hundred files: pathlib would take twice the time
            content = file.read()
        digest.update(f"{os.path.relpath(path, ROOT)} {len(content)}\n".encode() + content)
    return digest.digest()


def _sources(folder: str) -> Iterator[str]:
    """Find what is imported below a folder, and the contracts; a zoo is no part of an input."""
    for entry in os.scandir(folder):
        if entry.is_dir() and entry.name != "zoo":
            yield from _sources(entry.path)
        elif entry.name.endswith(".py") or entry.name == "problem.toml":
            yield entry.path


def _versions() -> Iterable[str]:
    """Tell the versions of packages without importing them: as the folders beside them are called."""
    for name in PACKAGES:
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            raise ImportError(name)
        yield str(sorted(path.name for path in Path(found.origin).parents[1].glob(f"{name}-*")))


def _own_file(path: Path) -> bytes:
    """Read a file that nobody but this user can have written; raises OSError for any other."""
    with path.open("rb") as file:
        about = os.fstat(file.fileno())
        own = not hasattr(os, "geteuid") or about.st_uid == os.geteuid()
        if not own or not stat.S_ISREG(about.st_mode) or about.st_mode & 0o077:
            raise PermissionError(path)
        return file.read()


def _row(one: Collected) -> tuple[Any, ...]:
    """Put a function into a pickle by its name, and its file by where it stands in the kit."""
    file = one.file.relative_to(ROOT).as_posix()
    return file, one.function.__name__, one.name, one.parameters, one.indices


def _collected(file: str, function: str, name: str, parameters: Any, indices: Any) -> Collected:
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    return Collected(ROOT / file, getattr(module, function), name, parameters, indices)


class _Inputs(pickle.Unpickler):
    """Read a pickle in which there is nothing but inputs: it calls nothing that other data might do with."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class of a problem's, or what arrays are made of."""
        if name in INPUTS.get(module, ()):
            return super().find_class(module, name)
        if module.startswith("autograder.problems.") and isinstance(
            found := super().find_class(module, name), type
        ):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an input")
