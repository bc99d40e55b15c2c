"""Grade a few submissions under the conditions of another machine, in a process made for that.

python -m tests.sandbox.as_if CONDITION NAME...   prints a JSON object: name -> points, isolation, reasons

NAME is "reference" or the name of a threat.  Conditions, each of which needs root on Linux:

container      root without CAP_SYS_ADMIN, under a filter like Docker's: Gradescope
old-container  the same, in a kernel or under a Docker that knows no Landlock
user           somebody who is not root, such as a TA at a laptop
"""

import ctypes
import json
import os
import sys
from pathlib import Path

from autograder import ROOT
from autograder.sandbox.lockdown import seccomp

PR_CAPBSET_DROP = 24
# CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT
# MKNOD AUDIT_WRITE SETFCAP: what Docker leaves to root.
DOCKER_KEEPS = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
DOCKER_REFUSES = """
    unshare setns mount umount2 pivot_root bpf perf_event_open userfaultfd keyctl add_key request_key
    kexec_load init_module finit_module delete_module swapon swapoff reboot open_by_handle_at quotactl
"""
LANDLOCK = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"

QUIET = "import os, sys\nsys.stdout = open(os.devnull, 'w')\nprint('x')\n"  # harmless everywhere

CLONE_NEWNS, MS_BIND, MS_REC, MS_PRIVATE = 0x20000, 4096, 16384, 1 << 18
SOMEBODY = 54_321


def main(condition: str, *names: str) -> None:
    """Put on the condition, then grade in a Python that was started under it."""
    if condition == "user":
        open_the_way_to(Path(sys.base_prefix))
        os.setgroups([])
        os.setresgid(SOMEBODY, SOMEBODY, SOMEBODY)
        os.setresuid(SOMEBODY, SOMEBODY, SOMEBODY)
    else:
        keep_dockers_capabilities()
        refuse_what_docker_does(landlock=condition == "container")
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    arguments = [sys.executable, "-c", f"from tests.sandbox.as_if import grade; grade({names!r})"]
    os.execve(sys.executable, arguments, environment)


def grade(names: tuple[str, ...]) -> None:
    """Grade and print."""
    from autograder.intake.submission import accept
    from tests.sandbox.conftest import QUICK, grade_some, reasons
    from tests.sandbox.threats import THREATS

    sources = {threat.name: threat.code.replace("ROOT", str(ROOT)) for threat in THREATS}
    template = (ROOT / "template" / "solution.py").read_text(encoding="utf-8")
    found = {}
    for name in names:
        if name == "reference":
            reference = (ROOT / "reference" / "solution.py").read_text(encoding="utf-8")
            report = grade_some(accept(name, (QUIET + reference).encode()))
        else:
            report = grade_some(accept(name, f"{template}\n{sources[name]}".encode()), assignment=QUICK)
        found[name] = {
            "points": report.points,
            "isolation": dict(report.isolation),
            "not_isolated": report.not_isolated,
            "reasons": reasons(report),
            "import_failed": [
                o.reason for o in report.outcomes if o.check.function == "file" and not o.passed
            ],
        }
    print(json.dumps(found))


def keep_dockers_capabilities() -> None:
    """Give up, for everything that is started from here, what Docker does not leave to root."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in set(range(last + 1)) - DOCKER_KEEPS:
        check(ctypes.CDLL(None, use_errno=True).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))


def refuse_what_docker_does(*, landlock: bool) -> None:
    """Refuse the system calls that matter here and that Docker's filter refuses."""
    docker = seccomp.Filter(seccomp.ALLOW)
    for name in (DOCKER_REFUSES + ("" if landlock else LANDLOCK)).split():
        docker.rule(seccomp.REFUSE | 1, name)
    docker.load()


def open_the_way_to(folder: Path) -> None:
    """Let everybody enter the home directory that this Python is in, as only this process sees it."""
    closed = [parent for parent in folder.parents if not parent.stat().st_mode & 0o001]
    if not closed:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    check(libc.unshare(CLONE_NEWNS))
    check(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    aside = b"/mnt"
    check(libc.mount(bytes(folder), aside, None, MS_BIND, None))
    check(libc.mount(b"none", bytes(closed[-1]), b"tmpfs", 0, b"mode=755"))
    folder.mkdir(parents=True)
    check(libc.mount(aside, bytes(folder), None, MS_BIND, None))


def check(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), "this machine allows no such thing")


if __name__ == "__main__":
    main(*sys.argv[1:])
