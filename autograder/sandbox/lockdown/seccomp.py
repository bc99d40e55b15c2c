"""Have Linux refuse this process every system call but those that computing needs, for good.

A list of what is allowed, not of what is forbidden: what a newer kernel adds is refused
until somebody has thought about it.  libseccomp, which apt and systemd bring along, knows
the numbers of the calls on each processor; it is called directly, because the package that
wraps it looks for the library by starting a compiler.
"""

import ctypes
import errno
import os
from functools import cache

LIBRARY = "libseccomp.so.2"

ALLOW = 0x7FFF0000
REFUSE = 0x00050000  # plus the error number that the caller sees
NOT_KNOWN = -1

MEMORY = "brk mmap munmap mprotect mremap madvise mincore"
FILES = """
    read write readv writev pread64 pwrite64 lseek close close_range dup dup2 dup3
    stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents64
    getcwd chdir statfs fstatfs fsync fdatasync ftruncate umask pipe pipe2 recvfrom
"""
WAITING = """
    select pselect6 poll ppoll epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2
    futex nanosleep clock_nanosleep pause sched_yield restart_syscall
"""
TIME = "clock_gettime clock_getres gettimeofday time times alarm setitimer getitimer"
SIGNALS = """
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack
"""
ITSELF = """
    exit exit_group getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups
    getpgrp getpgid getsid getrlimit setrlimit getrusage uname sysinfo getcpu getrandom
    sched_getaffinity sched_getscheduler sched_getparam getpriority
    set_tid_address set_robust_list rseq membarrier arch_prctl
"""

# Which files can be opened, and how, is a matter of Landlock.  Where that is missing, none is
# opened for writing: these bits of the flags must be zero.
OPENING = {"open": 1, "openat": 2}  # the call, and which of its arguments are the flags
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

EQUAL, MASKED = 4, 7
CLONE_THREAD = 0x10000
# Only what asks about a file or a terminal: a descriptor can also be told to send signals.
FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 1030)  # F_DUPFD to F_SETLKW, F_DUPFD_CLOEXEC
IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS TIOCGWINSZ FIONREAD FIONBIO FIO(N)CLEX
PR_SET_NAME, PR_GET_NAME = 15, 16


class Condition(ctypes.Structure):
    """A comparison of one argument of a call: `EQUAL` to `a`, or `MASKED` with `a` equal to `b`."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("comparison", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


def refuse_all_but_computing(*, read_only: bool) -> None:
    """Allow memory, files, time and threads; refuse programs, processes, sockets and the rest.

    read_only: also refuse to open any file for writing.
    Needs no_new_privs.  Raises OSError if libseccomp or the kernel's part of it is missing.
    """
    allowed = prepare(read_only=read_only)
    for name in ("kill", "tgkill"):  # abort() signals its own process
        allowed.rule(ALLOW, name, Condition(0, EQUAL, os.getpid()))
    allowed.load()


@cache
def prepare(*, read_only: bool) -> "Filter":
    """Collect what every worker is allowed: a fork server does it once for all of them."""
    allowed = Filter(REFUSE | errno.EPERM)
    for names in (MEMORY, FILES, WAITING, TIME, SIGNALS, ITSELF):
        for name in names.split():
            allowed.rule(ALLOW, name)
    for name, flags in OPENING.items():
        allowed.rule(ALLOW, name, *([Condition(flags, MASKED, WRITING, 0)] if read_only else []))
    for command in FCNTL:
        allowed.rule(ALLOW, "fcntl", Condition(1, EQUAL, command))
    for command in IOCTL:
        allowed.rule(ALLOW, "ioctl", Condition(1, EQUAL, command))
    for option in (PR_SET_NAME, PR_GET_NAME):
        allowed.rule(ALLOW, "prctl", Condition(0, EQUAL, option))
    allowed.rule(ALLOW, "prlimit64", Condition(0, EQUAL, 0))
    allowed.rule(ALLOW, "sendto", Condition(4, EQUAL, 0))  # the connection it has, no address
    allowed.rule(ALLOW, "clone", Condition(0, MASKED, CLONE_THREAD, CLONE_THREAD))
    allowed.rule(REFUSE | errno.ENOSYS, "clone3")  # its flags cannot be seen; the C library uses clone then
    return allowed


class Filter:
    """A filter that libseccomp builds and the kernel enforces."""

    def __init__(self, otherwise: int) -> None:
        self._library = ctypes.CDLL(LIBRARY, use_errno=True)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(otherwise)))
        if not self._context:
            raise OSError("libseccomp could not make a filter")

    def rule(self, action: int, name: str, *conditions: Condition) -> None:
        """Do `action` on a call when all conditions hold; a call this processor lacks is passed over."""
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        if number <= NOT_KNOWN:
            return
        array = (Condition * len(conditions))(*conditions)
        refused = self._library.seccomp_rule_add_array(
            self._context, ctypes.c_uint32(action), number, len(conditions), array
        )
        if refused:
            raise OSError(-refused, f"libseccomp refuses the rule for {name}")

    def load(self) -> None:
        """Put the filter in force for this process and its threads to come."""
        refused = self._library.seccomp_load(self._context)
        self._library.seccomp_release(self._context)
        if refused:
            raise OSError(-refused, "the kernel refuses the filter")
