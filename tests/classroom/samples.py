"""Make graded submissions: a few real gradings, given to as many students as a test needs."""

import datetime
import functools

import msgspec

from autograder import ROOT, gradescope, zoo
from autograder.classroom.record import Grade
from tests.conftest import grade_source

# Ten submissions are a class in small: of each ten students, each hands in one of these.
SOURCES = (
    "reference",
    "backward/gradient-summed",
    "reference",
    "softmax/axis-0",
    "template",
    "backward/gradient-summed",
    "not python",
    "relu/leaky",
    "missing",
    "relu/max-of-an-array",
)


def grade(number, source="reference", **about):
    """Return what became of "Student 007" (number 7) who handed in `source`."""
    key = f"student-{number:03}"
    handin = {
        "key": key,
        "people": [{"name": f"Student {number:03}", "id": f"id{number:03}", "email": f"s{number:03}@example.org"}],
        "file": "solution.py",
        "submitted": datetime.datetime(2027, 2, 8, 20, number % 60, tzinfo=datetime.timezone.utc),
        "late": number % 9 == 4,
    }
    if source == "missing":
        content = {"score": 0, "extra_data": {"parts": _parts(), "submission_sha256": ""}}
        status = "missing"
    else:
        content = results(source)
        status = "refused" if source == "not python" else "graded"
    extra = {
        **content["extra_data"],
        "handin": handin,
        "status": status,
        "grader_sha256": "g1",
        "not_isolated": "",
        **about,
    }
    return msgspec.convert({**content, "extra_data": extra}, Grade)


def a_class(size):
    """Return a class in which every tenth student hands in the same."""
    return [grade(number, SOURCES[number % len(SOURCES)]) for number in range(size)]


@functools.cache
def results(source):
    """Grade a submission and return its results.json."""
    return gradescope.results(grade_source(_bytes(source)))


def _bytes(source):
    if source in ("reference", "template"):
        return (ROOT / source / "solution.py").read_bytes()
    if source == "not python":
        return b"def relu(x:\n    return x\n"
    return zoo.by_name(source).source


def _parts():
    return [{**part, "points": 0} for part in results("reference")["extra_data"]["parts"]]
