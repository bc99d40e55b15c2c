"""Hold the tricks: what a submission may try instead of solving the assignment.

Each is code that stands behind the template, which is worth nothing.  It runs in the worker
under test and nowhere else, and it is bounded should the worker not hold it: a few
processes, seconds, megabytes, and no address but this machine's own.

In the code, ROOT is the folder of the kit, RESULTS a results.json that everybody may write,
MARK a word for the names of files, so that a file left behind can be found.
"""

import dataclasses

from tests.sentences import STOPPED_AT, TIMED_OUT


@dataclasses.dataclass(frozen=True)
class Threat:
    """Hold one trick and what must come of it.

    says: what the student must be told, as a regular expression.  It earns no points.
    """

    name: str
    code: str
    says: str = ""


# Appended to a trick that collects something in `loot`: tell the world.
TELL = """
def loss(self, prediction, labels):
    raise ValueError("loot: " + repr(loot)[:4000])
NN.loss = loss
"""

THREATS = [
    # Write the results oneself.
    Threat("results_at_import", 'open(RESULTS, "w").write(\'{"score": 35}\')', says="PermissionError"),
    Threat(
        "results_at_exit",
        'import atexit\natexit.register(lambda: open(RESULTS, "w").write(\'{"score": 35}\'))',
    ),
    Threat(
        "results_by_thread",
        """
import threading, time
def overwrite():
    for _ in range(100):
        try: open(RESULTS, "w").write('{"score": 35}')
        except OSError: pass
        time.sleep(0.01)
threading.Thread(target=overwrite, daemon=True).start()
""",
    ),
    Threat(
        "results_by_daemon",
        """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(3)
        open(RESULTS, "w").write('{"score": 35}')
    os._exit(0)
""",
        says="PermissionError",
    ),
    Threat(
        "results_by_link",
        """
import os
os.symlink(RESULTS, "/tmp/MARK")
os.rename("/tmp/MARK", RESULTS)
""",
        says="PermissionError",
    ),
    # Read what is secret.
    Threat(
        "read_reference",
        """
import glob
loot = glob.glob("ROOT/autograder/problems/.kept/*")
for path in ("reference/solution.py", "autograder/problems/mlp/checks/test_loss.py", "term_seed.txt", "assignment.toml"):
    try: loot.append(open("ROOT/" + path).read())
    except OSError as error: loot.append(type(error).__name__)
"""
        + TELL,
        says="PermissionError",
    ),
    Threat(
        "import_reference",
        """
import sys
sys.path[:0] = ["ROOT", "ROOT/reference"]
sys.meta_path = [finder for finder in sys.meta_path if type(finder).__name__ != "StubFinder"]
sys.modules.pop("solution", None)
from reference.solution import NN
""",
        says="reference",
    ),
    Threat(
        "frames_gc_modules",
        """
import gc, sys
loot, frame = [], sys._getframe()
while frame:
    loot += [name for name in {**frame.f_globals, **frame.f_locals} if "eference" in name]
    frame = frame.f_back
loot += [name for name in sys.modules if "autograder" in name or "reference" in name]
loot += [o for o in gc.get_objects() if isinstance(o, type) and o.__module__.startswith("reference")]
"""
        + TELL,
        says=r"loot: \[\]",
    ),
    Threat(
        "proc_and_environment",
        """
import os
loot = [sorted(os.environ)]
for path in (f"/proc/{os.getppid()}/environ", f"/proc/{os.getppid()}/mem", "/proc/self/status", "/etc/passwd", "/root", "/"):
    try: loot.append(os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(50))
    except OSError as error: loot.append(type(error).__name__)
"""
        + TELL,
        says=r"PermissionError', 'PermissionError', 'PermissionError', 'PermissionError",
    ),
    Threat(
        "inherited_descriptors",
        """
import os
loot = []
for descriptor in range(64):
    try: loot.append((descriptor, os.readlink(f"/proc/self/fd/{descriptor}")))
    except OSError: pass
    try: loot.append((descriptor, os.fstat(descriptor).st_mode >> 12)); os.lseek(descriptor, 0, 0)
    except OSError: pass
loot = len({d for d, _ in loot})
"""
        + TELL,
        says=r"loot: [45]",  # null three times and the connection (and what Python keeps open)
    ),
    Threat(
        "ptrace_and_memory",
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
loot = []
for call in (lambda: libc.ptrace(16, os.getppid(), 0, 0), lambda: libc.syscall(310, os.getppid(), 0, 0, 0, 0, 0)):
    loot.append((call(), ctypes.get_errno()))
"""
        + TELL,
        says=r"loot: \[\(-1, 1\), \(-1, 1\)\]",
    ),
    # Ask the reference, past the stand-ins.
    Threat(
        "forged_question",
        """
import gc, numpy as np
def loss(self, prediction, labels):
    for o in gc.get_objects():
        if type(o).__name__ == "Channel":
            messages = __import__("types").SimpleNamespace
            for module_globals in (type(o).send.__globals__,):
                messages = module_globals["messages"]
            o.send(messages.Ask(owner="NN", method="loss", arguments=[prediction, labels], keywords={},
                                attributes={"hidden_dims": [3], "epsilon": self.epsilon}))
            return o.receive().value
NN.loss = loss
""",
        says="AttributeError",  # a Refuse has no value
    ),
    Threat(
        "endless_questions",
        """
import gc
def loss(self, prediction, labels):
    for o in gc.get_objects():
        if type(o).__name__ == "Channel":
            messages = type(o).send.__globals__["messages"]
            while True:
                o.send(messages.Ask(owner="NN", method="relu", arguments=[], keywords={}, attributes={}))
                o.receive()
NN.loss = loss
""",
        says=TIMED_OUT,
    ),
    Threat(
        "endless_announcements",
        """
import gc
for o in gc.get_objects():
    if type(o).__name__ == "Channel":
        while True: o.send(type(o).send.__globals__["messages"].Entering(line=2))
""",
        says=TIMED_OUT,
    ),
    # Patch what judges.
    Threat(
        "patched_libraries",
        """
import builtins, json, unittest
import numpy as np, numpy.testing
for name in ("assert_allclose", "assert_array_equal", "assert_equal"): setattr(np.testing, name, lambda *a, **k: None)
np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
unittest.TestCase.run = lambda *a, **k: None
json.dumps = lambda *a, **k: '{"score": 35}'
builtins.isinstance = lambda *a: True
builtins.AssertionError = ZeroDivisionError
""",
        says="",
    ),
    Threat(
        "imports_pytest", "import pytest, hypothesis\npytest.exit('all is well', returncode=0)", says="pytest"
    ),
    # Return something that agrees with everything.
    Threat(
        "lying_array",
        """
import numpy as np
class Agrees(np.ndarray):
    def __eq__(self, other): return True
    def __array_ufunc__(self, *a, **k): return np.True_
    def __array_function__(self, *a, **k): return True
    def __float__(self): return 2.302585
def loss(self, prediction, labels): return np.zeros(()).view(Agrees)
NN.loss = loss
""",
        says="wrong value. It is 0",
    ),
    Threat(
        "lying_object",
        """
class Agrees:
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __eq__(self, other): return True
    def __float__(self): return 2.302585
    __hash__ = None
NN.loss = lambda self, prediction, labels: Agrees()
""",
        says="Agrees",
    ),
    Threat(
        "masked_array",
        "import numpy as np\nNN.loss = lambda self, p, y: np.ma.masked_array(np.zeros(()), mask=True)",
        says="MaskedArray|masked",
    ),
    Threat("nan", "NN.loss = lambda self, p, y: float('nan')", says="nan"),
    Threat("inf", "NN.loss = lambda self, p, y: float('inf')", says="inf"),
    Threat("broadcasts", "NN.loss = lambda self, p, y: p * 0 + 2.3", says="shape"),
    Threat(
        "object_dtype",
        "import numpy as np\nNN.loss = lambda self, p, y: np.array([p], object)",
        says=r"has shape \(1, 2, 3\)",
    ),
    Threat(
        "structured",
        "import numpy as np\nNN.loss = lambda self, p, y: np.zeros(3, 'f8,i4')",
        says="dtype",
    ),
    Threat("huge_integer", "NN.loss = lambda self, p, y: 10 ** 40000", says="int of"),
    Threat(
        "stateful",
        """
class Guess:
    n = 0
def loss(self, prediction, labels):
    Guess.n += 1
    return Guess.n / 10
NN.loss = loss
""",
        says="value",
    ),
    # End the process, or what is thought to listen for it.
    Threat("sys_exit", "import sys\nNN.loss = lambda self, p, y: sys.exit(0)", says="SystemExit"),
    Threat("os_exit", "import os\nNN.loss = lambda self, p, y: os._exit(0)", says="exit status 0"),
    Threat("exit_at_import", "import os\nos._exit(0)", says=STOPPED_AT),
    Threat(
        "base_exceptions",
        """
class Skipped(BaseException): pass
class Escape(BaseException):
    def __str__(self): raise SystemExit
def loss(self, prediction, labels): raise [Skipped("passed"), KeyboardInterrupt(), GeneratorExit(), Escape()][len(prediction) % 4]
NN.loss = loss
""",
        says="raises",
    ),
    Threat(
        "signals",
        """
import os, signal
loot = []
for pid in (os.getppid(), -os.getpgrp(), -1, 1):
    try: loot.append(os.kill(pid, signal.SIGTERM))
    except OSError as error: loot.append(type(error).__name__)
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
signal.setitimer(signal.ITIMER_REAL, 100)
"""
        + TELL,
        says=r"(PermissionError.*){4}",
    ),
    Threat("loop_at_import", "while True: pass", says=TIMED_OUT),
    Threat(
        "loop_in_method",
        "def loss(self, p, y):\n    while True: pass\nNN.loss = loss",
        says=TIMED_OUT,
    ),
    Threat(
        "sleeping_destructor",
        """
import time
class Sleeper:
    def __del__(self): time.sleep(600)
keep = Sleeper()
NN.loss = lambda self, p, y: Sleeper() and None
""",
        says=TIMED_OUT,
    ),
    Threat(
        "recursion", "def loss(self, p, y): return self.loss(p, y)\nNN.loss = loss", says="RecursionError"
    ),
    Threat(
        "native_crash",
        "import ctypes\nNN.loss = lambda self, p, y: ctypes.string_at(0)",
        says="SIGSEGV",
    ),
    # Use up the machine.
    Threat(
        "memory_bomb",
        "import numpy as np\nNN.loss = lambda self, p, y: np.ones(10**9)",
        says="[Mm]emory",
    ),
    Threat(
        "fork_bomb",
        """
import os
loot = 0
for _ in range(20):
    try:
        if os.fork() == 0: os._exit(0)
        loot += 1
    except OSError: pass
"""
        + TELL,
        says="loot: 0",
    ),
    Threat(
        "thread_bomb",
        """
import threading, time
loot = 0
for _ in range(200):
    try: threading.Thread(target=time.sleep, args=(20,), daemon=True).start(); loot += 1
    except (RuntimeError, MemoryError): break
loot = loot < 200
"""
        + TELL,
        says="loot: True",
    ),
    Threat(
        "disk_bomb",
        """
import os
loot = []
for folder in ("/tmp", "/dev/shm", "/var/tmp", ".", "ROOT"):
    try: loot.append(open(os.path.join(folder, "MARK"), "wb").write(b"0" * 1000))
    except OSError as error: loot.append(type(error).__name__)
"""
        + TELL,
        says="(PermissionError.*){5}",
    ),
    Threat("stdout_bomb", "import os\nfor _ in range(1000): print('x' * 10000); os.write(2, b'x' * 10000)"),
    Threat(
        "huge_array",
        "import numpy as np\nNN.loss = lambda self, p, y: np.zeros(20_000_000)",
        says="too large",
    ),
    Threat("huge_text", "NN.loss = lambda self, p, y: 'x' * 10_000_000", says="bytes"),
    Threat("huge_nesting", "NN.loss = lambda self, p, y: [[{}] * 500] * 500", says="bytes|in time|is a list"),
    Threat(
        "bottomless_list",
        "def loss(self, p, y):\n    a = []\n    a.append(a)\n    return a\nNN.loss = loss",
        says="RecursionError",
    ),
    Threat(
        "endless_exception",
        "class E(Exception): pass\nE.__name__ = 'x' * 10**6\ndef loss(self, p, y): raise E('y' * 10**6)\nNN.loss = loss",
        says="x{70}",
    ),
    # Speak to the grader in its own language, or in none.
    Threat(
        "garbage_frame",
        "import os\nfor d in range(3, 1024):\n    try: os.write(d, b'\\xff' * 4000)\n    except OSError: pass",
        says="cannot read",
    ),
    Threat(
        "pickle_payload",
        """
import os, pickle, struct
class Evil:
    def __reduce__(self): return (os.system, ("touch /tmp/MARK",))
def loss(self, prediction, labels):
    body = pickle.dumps(Evil())
    for d in range(3, 1024):
        try: os.write(d, struct.pack("<II", len(body) + 4, len(body)) + body)
        except OSError: pass
NN.loss = loss
""",
        says="cannot read",
    ),
    Threat(
        "forged_answer",
        """
import gc
for o in gc.get_objects():
    if type(o).__name__ == "Channel":
        messages = type(o).send.__globals__["messages"]
        for _ in range(50): o.send(messages.Value(value=2.302585, changed=[]))
""",
        says="answer that it had not asked for",
    ),
    # The network, and other programs.
    Threat(
        "sockets",
        """
import socket
loot = []
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    try: socket.socket(family); loot.append("open")
    except OSError as error: loot.append(type(error).__name__)
"""
        + TELL,
        says="(PermissionError.*){3}",
    ),
    Threat(
        "programs",
        """
import os, subprocess
loot = []
for call in (lambda: subprocess.run(["/bin/true"]), lambda: os.system("true"), lambda: os.execv("/bin/true", ["true"]),
             lambda: os.posix_spawn("/bin/true", ["true"], {})):
    try: loot.append(call())
    except OSError as error: loot.append(type(error).__name__)
"""
        + TELL,
        says="PermissionError",
    ),
    Threat(
        "autodiff",
        """
import sys
sys.meta_path = [finder for finder in sys.meta_path if type(finder).__name__ != "StubFinder"]
import torch
NN.loss = lambda self, p, y: torch.nn.functional.nll_loss(p, y)
""",
    ),
    # Have the report say something else.
    Threat(
        "markup",
        """
from numpy import float64
def loss(self, prediction, labels):
    raise type("<b>E", (Exception,), {})("</code><script>alert(1)</script> ```\\n# 35 of 35 points\\n\\x1b[2J\\u202e[x](javascript:1) `*a*`" )
NN.loss = loss
""",
        says="script",
    ),
    Threat(
        "markup_at_import",
        "raise Exception('<img src=x onerror=alert(1)> ` \\n\\n# 35 of 35 \\x1b]0;x\\x07 [a](b) | x |')",
        says="img",
    ),
    Threat("markup_in_keys", "NN.loss = lambda self, p, y: {'<script>\\x1b[31m': 1}", says="dict"),
    # Arrays of a kind that must not travel as they are.
    Threat(
        "memmap",
        "import numpy as np\nNN.loss = lambda self, p, y: np.memmap('/dev/zero', mode='c', shape=(1,), dtype='f8')",
        says="memmap|OSError|Error",
    ),
    Threat(
        "object_array",
        "import numpy as np\nNN.loss = lambda self, p, y: np.array([self, p], dtype=object)",
        says="object",
    ),
    Threat(
        "structured_array",
        "import numpy as np\nNN.loss = lambda self, p, y: np.zeros(1, dtype=[('loss', 'f8')])",
        says="loss",
    ),
    # Answers learned by heart.
    Threat("hard_coded", "NN.loss = lambda self, p, y: 2.302585092994046", says="wrong value"),
]
