"""Lock a worker in, step by step, before any student code is there.

Runs in the worker.  Each step reports "held", or why it did not; which of them a guarantee
needs stands in guarantees.py.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable

import numpy as np

from autograder.sandbox.lockdown import landlock, seccomp
from autograder.sandbox.lockdown.escape_probes import HELD
from autograder.sandbox.protocol.messages import Start

LOWEST_UID = 100_000  # below are the users that machines give to people and services
THREADS = 32

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CLONE_NEWNET, CLONE_NEWIPC = 0x40000000, 0x08000000

# What a submission may read: the C library, Python's own library, NumPy, the time zones.
READABLE = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
    os.path.dirname(os.__file__),
    os.path.dirname(np.__file__),
    os.path.dirname(np.__file__) + ".libs",
)
WRITABLE = ("/dev/null",)


def apply(start: Start) -> dict[str, str]:
    """Apply the steps that `start` names, in the one order that works, and tell whether each held.

    What needs privileges comes before they are given up; a change of user clears the death
    signal and the dumpable flag, so they come after it; Landlock and seccomp need
    no_new_privs; seccomp comes last, because it forbids all of the others.
    """
    report: dict[str, str] = {}
    steps: dict[str, Callable[[], None]] = {
        "session": own_session,
        "network": own_network,
        "limits": lambda: limit_resources(start),
        "user": lambda: become(start.uid),
        "dies_with_grader": die_with_grader,
        "no_new_privs": lambda: _prctl(PR_SET_NO_NEW_PRIVS, 1),
        "not_dumpable": lambda: _prctl(PR_SET_DUMPABLE, 0),
        "landlock": lambda: landlock.hide_files([*READABLE, os.getcwd()], WRITABLE),
        "seccomp": lambda: seccomp.refuse_all_but_computing(read_only=report.get("landlock") != HELD),
    }
    for name, step in steps.items():
        if name in start.steps:
            report[name] = _attempt(step)
    return report


def own_session() -> None:
    """Confirm that the worker leads a session of its own, so that all of it can be killed."""
    if os.getsid(0) != os.getpid():
        raise OSError("the worker shares the grader's session")


def own_network() -> None:
    """Leave the machine's network for an empty one."""
    if _libc().unshare(CLONE_NEWNET | CLONE_NEWIPC):
        raise OSError(f"needs CAP_SYS_ADMIN ({os.strerror(ctypes.get_errno())})")


def become(uid: int | None) -> None:
    """Become, for good, a user that owns nothing and that nobody else is."""
    if uid is None:
        raise OSError("the grader is not root")
    if uid < LOWEST_UID:
        raise OSError(f"{uid} may be somebody")
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def die_with_grader() -> None:
    """Ask Linux to kill the worker when the grader is gone."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def limit_resources(start: Start) -> None:
    """Cap memory, CPU time, open files and threads; forbid writing files and core dumps."""
    caps = {
        "RLIMIT_AS": start.memory_mb << 20,
        "RLIMIT_CPU": start.cpu_seconds,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
    }
    if start.uid is not None:
        caps["RLIMIT_NPROC"] = THREADS  # Linux counts the threads of a user, and this one is new
    elif not sys.platform.startswith("linux"):
        caps["RLIMIT_NPROC"] = 0  # macOS counts processes only
    optional = ("RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE")  # macOS lacks them
    refused = []
    for name, cap in caps.items():
        if not hasattr(resource, name) and name in optional:
            continue
        try:
            resource.setrlimit(getattr(resource, name), (cap, cap))
        except (AttributeError, ValueError, OSError):
            refused.append(name)
    # A write past the size limit must be an error the submission sees, not its death.
    with contextlib.suppress(AttributeError, ValueError):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if refused:
        raise OSError(f"{', '.join(refused)} refused")


def _prctl(option: int, value: int) -> None:
    if _libc().prctl(option, value, 0, 0, 0):
        raise OSError(f"prctl refused ({os.strerror(ctypes.get_errno())})")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _attempt(step: Callable[[], None]) -> str:
    try:
        step()
    except Exception as error:
        return f"no: {error}"
    return HELD
