"""What a submission tries that isolation forbids is flagged for the staff, and costs nothing."""

import textwrap

import pytest

from autograder import ROOT
from autograder.classroom import concerns
from autograder.commands import report_table
from autograder.gradescope.from_report import results_of
from autograder.intake.submission import accept
from tests.sandbox.conftest import QUICK, grade_some

TRIES = {
    f"open({str(ROOT / 'reference' / 'solution.py')!r})": "read reference/solution.py",
    f"import os; os.listdir({str(ROOT / 'autograder' / 'problems')!r})": "read autograder/problems",
    "import reference.solution": "import reference",
    "import os; os.fork()": "start a process",
    "import os; os.system('id')": "start a program",
    "import subprocess; subprocess.run(['id'])": "start a program",
    "import socket; socket.socket().connect(('127.0.0.1', 9))": "use the network",
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')": "use the network ('http://",
    "import os; os.kill(os.getppid(), 9)": "send a signal",
    "open('/proc/1/environ')": "read /proc/N/environ",
}
HARMLESS = """
import logging, platform, tempfile, traceback, warnings
try:
    open("data/mnist.pkl.gz")
except OSError:
    traceback.format_exc()
    logging.exception("no data")
open("/proc/self/status").close()
open("/proc/cpuinfo").close()
warnings.warn("slow")
platform.machine()
import torch, matplotlib.pyplot
np.savez("weights.npz", W1=1)
"""


@pytest.fixture(scope="module")
def untouched(reference_source):
    return grade_some(accept("solution.py", reference_source.encode()), assignment=QUICK)


@pytest.mark.parametrize("code", TRIES)
def test_an_attempt_is_flagged_and_costs_nothing(reference_source, untouched, code):
    attempt = textwrap.indent(code.replace("; ", "\n"), "    ")
    source = f"{reference_source}\ntry:\n{attempt}\nexcept BaseException:\n    pass\n"
    report = grade_some(accept("solution.py", source.encode()), assignment=QUICK)
    assert any(TRIES[code] in one for one in report.tried), report.tried
    assert report.points == untouched.points
    assert untouched.tried == ()
    (sentence,) = concerns.of(results_of(report))
    assert sentence.startswith("The submission tried, without success, to ")
    assert TRIES[code] in sentence
    assert not any(TRIES[code] in note for note in report.notes), "students are not accused"


def test_an_attempt_in_a_graded_function_or_a_thread_is_flagged(reference_source):
    source = reference_source.replace(
        "        # <answer loss>",
        "        import os, threading\n        thread = threading.Thread(target=os.system, args=('id',))\n"
        "        thread.start()\n        thread.join()\n"
        "        # <answer loss>",
    )
    report = grade_some(accept("solution.py", source.encode()), assignment=QUICK)
    assert any("start a program" in one for one in report.tried), report.tried


def test_what_ordinary_code_does_is_no_attempt(reference_source):
    report = grade_some(accept("solution.py", (reference_source + HARMLESS).encode()), assignment=QUICK)
    assert report.tried == ()


def test_the_table_tells_the_staff(reference_source):
    from rich.console import Console

    source = reference_source + "\nimport os\nos.system('id')\n"
    report = grade_some(accept("solution.py", source.encode()), assignment=QUICK)
    console = Console(record=True, width=200)
    report_table.show(report, console)
    assert (
        "For the staff: the submission tried, without success, to start a program (" in console.export_text()
    )
