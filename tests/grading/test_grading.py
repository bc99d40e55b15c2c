"""Grading as a whole: the reference, the template, and everything that can be wrong with a file."""

import time
from pathlib import Path

import msgspec
import psutil
import pytest

from autograder.assignment import config
from autograder.grading import suite, zoo
from autograder.grading.cache import Collected
from autograder.grading.grade import grade
from autograder.grading.verdict import Verdict
from autograder.intake.submission import accept
from autograder.sandbox.connection import Connection
from autograder.sandbox.protocol.messages import Answer
from autograder.sandbox.student import Student
from autograder.selfcheck.judge import published
from tests.conftest import grade_source
from tests.sentences import (
    IS_EMPTY,
    NO_CLASS,
    NOT_PYTHON,
    NOT_WRITTEN,
    NOT_YOURS,
    STOPPED_AT,
    TIMED_OUT,
    TOO_LARGE,
)

EMPTY_CLASS = "class NN:\n    pass\n"


def seldom(*case, mark=pytest.mark.zoo):
    """Leave a case to the run of all tests: others of its kind are graded every day."""
    return pytest.param(*case, marks=mark)


def reasons(report):
    return {outcome.reason for outcome in report.outcomes if not outcome.passed}


def test_reference_gets_everything(reference_source):
    report = grade_source(reference_source.encode())
    assert reasons(report) == set()
    assert report.points == report.max_points


def test_template_gets_nothing_and_a_friendly_word(template_source):
    report = grade_source(template_source.encode())
    assert report.points == 0
    shown = config.load().contract.shown
    for function in (shown[key] for key in config.load().functions):
        own = {o.reason for o in report.outcomes if o.check.shown == function and not o.passed}
        assert NOT_WRITTEN.format(function) in own


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", f"Your file {IS_EMPTY}"),
        (b"  \n\n", f"Your file {IS_EMPTY}"),
        (b"def relu(x:\n    return x\n", f"{NOT_PYTHON} in line 1"),
        (b'{"cells": [], "nbformat": 4}', "notebook holds no Python code"),
        (b"PK\x03\x04....", "zip archive is damaged"),
        (b"x = 1\n" * 300_000, TOO_LARGE),
        (b"x = 1\n", NO_CLASS),
        seldom(b"import sys\nsys.exit(0)\n", NO_CLASS),
        (b"class NN:\n    W = undefined\n", "line 1: NameError"),
        seldom(b"while True:\n    pass\n", NO_CLASS, mark=pytest.mark.hangs),
        seldom(b"class NN:\n    while True:\n        pass\n", f"{STOPPED_AT} 1", mark=pytest.mark.hangs),
        seldom(b"import os\nos.kill(os.getpid(), 11)\n", NO_CLASS),
        (b"NN = 3\n", NO_CLASS),
        (b"\x00\x01\x02", NOT_PYTHON),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else "",
)
def test_a_file_that_cannot_be_graded_says_why_once(source, says):
    report = quick_grade(source)
    assert report.points == 0
    assert says in report.outcomes[0].reason
    assert reasons(report) == {report.outcomes[0].reason, "Not graded: see 1.0.1."}


def test_the_tolerance_is_that_of_the_assignment_that_is_graded(reference_source):
    """Not that of the assignment.toml that happens to be served."""
    rough = reference_source.replace("return np.mean(per_row)", "return 1.0001 * np.mean(per_row)", 1)
    assert rough != reference_source
    served = config.load()
    loose = msgspec.structs.replace(
        served, tolerance=msgspec.structs.replace(served.tolerance, value_rtol=1e-2, gradient_rtol=1e-2)
    )
    strictly, loosely = (grade(accept("solution.py", rough.encode()), assignment=a) for a in (served, loose))
    assert "loss" in {outcome.check.shown for outcome in strictly.outcomes if not outcome.passed}
    assert [outcome.reason for outcome in loosely.outcomes if not outcome.passed] == []


def test_a_report_grows_check_by_check(reference_source):
    reports = []
    graded = grade(accept("solution.py", reference_source.encode()), on_progress=reports.append)
    assert [sum(o.verdict != Verdict.NOT_GRADED for o in report.outcomes) for report in reports] == list(
        range(1, len(graded.outcomes) + 1)
    )
    assert not any(report.finished for report in reports)
    assert graded.finished
    assert len({len(report.outcomes) for report in (*reports, graded)}) == 1


def test_a_class_without_methods_names_each():
    report = quick_grade(EMPTY_CLASS.encode())
    assert report.points == 0
    assert any(
        "has no method `softmax`" in reason or "raises TypeError" in reason for reason in reasons(report)
    )


