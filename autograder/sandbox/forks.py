"""Be the fork server: a process that has imported NumPy, and becomes a worker whenever one is wanted.

Importing NumPy takes as long as a whole graded part; forking a process that has it does not.
No student code ever runs in this process: what one submission does to its worker, the next
worker does not see.  starting.py is the grader's side.
"""

import os
import signal
import socket
import time

FORK, KILL = b"fork", b"kill"
DONE = b"done"
PATIENCE = 1.0  # seconds until a process that kills is killed itself


def serve(control: socket.socket) -> int:
    """Do what the grader asks until it hangs up; return, in each worker, its connection.

    "fork", with a descriptor: fork a worker for this connection, answer with its pid.
    "kill UID": kill every process of this user, answer "done".
    """
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, 64, 1)
        if not request:
            os._exit(0)
        if request == FORK:
            pid = fork_for_the_grader()
            if pid == 0:
                control.close()
                os.setsid()  # so that all of it can be killed
                return descriptors[0]
            os.close(descriptors[0])
            control.sendall(b"%d" % pid)
        else:
            kill_user(int(request.removeprefix(KILL)))
            control.sendall(DONE)


def fork_for_the_grader() -> int:
    """Fork a process that is the grader's child, and return its pid; in that process, return 0.

    Only a parent learns how a process ended.  So a process in between makes it and ends at
    once; Linux hands what it leaves behind to the grader, which asked for orphans (ending.py).
    """
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            os.close(writing)
            while os.getppid() == parent:  # a worker dies with its parent, which must not be this one
                time.sleep(0.0001)
            return 0
        os.write(writing, b"%d" % pid)
        os._exit(0)
    os.close(writing)
    os.waitpid(between, 0)
    with os.fdopen(reading, "rb") as answer:
        return int(answer.read())


def kill_user(uid: int) -> None:
    """Kill every process of a user, by a process that is this user and may signal no other."""
    killer = os.fork()
    if killer == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    deadline = time.monotonic() + PATIENCE
    while os.waitpid(killer, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:  # stopped by what it came to kill: the grader asks again
            os.kill(killer, signal.SIGKILL)
            os.waitpid(killer, 0)
            return
        time.sleep(0.0005)
