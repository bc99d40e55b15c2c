"""A submission that hangs where every check passes by: in making a network, or in initialising it."""

import json

import msgspec
import pytest

from autograder.grading.grade import grade
from autograder.grading.report import Report
from autograder.grading.verdict import Verdict
from autograder.intake.submission import accept
from autograder.sandbox.errors import TimedOut
from autograder.sandbox.lockdown.escape_probes import HELD
from tests.sandbox.conftest import QUICK, grade_some, rendered
from tests.sentences import TIMED_OUT


def hanging_in(method: str, reference: str) -> bytes:
    return (
        f"{reference}\n    def {method}(self, *arguments, **keywords):\n        while True: pass\n".encode()
    )


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every deadline that is waited for in vain, by what did not finish."""
    noted: list[str] = []
    really = TimedOut.while_calling

    def noting(lost: TimedOut, function: str) -> object:
        noted.append(function)
        return really(lost, function)

    monkeypatch.setattr(TimedOut, "while_calling", noting)
    return noted


def assert_everything_is_told(report: Report) -> None:
    assert all(outcome.passed or outcome.reason.endswith(".") for outcome in report.outcomes)
    assert not any("`NN." in outcome.reason for outcome in report.outcomes), "the handout says `forward`"
    assert dict(report.isolation)["nothing_left"] == HELD
    outputs = rendered(report)
    assert len(json.loads(outputs["results.json"])["tests"]) == len(report.outcomes)
    assert TIMED_OUT in outputs["terminal"]


@pytest.mark.hangs
def test_a_hang_in_initialize_weights_costs_itself_and_one_wait_in_all_others(
    reference: str, waits: list[str]
) -> None:
    submission = accept("solution.py", hanging_in("initialize_weights", reference))
    report = grade_some(submission, ("1.0", "1.1", "1.3", "1.5"), QUICK)
    verdicts = {outcome.verdict for outcome in report.outcomes if not outcome.passed}
    assert verdicts == {Verdict.OUT_OF_TIME}
    lost = {outcome.check.shown for outcome in report.outcomes if not outcome.passed}
    assert lost == {"initialize_weights"}
    graded = {outcome.check.shown for outcome in report.outcomes}
    assert graded == {"file", "initialize_weights", "forward", "loss"}
    assert waits == ["initialize_weights"] * 2 + ["NN"], "from then on networks are made without it"
    assert_everything_is_told(report)


def test_a_hang_in_the_constructor_is_not_waited_for_in_every_check_and_costs_a_sentence(
    reference: str, waits: list[str]
) -> None:
    limits = msgspec.structs.replace(QUICK.limits, call_seconds=0.2)
    impatient = msgspec.structs.replace(QUICK, limits=limits)
    report = grade(accept("solution.py", hanging_in("__init__", reference)), assignment=impatient)
    # With what is called after it, and without; on a busy machine each may be tried once more.
    assert set(waits) == {"NN"}
    assert 2 <= len(waits) <= 4
    assert report.points == report.max_points
    assert report.notes == (
        "The constructor of `NN` comes with the template; yours did not finish in time, so the "
        "template's was used.",
    )
