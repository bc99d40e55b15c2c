"""Pack the zip from which Gradescope builds its image: what grading needs, and nothing else."""

import dataclasses
import hashlib
import math
import re
from collections.abc import Iterator
from pathlib import Path

from autograder import ROOT
from autograder.assignment import config, template
from autograder.assignment.config import Assignment
from autograder.assignment.contract import PROBLEMS, problem
from autograder.common import reproducible_zip
from autograder.common.errors import UserError
from autograder.common.rooms import files_of, files_that_decide
from autograder.gradescope import smoke_test
from autograder.gradescope.from_report import NOT_FINISHED, nothing_graded
from autograder.gradescope.results import to_json
from autograder.grading import points, suite

IMAGE = Path(__file__).with_name("image")  # what stands at the root of the zip
WATCHDOG = re.compile(rb"^WATCHDOG_SECONDS=\d+.*$", re.MULTILINE)
# Deadlines end one after the other: the submission's, the watchdog's, Gradescope's.
GRACE_SECONDS = 60
MARGIN_SECONDS = 30
# What the grader itself takes beside a worker that takes all it may (tests/gradescope measures it).
GRADER_MB = 250
# Gradescope's limits, if nobody changed them.
BOX_MINUTES, BOX_MB = 10, 768
# The digest of the number in term_seed.txt before anybody has changed it.
SEED_OF_THE_KIT = "4c24ec6486f4236b98152606c35242856644b6ba394763c7454d3784bd1829b9"


@dataclasses.dataclass(frozen=True)
class Packed:
    """What was packed where, the size of every file, the digest of the whole, and what to know and do now."""

    path: Path
    sizes: dict[str, int]
    sha256: str
    next_step: str
    warnings: tuple[str, ...] = ()


def pack(assignment: Assignment, out: Path) -> Packed:
    """Write the zip; raises smoke_test.SmokeTestFailed if this grader must not grade anybody."""
    if out.is_dir() or not out.parent.is_dir():
        raise UserError(f"{out} cannot be written: --out must name a file in a folder that exists.")
    smoke_test.run(template.reference(assignment).encode(), _read(template.path_of()))
    files = collect(assignment)
    try:
        reproducible_zip.write(out, files, assignment.dates.released)
    except OSError as error:
        raise UserError(f"{out} cannot be written: {error.strerror}.") from None
    return Packed(
        path=out,
        sizes={name: len(content) for name, content in sorted(files.items())},
        sha256=hashlib.sha256(out.read_bytes()).hexdigest(),
        next_step=next_step(assignment, out.name),
        warnings=tuple(warnings(assignment)),
    )


def collect(assignment: Assignment, root: Path = ROOT) -> dict[str, bytes]:
    """Return the content of every file of the zip, by its path inside the zip."""
    unused = _other_problems(assignment)
    paths = [*files_that_decide(root), *files_of("gradescope", root), root / "autograder" / "doctor.py"]
    names = {path.relative_to(root).as_posix(): path for path in paths}
    return {
        **{name: _read(path) for name, path in names.items() if not name.startswith(unused)},
        "assignment.toml": _read(config.served()),
        **{path.name: _read(path) for path in sorted(IMAGE.iterdir()) if path.is_file()},
        "run_autograder": _run_autograder(assignment),
        "fallback.json": to_json(nothing_graded(assignment, NOT_FINISHED)).encode(),
    }


def _other_problems(assignment: Assignment) -> tuple[str, ...]:
    """Return where what is asked in other assignments lies: Gradescope needs none of it."""
    ours = {each.name for each in assignment.contract.problems}
    others = [file.parent.name for file in PROBLEMS.glob("*/problem.toml") if file.parent.name not in ours]
    references = {problem(name).reference for name in others} - {
        each.reference for each in assignment.contract.problems
    }
    return (
        *(f"autograder/problems/{name}/" for name in others),
        *(f"reference/{reference}" for reference in references),
    )


def watchdog_seconds(assignment: Assignment) -> int:
    """Return after how many seconds grading is ended from outside."""
    seconds, board = assignment.limits.total_seconds, assignment.leaderboard
    if board is not None:  # in a worker of its own, which reads the file once more
        seconds += assignment.limits.import_seconds + board.seconds
    return math.ceil(seconds) + GRACE_SECONDS


def next_step(assignment: Assignment, name: str) -> str:
    """Say what to click in Gradescope, and what to change there where its usual limits are too low."""
    minutes = math.ceil((watchdog_seconds(assignment) + MARGIN_SECONDS) / 60)
    memory_mb = assignment.limits.memory_mb + GRADER_MB
    settings = []
    if minutes > BOX_MINUTES:
        settings.append(f"a timeout of {minutes} minutes")
    if memory_mb > BOX_MB:
        settings.append(f"a container with {memory_mb} MB of memory or more")
    first = f"choose {' and '.join(settings)} in its Settings, then " if settings else ""
    return (
        f"open the assignment in Gradescope, {first}choose Ubuntu 22.04 on its Configure Autograder page, "
        f"upload {name} there and click Update Autograder."
    )


def warnings(assignment: Assignment) -> Iterator[str]:
    """Yield what the instructor may not have meant."""
    seed = hashlib.sha256(str(config.term_seed()).encode()).hexdigest()
    if seed == SEED_OF_THE_KIT:
        yield (
            "term_seed.txt is the one that the kit comes with, which anybody can read: "
            "write a number of your own into it (docs/every-year.md, step 3)."
        )
    for each in assignment.contract.problems:
        if each.draft:
            yield (
                f"autograder/problems/{each.name}/problem.toml says draft = true: its checks have been "
                "tried on few submissions. Remove the line when its zoo has fifteen right and "
                "fifteen wrong ones."
            )
    priced = points.price(suite.collect(assignment), assignment)
    unseen = sorted({one.check.shown for one in priced if one.check.visibility != "visible"})
    if unseen:
        yield (
            f"[feedback] keeps checks of {', '.join(unseen)} from students; as long as it does, "
            "Gradescope shows them no total."
        )


def _run_autograder(assignment: Assignment) -> bytes:
    """Return run_autograder with the deadline that follows from assignment.toml."""
    line = b"WATCHDOG_SECONDS=%d" % watchdog_seconds(assignment)
    text, count = WATCHDOG.subn(line, _read(IMAGE / "run_autograder"))
    if count != 1:
        raise UserError("run_autograder must have exactly one line WATCHDOG_SECONDS=...; put it back.")
    return text


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
