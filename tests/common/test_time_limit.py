"""Work that does not end is ended, on every system, and its line is named."""

import contextlib
import subprocess
import sys
import time

import pytest

from autograder.common import time_limit

PROGRAM = """
from autograder.common import time_limit
time_limit.WALL_SECONDS, time_limit.GRACE_SECONDS = 0.1, 0.5
import time

def work():
    {line}

with time_limit.limit("work.py", seconds=0.05):
    work()
print("it ended")
"""


def run(line, folder):
    (folder / "work.py").write_text(PROGRAM.format(line=line))
    command = [sys.executable, str(folder / "work.py")]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_an_endless_loop_is_left_with_an_exception_that_names_its_line():
    def endless():
        while True:
            with contextlib.suppress(Exception):
                pass

    with pytest.raises(time_limit.DoesNotEnd) as caught, time_limit.limit("nothing.py", seconds=0.1):
        endless()
    assert "line" in time_limit.place_of(caught.value, "test_time_limit.py")
    assert time_limit.place_of(caught.value, "nothing.py") == ""


def test_what_ends_is_left_alone():
    with time_limit.limit("nothing.py", seconds=0.1):
        time.sleep(0.15)  # it is the time of the processor that counts
    with time_limit.limit("nothing.py", seconds=0.1):
        pass
    time.sleep(0.15)  # nothing arrives later


def test_what_cannot_be_interrupted_ends_with_the_process_and_its_function_and_line_are_named(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", ".")
    done = run("time.sleep(100)", tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.strip() == (
        "work does not end and cannot be interrupted, so the whole program stops here; "
        "it was on line 7 of work.py: time.sleep(100)"
    )


@pytest.mark.hangs
def test_what_lets_no_other_thread_take_its_turn_ends_with_the_process(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", ".")
    done = run("sum(range(10**12))", tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "work.py" in done.stderr
    assert "line 7" in done.stderr


TRACED_AFTERWARDS = """
import sys
from autograder.common import time_limit

try:
    with time_limit.limit("work.py", seconds=0.1):
        while True:
            pass
except time_limit.DoesNotEnd:
    pass

def called():
    return 1

sys.settrace(lambda *event: None)
called()
sys.settrace(None)
print("it went on")
"""


def test_what_was_ended_leaves_the_interpreter_as_it_was(tmp_path, monkeypatch):
    """An exception that is taken back makes Python 3.11 hang in the first function that is traced."""
    monkeypatch.setenv("PYTHONPATH", ".")
    (tmp_path / "work.py").write_text(TRACED_AFTERWARDS)
    ended = subprocess.run(
        [sys.executable, str(tmp_path / "work.py")], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.stdout == "it went on\n", ended.stderr
