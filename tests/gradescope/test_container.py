"""What Gradescope says about a submission: shown to the staff, and never relied on."""

import threading

import pytest

from autograder.gradescope.container import attempt
from autograder.gradescope.publisher import Publisher
from tests.table import table

PATIENCE = 60  # seconds until a test fails that would wait for ever
NEVER = 3600  # seconds between two writings, where none but the first is meant to come by itself


@table(
    ("metadata", "says"),
    [
        ('{"id": 12, "previous_submissions": [{"score": "0.0"}]}', "submission 12, attempt 2"),
        ('{"id": 12}', "submission 12, attempt 1"),
        ('{"previous_submissions": 3}', "submission without a number, attempt 1"),
        ("{}", "submission without a number, attempt 1"),
        ("[]", "submission without a number, attempt 1"),
        ("[" * 100_000, "submission without a number, attempt 1"),
        ("\xff", "submission without a number, attempt 1"),
        (None, "submission without a number, attempt 1"),
    ],
)
def test_whatever_the_metadata_are_grading_goes_on(metadata, says, tmp_path):
    file = tmp_path / "submission_metadata.json"
    if metadata is not None:
        file.write_bytes(metadata.encode("latin-1"))
    assert attempt(file) == says


def test_what_is_published_is_written_without_waiting_for_more():
    """A check that never ends must not keep what was graded before it from being written."""
    written = threading.Event()
    with Publisher(lambda content: written.set(), every=NEVER) as publish:
        publish("first")
        assert written.wait(PATIENCE)


def test_many_results_are_written_a_few_times_and_the_last_one_always():
    written = []
    with Publisher(written.append, every=NEVER) as publish:
        for number in range(1000):
            publish(number)
    assert written[-1] == 999
    assert len(written) <= 2
    assert written == sorted(written)


def test_a_grading_that_is_stopped_leaves_what_it_did():
    """As when the watchdog ends it: SIGTERM becomes SystemExit."""
    written = []
    with pytest.raises(SystemExit), Publisher(written.append, every=NEVER) as publish:
        publish(1)
        publish(2)
        raise SystemExit
    assert written[-1] == 2


def test_a_disk_that_is_full_for_a_while_costs_nothing():
    written, tried = [], threading.Event()

    def write(content):
        if not tried.is_set():
            tried.set()
            raise OSError("no space left on device")
        written.append(content)

    with Publisher(write, every=0) as publish:
        publish(1)
        assert tried.wait(PATIENCE)
        publish(2)
    assert written == [2]


def test_a_disk_that_stays_full_is_not_passed_over():
    def write(content):
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"), Publisher(write, every=NEVER) as publish:
        publish(1)
