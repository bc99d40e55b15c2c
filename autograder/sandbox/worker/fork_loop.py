"""Be the fork server: a process that has imported NumPy, and becomes a worker whenever one is wanted.

Importing NumPy takes as long as a whole graded part; forking a process that has it does not.
No student code ever runs in this process: what one submission does to its worker, the next
worker does not see.  starting.py is the grader's side.
"""

import os
import signal
import socket
import time


def serve(control: socket.socket) -> int:
    """Do what the grader asks until it hangs up; return, in each worker, its connection.

    "fork", with a descriptor: fork a worker for this connection, answer its pid.
    "wait PID SECONDS": answer how that worker ended, or "running" if it has not in this time.
    "kill UID": kill every process of this user, answer "done".
    """
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, 64, 1)
        match request.decode().split():
            case ["fork"]:
                pid = os.fork()
                if pid == 0:
                    control.close()
                    os.setsid()  # so that all of it can be killed
                    return descriptors[0]
                os.close(descriptors[0])
                answer = str(pid)
            case ["wait", pid_, seconds]:
                answer = wait(int(pid_), float(seconds))
            case ["kill", uid]:
                kill_user(int(uid))
                answer = "done"
            case _:
                os._exit(0)
        control.sendall(answer.encode())


def wait(pid: int, seconds: float) -> str:
    """Wait for a worker to end; return its exit status, negative for a signal, or "running"."""
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return str(os.waitstatus_to_exitcode(status))
        if time.monotonic() > deadline:
            return "running"
        time.sleep(0.0002)


def kill_user(uid: int) -> None:
    """Kill every process of a user at once, however many they are: as this user, who may signal no other.

    Only the saved user id is still root's, which gives no right to signal and lets this
    process return.  Linux spares the process that asks.
    """
    os.setresuid(uid, uid, 0)
    try:
        if (os.getuid(), os.geteuid()) == (uid, uid):
            os.kill(-1, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # there is none
        pass
    finally:
        os.setresuid(0, 0, 0)
