"""Try, in the locked worker and before any student code is there, what must not succeed.

A step that claims to hold may hold nothing: Landlock and seccomp can both be off while
everything else works.  So each worker first tries to break out itself.  Every probe does
what a submission would do, in a form that harms nothing should it succeed.
"""

import contextlib
import errno
import os
import socket
from collections.abc import Callable

# What a probe reports.  "held" is what a step of steps.py says too.
HELD, GOT_OUT = "held", "no: a probe got out"

NOWHERE = "/nonexistent/program"


def run(secrets: list[str], grader: int) -> dict[str, str]:
    """Try everything once; return by name "held", or what got out.

    secrets: files that a worker must not be able to read; grader: a process id.
    """
    probes: dict[str, Callable[[], bool]] = {
        "cannot_read_reference": lambda: any(reads(path) for path in secrets),
        "cannot_write_files": writes,
        "cannot_use_network": connects,
        "cannot_start_programs": lambda: forks() or executes(),
        "cannot_signal_grader": lambda: signals(grader),
    }
    return {name: _try(probe) for name, probe in probes.items()}


def reads(path: str) -> bool:
    """Read one byte of a file, or a name in a folder."""
    if os.path.isdir(path):
        return bool(os.listdir(path))
    with open(path, "rb") as file:
        return bool(file.read(1))


def writes() -> bool:
    """Make a file where everybody may, and where the worker stands; without a name, if that can be."""
    for folder in ("/tmp", "/dev/shm", os.getcwd()):
        with contextlib.suppress(OSError):
            os.close(os.open(folder, os.O_WRONLY | getattr(os, "O_TMPFILE", os.O_CREAT)))
            return True
        path = f"{folder}/escape-probe-{os.getpid()}"
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
            _tidy_up(os.unlink, path)
            return True
    return False


def connects() -> bool:
    """Address a datagram to this machine; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.connect(("127.0.0.1", 9))
    return True


def forks() -> bool:
    """Make a process that ends at once."""
    try:
        child = os.fork()
    except OSError:
        return False
    if child == 0:
        os._exit(0)
    _tidy_up(os.waitpid, child, 0)
    return True


def executes() -> bool:
    """Become a program that does not exist: what matters is who says no."""
    try:
        os.execv(NOWHERE, [NOWHERE])
    except OSError as error:
        return error.errno == errno.ENOENT
    return True


def signals(grader: int) -> bool:
    """Ask whether a signal could be sent; none is."""
    os.kill(grader, 0)
    return True


def _tidy_up(tidy: Callable[..., object], *arguments: object) -> None:
    """Tidy up; the probe is out even if something else keeps it from tidying up."""
    with contextlib.suppress(OSError):
        tidy(*arguments)


def _try(probe: Callable[[], bool]) -> str:
    try:
        return GOT_OUT if probe() else HELD
    except OSError:
        return HELD
