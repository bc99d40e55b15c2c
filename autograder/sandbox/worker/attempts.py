"""Notice what a submission tries that the lock-down forbids, so that the staff can look at it.

The lock-down stops it all the same, and the score is what the submission earns.  Nothing depends on
this being complete: Python tells its audit hooks of most such things, and native code can get around them.
"""

import os
import re
import sys
import threading
from collections.abc import Callable
from typing import Any

MOST = 10  # that are told of one worker
# What Python reads by itself to show a traceback, and holds no secret.
HARMLESS = ("autograder/sandbox/", "autograder/common/", "autograder/intake/", ".venv/")
ON_GRADESCOPE = "/autograder"
ANOTHER_PROCESS = re.compile(r"/proc/\d+/")
OPENS = ("open", "os.listdir", "os.scandir", "os.chdir")
OF_THE_GRADER = ("reference", "autograder")  # packages
CONNECTS = (
    "socket.__new__", "socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo",
    "socket.gethostbyname", "urllib.Request", "http.client.connect",
)  # fmt: skip
INTERNET = (2, 10, 23, 24, 28, 30)  # AF_INET, and what systems call AF_INET6
STARTS = ("os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system", "os.spawn", "subprocess.Popen")
SIGNALS = ("os.kill", "os.killpg", "signal.pthread_kill")


class Attempts:
    """What has been tried so far, each kind of it once; told at once, or by the next to be told."""

    def __init__(self, root: str, tell: Callable[[str], None]) -> None:
        self._root = root + os.sep
        self._tell = tell
        self._known: set[str] = set()
        self._untold: list[str] = []
        self._process, self._thread = os.getpid(), threading.get_ident()

    def watch(self) -> None:
        """Listen from now on; nothing can take a hook away again."""
        sys.addaudithook(self._hear)

    def tell_all(self) -> None:
        """Tell what threads of the submission have tried meanwhile."""
        while self._untold:
            self._tell(self._untold.pop(0))

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in OF_INTEREST or len(self._known) >= MOST:
            return
        what = self._forbidden(event, arguments)
        if not what or what in self._known or os.getpid() != self._process:
            return
        self._known.add(what)
        self._untold.append(what)
        if threading.get_ident() == self._thread:  # another one could cut into a message
            self.tell_all()

    def _forbidden(self, event: str, arguments: tuple[Any, ...]) -> str:
        """Say what an event means; nothing if it is allowed."""
        first = arguments[0] if arguments else ""
        if event in OPENS:
            return self._reads(first)
        if event == "import":
            package = str(first).partition(".")[0]
            return f"import {package}" if package in OF_THE_GRADER else ""
        if event in CONNECTS:
            return self._connects(event, arguments)
        if event in SIGNALS:
            return "send a signal"
        program = "" if event in ("os.fork", "os.forkpty") else f" ({first!r:.80})"
        return f"start a program{program}" if program else "start a process"

    @staticmethod
    def _connects(event: str, arguments: tuple[Any, ...]) -> str:
        if event == "socket.__new__":  # other families are for talking to oneself
            return "use the network" if int(arguments[1]) in INTERNET else ""
        where = arguments[1] if event in ("socket.connect", "socket.bind", "socket.sendto") else arguments[0]
        return f"use the network ({where!r:.80})"

    def _reads(self, where: Any) -> str:
        """Say which file of the grader or of another process this is; nothing if it is neither."""
        if not isinstance(where, (str, bytes)):
            return ""
        path = os.path.abspath(os.fsdecode(where))  # noqa: PTH100 (links are not followed)
        inside = path.removeprefix(self._root)
        if inside != path:
            return "" if inside.startswith(HARMLESS) else f"read {inside}"
        if ANOTHER_PROCESS.match(path) and not path.startswith(f"/proc/{self._process}/"):
            return f"read {re.sub('[0-9]+', 'N', path, count=1)}"
        grader = path.startswith(f"{ON_GRADESCOPE}/") and not path.startswith(f"{ON_GRADESCOPE}/venv/")
        return f"read {path}" if grader else ""


OF_INTEREST = frozenset((*OPENS, *CONNECTS, *STARTS, *SIGNALS, "import"))
