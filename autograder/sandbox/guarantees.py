"""Say what isolation promises, which steps each platform has for it, and what to say when one fails.

This is the table that decides.  A worker reports its steps (limits.py) and its canaries
(canaries.py); a promise is kept when one of its steps holds and its canary failed to get out.
"""

import dataclasses
import sys

from autograder.sandbox.canaries import HELD

# What a worker tries, by platform.  Only Linux has all that the promises below need.
STEPS: dict[str, tuple[str, ...]] = {
    "linux": (
        "session",
        "network",
        "limits",
        "user",
        "dies_with_grader",
        "no_new_privs",
        "not_dumpable",
        "landlock",
        "seccomp",
    ),
    "darwin": ("session", "limits"),
    "win32": (),
}


@dataclasses.dataclass(frozen=True)
class Promise:
    """Hold one thing a submission must not be able to do, and what keeps it from doing it."""

    forbidden: str
    one_of: tuple[str, ...]  # any of these steps is enough
    canary: str = ""


PROMISES = (
    Promise("read the reference and the checks", ("landlock", "user"), "cannot_read_reference"),
    Promise("write files", ("landlock", "seccomp"), "cannot_write_files"),
    Promise("use the network", ("seccomp", "network"), "cannot_use_network"),
    Promise("start programs", ("seccomp",), "cannot_start_programs"),
    Promise("stop the grader", ("seccomp", "user"), "cannot_signal_grader"),
    Promise("gain privileges", ("no_new_privs",)),
    Promise("use memory and time without bound", ("limits",)),
)


class NotIsolated(Exception):
    """Say that this machine cannot isolate a submission, to whoever insisted that it must."""


def steps() -> tuple[str, ...]:
    """Return what a worker tries on this platform."""
    return STEPS.get(sys.platform, ())


def broken(report: dict[str, str]) -> list[Promise]:
    """Return the promises that a worker's report does not keep; none if no worker was started."""
    if not report:
        return []
    return [promise for promise in PROMISES if not _is_kept(promise, report)]


def sentence(report: dict[str, str]) -> str:
    """Say what isolation lacks here and what that means; nothing if it lacks nothing."""
    lost = broken(report)
    left = report.get("nothing_left", HELD)
    if not lost and left == HELD:
        return ""
    could = [promise.forbidden for promise in lost]
    if left != HELD:
        could.append("leave a process behind")
    listed = " and ".join([", ".join(could[:-1]), could[-1]] if could[1:] else could)
    return f"not isolated: on this machine a submission could {listed}; grade only files you trust here."


def _is_kept(promise: Promise, report: dict[str, str]) -> bool:
    held = any(report.get(step) == HELD for step in promise.one_of)
    return held and report.get(promise.canary, HELD if not promise.canary else "") == HELD
