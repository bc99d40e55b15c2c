"""Pack the zip from which Gradescope builds its image: what grading needs, and nothing else."""

import dataclasses
import hashlib
import json
import math
import re
from pathlib import Path

from autograder import ROOT
from autograder.assignment.config import Assignment
from autograder.assignment.template import REFERENCE_PATH, TEMPLATE_PATH
from autograder.common import reproducible_zip
from autograder.common.errors import UserError
from autograder.gradescope import smoke_test
from autograder.gradescope.results import NOT_FINISHED, fallback

IMAGE = Path(__file__).with_name("image")  # what stands at the root of the zip
NEEDED = (
    "assignment.toml",
    "term_seed.txt",
    "reference/*.py",
    "autograder/__init__.py",
    "autograder/doctor.py",
    *(
        f"autograder/{room}/**/*.py"
        for room in (
            "assignment",
            "checking",
            "checks",
            "common",
            "gradescope",
            "grading",
            "intake",
            "sandbox",
            "zoo",
        )
    ),
    "autograder/zoo/*/*.toml",
)
UNUSED: set[str] = set()

WATCHDOG = re.compile(rb"^WATCHDOG_SECONDS=\d+.*$", re.MULTILINE)
# Deadlines end one after the other: the submission's, the watchdog's, Gradescope's.
GRACE_SECONDS = 60
MARGIN_SECONDS = 30
# What the grader itself takes beside a worker that takes all it may (tests/gradescope measures it).
GRADER_MB = 250
# Gradescope's limits, if nobody changed them.
BOX_MINUTES, BOX_MB = 10, 768


@dataclasses.dataclass(frozen=True)
class Packed:
    """Tell what was packed where, the size of every file, the digest of the whole, and what to do now."""

    path: Path
    sizes: dict[str, int]
    sha256: str
    next_step: str


def pack(kit: Assignment, out: Path) -> Packed:
    """Write the zip; raises smoke_test.SmokeTestFailed if this grader must not grade anybody."""
    if out.is_dir() or not out.parent.is_dir():
        raise UserError(f"{out} cannot be written: --out names a file, in a folder that exists.")
    smoke_test.run(_read(REFERENCE_PATH), _read(TEMPLATE_PATH))
    files = collect(kit)
    try:
        reproducible_zip.write(out, files, kit.dates.released)
    except OSError as error:
        raise UserError(f"{out} cannot be written: {error.strerror}.") from None
    return Packed(
        path=out,
        sizes={name: len(content) for name, content in sorted(files.items())},
        sha256=hashlib.sha256(out.read_bytes()).hexdigest(),
        next_step=next_step(kit, out.name),
    )


def collect(kit: Assignment, root: Path = ROOT) -> dict[str, bytes]:
    """Return the content of every file of the zip, by its path inside the zip."""
    paths = sorted(path for pattern in NEEDED for path in root.glob(pattern))
    names = {path.relative_to(root).as_posix(): path for path in paths}
    not_finished = fallback(kit, NOT_FINISHED)
    return {
        **{name: _read(path) for name, path in names.items() if name not in UNUSED},
        **{path.name: _read(path) for path in sorted(IMAGE.iterdir()) if path.is_file()},
        "run_autograder": _run_autograder(kit),
        "fallback.json": json.dumps(not_finished, indent=1, ensure_ascii=False).encode(),
    }


def watchdog_seconds(kit: Assignment) -> int:
    """Return after how many seconds grading is ended from outside."""
    return math.ceil(kit.limits.total_seconds) + GRACE_SECONDS


def next_step(kit: Assignment, name: str) -> str:
    """Say what to click in Gradescope, and what to change there where its usual limits are too low."""
    minutes = math.ceil((watchdog_seconds(kit) + MARGIN_SECONDS) / 60)
    memory_mb = kit.limits.memory_mb + GRADER_MB
    settings = []
    if minutes > BOX_MINUTES:
        settings.append(f"a timeout of {minutes} minutes")
    if memory_mb > BOX_MB:
        settings.append(f"a container with {memory_mb} MB of memory or more")
    first = f"choose {' and '.join(settings)} in its Settings, then " if settings else ""
    return (
        f"open the assignment in Gradescope, {first}choose Ubuntu 22.04 on its page Configure Autograder, "
        f"upload {name} there and click Update Autograder."
    )


def _run_autograder(kit: Assignment) -> bytes:
    """Return run_autograder with the deadline that follows from assignment.toml."""
    line = b"WATCHDOG_SECONDS=%d" % watchdog_seconds(kit)
    text, count = WATCHDOG.subn(line, _read(IMAGE / "run_autograder"))
    if count != 1:
        raise UserError("run_autograder has no line WATCHDOG_SECONDS=...; it needs just one.")
    return text


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
