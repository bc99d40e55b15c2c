"""Turn an exception in the replies of a worker into the error that a check, or the runner, meets."""

import re
import sys

from autograder.assignment.config import Limits
from autograder.assignment.contract import Contract
from autograder.common import sanitize
from autograder.intake.places import Places
from autograder.sandbox.errors import NotLoaded, NotWritten, Raised
from autograder.sandbox.protocol.messages import ExceptionRaised

# What the template raises; a student may mean something by any other NotImplementedError.
BLANK = re.compile(r"[\w.]+: see the handout, ")


def error_of(raised: ExceptionRaised, called: str, contract: Contract, places: Places) -> Raised | NotWritten:
    """Return what a call ended with: an exception, in words that are safe to show, or a blank."""
    if raised.kind == "NotImplementedError" and BLANK.match(raised.text):
        return _not_written(called, raised.text, contract)
    line = raised.line if raised.line and 0 < raised.line < 1_000_000 else 0
    place = places.of(line) if line else ""
    text, code = sanitize.clean(raised.text), sanitize.clean(raised.code)
    return Raised(called, sanitize.name(raised.kind), text, place, code, line)


def while_loading(raised: ExceptionRaised, places: Places, limits: Limits) -> NotLoaded:
    """Return why a file could not be read."""
    if raised.kind == "MemoryError":
        return NotLoaded("your file", f"Importing your file took more than {limits.memory_mb} MB of memory.")
    where = f" in {places.of(raised.line)}: {sanitize.code(raised.code)}" if raised.line else ""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    why = f"{where} ({sanitize.code(raised.text)}). Python {python} was used."
    return NotLoaded("your file", f"Your file is not valid Python{why}", raised.line or 0)


def _not_written(called: str, text: str, contract: Contract) -> NotWritten:
    """Name the blank that is still there: the called function, or one that it uses."""
    blank = text.partition(":")[0]
    if blank in contract.shown.values() and blank != called:
        return NotWritten(blank, f"`{called}` needs `{blank}`, which is not written yet.")
    return NotWritten(called, f"`{called}` is not written yet.")