def quick_grade(source, *, function_seconds=3):
    """Grade with short deadlines, for files that are waited for in vain."""
    kit = config.load()
    limits = type(kit.limits)(
        import_seconds=2, call_seconds=1, function_seconds=function_seconds, total_seconds=60, memory_mb=1024
    )
    record = {name: getattr(kit, name) for name in kit.__struct_fields__}
    return grade(accept("solution.py", source), assignment=type(kit)(**{**record, "limits": limits}))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("while True:\n            pass", TIMED_OUT),
        ("import os\n        os._exit(3)", "ended the whole process (exit status 3)"),
        seldom("import os\n        os.kill(os.getpid(), 11)", "ended the whole process (SIGSEGV)"),
        seldom("raise SystemExit(0)", "raises SystemExit"),
        ("raise KeyboardInterrupt", "raises KeyboardInterrupt"),
        seldom("return relu_helper(x)", "raises NameError"),
        seldom("return [0] * 10**9", "raises MemoryError"),
        ("import scipy\n        return scipy.special.relu(x)", "NumPy and the standard library are (R24)"),
        seldom("return self.relu(x)", "raises RecursionError"),
        seldom("return np.ma.masked_array(x)", "3 of its 6 values are wrong"),
        ("endless = []\n        endless.append(endless)\n        return endless", "RecursionError"),
    ],
)
def test_one_bad_function_costs_only_itself(reference_source, body, says):
    bad = reference_source.replace(
        "        if grad:\n            return (x > 0).astype(float)  # as x\n", f"        {body}\n", 1
    )
    assert bad != reference_source
    report = quick_grade(bad.encode(), function_seconds=1 if "while True" in body else 3)
    lost = {outcome.check.shown for outcome in report.outcomes if not outcome.passed}
    assert lost == {"relu"}
    assert any(says in reason for reason in reasons(report)), reasons(report)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("from torch import *", "torch"),
        ("from torch.nn import Linear as L", "torch.nn.Linear"),
        ("import pandas as pd", "pandas"),
    ],
)
def test_a_package_that_is_absent_is_named(reference_source, line, named):
    report = quick_grade(f"{line}\n{reference_source}".encode())
    assert report.points == report.max_points
    assert f"`{named}`" in " ".join(reasons(report))


@pytest.mark.hangs
def test_finite_differences_are_no_backpropagation_of_a_large_network(reference_source):
    nudging = """
    def backward(self, cache, labels):
        x, grads = cache["Z0"], {}
        for name, value in self.weights.items():
            grads["d" + name] = np.zeros(value.shape)
            for index in np.ndindex(value.shape):
                kept = value[index]
                losses = []
                for step in (1e-6, -1e-6):
                    value[index] = kept + step
                    last = list(self.forward(x).values())[-1]
                    losses.append(self.loss(last, labels))
                value[index] = kept
                grads["d" + name][index] = (losses[0] - losses[1]) / 2e-6
        return grads
"""
    report = quick_grade((reference_source + nudging).encode())
    (large,) = [outcome for outcome in report.outcomes if "784-256-64" in outcome.check.title]
    assert large.verdict == Verdict.OUT_OF_TIME
    assert TIMED_OUT in large.reason


@pytest.mark.hangs
def test_a_hanging_import_is_skipped_and_the_rest_is_graded(reference_source):
    report = quick_grade((reference_source + "\n\nnn = NN()\nwhile True:\n    pass\n").encode())
    assert report.points == report.max_points
    assert TIMED_OUT in report.outcomes[0].reason
    assert "only its definitions were read" in report.outcomes[0].reason


def test_nothing_is_left_running(reference_source):
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    spawning = reference_source.replace(
        "import numpy as np\n",
        "import numpy as np\nimport os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        import time\n        time.sleep(600)\n    os._exit(0)\n",
        1,
    )
    quick_grade(spawning.encode())
    time.sleep(0.1)
    after = {process.pid for process in psutil.Process().children(recursive=True)}
    assert after <= before


KEYS = "{f'{kind}{layer}' for kind in ('W', 'b', 'A', 'Z', 'dW', 'db', 'dA', 'dZ') for layer in range(5)}"
LOGS = "('train_accuracy', 'validation_accuracy', 'train_loss', 'validation_loss')"


@pytest.mark.parametrize(
    "value",
    [
        "None",
        seldom("'text'"),
        seldom("10**400"),
        seldom("[1, [2]]"),
        seldom("np.zeros((0, 3))"),
        "np.array([1 + 2j])",
        seldom("np.matrix([[1.0]])"),
        "{1: 2}",
        f"dict.fromkeys({KEYS}, np.full((3, 2), np.inf))",
        f"dict.fromkeys({LOGS}, [None, 'x'])",
        *(seldom(f"dict.fromkeys({KEYS}, {item})") for item in ("None", "'x'", "1.5")),
        *(seldom(f"dict.fromkeys({LOGS}, {item})") for item in ("None", "1.0", "np.zeros((2, 2))")),
    ],
)
def test_whatever_is_returned_the_checks_have_an_answer(value):
    source = f"""
import numpy as np
class NN:
    def __init__(self, **keywords):
        self.__dict__.update(keywords)
    def f(self, *arguments):
        return {value}
    initialize_weights = relu = sigmoid = tanh = softmax = activation = forward = backward = loss = update = f
    train_loop = f
    weights = train_logs = property(f, lambda self, value: None)
"""
    report = quick_grade(source.encode())
    assert not [outcome.detail for outcome in report.outcomes if outcome.verdict == Verdict.GRADER_FAULT]
    assert report.points < 3


