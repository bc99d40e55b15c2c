"""Tie a worker's hands, step by step, before any student code is there.

Runs in the worker.  Each step reports "held", or why it did not; which steps a platform
must have is for the grader to decide.
"""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable

try:
    import resource
except ImportError:  # Windows has no resource limits
    resource = None  # type: ignore[assignment]

HELD = "held"
PR_SET_PDEATHSIG = 1


def tie(memory_mb: int, cpu_seconds: int) -> dict[str, str]:
    """Apply every step and return, by name, whether it held."""
    steps: dict[str, Callable[[], None]] = {
        "session": own_session,
        "dies_with_grader": die_with_grader,
        "limits": lambda: limit_resources(memory_mb, cpu_seconds),
    }
    return {name: _attempt(step) for name, step in steps.items()}


def own_session() -> None:
    """Confirm that the worker leads a session of its own, so that all of it can be killed."""
    if os.getsid(0) != os.getpid():
        raise OSError("the worker shares the grader's session")


def die_with_grader() -> None:
    """Ask Linux to kill the worker when the grader is gone."""
    if not sys.platform.startswith("linux"):
        raise OSError("only Linux can")
    if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        raise OSError("prctl refused")


def limit_resources(memory_mb: int, cpu_seconds: int) -> None:
    """Cap memory, CPU time, open files and processes; forbid writing files and core dumps."""
    if resource is None:
        raise OSError("this system has no resource limits")
    caps = {
        "RLIMIT_AS": memory_mb << 20,
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,  # no new process or thread; Linux does not hold root to it
    }
    refused = []
    for name, cap in caps.items():
        try:
            resource.setrlimit(getattr(resource, name), (cap, cap))
        except (AttributeError, ValueError, OSError):
            refused.append(name)
    # A write past the size limit must be an error the submission sees, not its death.
    with contextlib.suppress(AttributeError, ValueError):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if refused:
        raise OSError(f"{', '.join(refused)} refused")


def _attempt(step: Callable[[], None]) -> str:
    try:
        step()
    except Exception as error:
        return f"no: {error}"
    return HELD
