"""Say what isolation guarantees, which steps each platform has for it, and what to say when one fails.

This is the table that decides.  A worker reports its steps (steps.py) and its probes
(escape_probes.py); a guarantee is kept when one of its steps holds and its probe failed to get out.
"""

import dataclasses
import sys
from collections.abc import Sequence

from autograder.sandbox.lockdown.escape_probes import HELD

# What a worker tries, by platform.  Only Linux has all that the guarantees below need.
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
}


@dataclasses.dataclass(frozen=True)
class Guarantee:
    """One thing a submission must not be able to do, and what keeps it from doing it."""

    forbidden: str
    one_of: tuple[str, ...]  # any of these steps is enough
    probe: str = ""


GUARANTEES = (
    Guarantee("read the reference and the checks", ("landlock", "user"), "cannot_read_reference"),
    Guarantee("write files", ("landlock", "seccomp"), "cannot_write_files"),
    Guarantee("use the network", ("seccomp", "network"), "cannot_use_network"),
    Guarantee("start programs", ("seccomp",), "cannot_start_programs"),
    Guarantee("stop the grader", ("seccomp", "user"), "cannot_signal_grader"),
    Guarantee("gain privileges", ("no_new_privs",)),
    Guarantee("use unlimited memory and time", ("limits",)),
)


class NotIsolated(Exception):
    """The reason why this machine cannot isolate a submission, for whoever insisted that it must."""


def steps() -> tuple[str, ...]:
    """Return what a worker tries on this platform."""
    return STEPS.get(sys.platform, ())


def broken(report: dict[str, str]) -> list[Guarantee]:
    """Return the guarantees that a worker's report does not keep; none if no worker was started."""
    if not report:
        return []
    return [guarantee for guarantee in GUARANTEES if not _is_kept(guarantee, report)]


def sentence(report: dict[str, str]) -> str:
    """Say what isolation lacks here and what that means; nothing if it lacks nothing."""
    lost = broken(report)
    left = report.get("nothing_left", HELD)
    if not lost and left == HELD:
        return ""
    could = [guarantee.forbidden for guarantee in lost]
    if left != HELD:
        could.append("leave a process behind")
    listed = " and ".join([", ".join(could[:-1]), could[-1]] if could[1:] else could)
    return f"not isolated: on this machine a submission could {listed}; grade only files you trust here."


def attempts(tried: Sequence[str]) -> str:
    """Say what a submission tried that isolation forbids, after "the submission"."""
    return f"tried, without success, to {'; to '.join(tried)}."


def _is_kept(guarantee: Guarantee, report: dict[str, str]) -> bool:
    held = any(report.get(step) == HELD for step in guarantee.one_of)
    return held and report.get(guarantee.probe, HELD if not guarantee.probe else "") == HELD