def test_a_fault_of_a_check_is_never_the_students(monkeypatch, reference_source):
    def broken(student, expect):
        """relu: never works (R5)"""
        raise ZeroDivisionError

    broken.__weight__, broken.__tags__ = 1, ("relu",)

    collected = Collected(Path("mlp/checks/test_broken.py"), broken, "broken")
    every = suite.collect(config.load())
    monkeypatch.setattr(suite, "collect", lambda assignment: (*every, suite.BoundCheck(collected)))
    report = grade(accept("solution.py", reference_source.encode()))
    (outcome,) = [one for one in report.outcomes if one.check.title.startswith("relu: never works")]
    assert outcome.verdict == Verdict.GRADER_FAULT
    assert NOT_YOURS in outcome.reason
    assert "ZeroDivisionError" in outcome.detail


@pytest.mark.parametrize(
    "name", [seldom("sigmoid/clipped-early"), seldom("backward/averaged-twice"), "files/exits"]
)
def test_the_same_file_gets_the_same_results(name):
    submission = accept("solution.py", zoo.by_name(name).source)
    assert len({published(grade(submission)) for _ in range(2)}) == 1


def test_laundering_an_answer_through_a_stand_in_gains_nothing(reference_source):
    """relu that leaves its work to the selector is never answered by the reference."""
    launder = reference_source.replace(
        "        return np.maximum(x, 0)  # as x\n", "        return self.activation(x)\n", 1
    ).replace("return self.relu(x, grad)", "return np.full_like(x, 3.0)")
    report = quick_grade(launder.encode())
    assert {o.check.shown for o in report.outcomes if not o.passed} >= {"relu", "activation"}


def test_a_connection_closes_twice_without_harm(reference_source):
    connection = Connection(accept("a", reference_source.encode()), config.load(), lambda ask: None)
    connection.close()
    connection.close()


def test_what_one_part_leaves_behind_costs_nothing_in_another(reference_source):
    """A function that breaks the next one, once it has been called, does so in the old worker only."""
    sabotage = """
    def loss(self, prediction, labels):
        NN.update = None
        p = np.clip(prediction, self.epsilon, 1 - self.epsilon)
        return -np.mean(np.sum(labels * np.log(p), axis=1))
"""
    report = quick_grade((reference_source + sabotage).encode())
    assert report.points == report.max_points
    update = [outcome for outcome in report.outcomes if outcome.check.shown == "update"]
    assert {outcome.verdict for outcome in update} == {Verdict.PASSED}


COUNTING = b"""
class NN:
    heard = []
    def __init__(self, **keywords): pass
    def relu(self, x, grad=False):
        self.heard.append(0)
        return x
    def forward(self, x):
        self.heard.append(self.relu(x))
        return x
    def f(self, *arguments): pass
    initialize_weights = sigmoid = tanh = softmax = activation = backward = loss = update = train_loop = f
"""


@pytest.fixture
def counting():
    def respond(ask):
        return Answer(value=42, attributes={})

    connection = Connection(accept("solution.py", COUNTING), config.load(), respond)
    yield Student(connection)
    connection.close()


def test_answers_of_the_reference_are_forgotten_before_the_next_part(counting):
    with counting.checking("NN.forward", ("NN.relu",)):
        nn = counting.NN()
        nn.forward(1)
        assert nn.heard == [42]
    counting.connection.new_part()
    with counting.checking("loss"):
        assert counting.NN().heard == []


def test_a_worker_that_heard_no_answer_is_kept_for_the_next_part(counting):
    with counting.checking("relu"):
        counting.NN().relu(1)
    counting.connection.new_part()
    with counting.checking("loss"):
        assert counting.NN().heard == [0]
    assert counting.connection.worker_has_a_past


def test_a_question_is_asked_once_of_one_worker(counting):
    def ask():
        nn = counting.NN()
        nn.relu(1)
        return len(nn.heard)

    with counting.checking("relu"):
        assert [counting.once("one", ask), counting.once("one", ask), counting.once("two", ask)] == [1, 1, 2]
        counting.NN()
        counting.once("one", ask)
        assert [kind for kind, _ in counting.transcript] == ["construct", "call"]  # what the answer came from
    with counting.checking("NN.relu", ("NN.sigmoid",)):
        assert counting.once("one", ask) == 3
    counting.connection.close()
    with counting.checking("relu"):
        assert counting.once("one", ask) == 1
