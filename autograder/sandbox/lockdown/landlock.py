"""Have Linux's Landlock hide every file but a few from this process, for good.

Landlock needs no privilege: it works as root and as a plain user, in a container and out
of one, wherever the kernel has it (Linux 5.13 and newer, unless switched off).  The three
system calls are made directly: no package that wraps them knows the newer rights (device
control, signals), and these lines are fewer than working round what one lacks.
Numbers and layouts: linux/landlock.h; the calls have the same numbers on every processor.
"""

import contextlib
import ctypes
import os
import stat
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION = 1
PATH_BENEATH = 1

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
# The rights over files that each version of Landlock can take away, as the first n bits.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
CONNECT_AND_BIND = 0b11  # TCP, from version 4
SOCKETS_AND_SIGNALS = 0b11  # to processes outside, from version 6


class Ruleset(ctypes.Structure):
    """What is forbidden unless a rule allows it."""

    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class Rule(ctypes.Structure):
    """Some rights on a file, or on everything beneath a folder."""

    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("descriptor", ctypes.c_int32))


def hide_files(readable: Iterable[str], writable: Iterable[str] = ()) -> None:
    """Leave this process only what is listed, files or whole folders; what does not exist is passed over.

    Also takes away, where this Linux can, TCP and signals to other processes.  Needs
    no_new_privs.  Raises OSError if this Linux has no Landlock.
    """
    version = _call(CREATE_RULESET, None, 0, ASK_VERSION)
    ruleset = Ruleset(
        files=(1 << FILE_RIGHTS.get(version, 16)) - 1,
        network=CONNECT_AND_BIND if version >= 4 else 0,
        scopes=SOCKETS_AND_SIGNALS if version >= 6 else 0,
    )
    descriptor = _call(CREATE_RULESET, ctypes.byref(ruleset), ctypes.sizeof(ruleset), 0)
    try:
        for path in readable:
            _allow(descriptor, path, READ_FILE | READ_DIR)
        for path in writable:
            _allow(descriptor, path, READ_FILE | WRITE_FILE)
        _call(RESTRICT_SELF, descriptor, 0)
    finally:
        os.close(descriptor)


def _allow(ruleset: int, path: str, rights: int) -> None:
    with contextlib.suppress(FileNotFoundError, PermissionError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
                rights &= ~READ_DIR  # a right that only folders have is an error on a file
            rule = Rule(rights=rights, descriptor=descriptor)
            _call(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
        finally:
            os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    result: int = ctypes.CDLL(None, use_errno=True).syscall(number, *arguments)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"this Linux has no Landlock ({os.strerror(error)})")
    return result
