"""Requests that every submission gets are packed once, and are what they would be otherwise."""

import msgspec
import numpy as np
import pytest

from autograder.intake.submission import accept
from autograder.sandbox.connection import Connection
from autograder.sandbox.process import requests as module
from autograder.sandbox.process.requests import Requests
from autograder.sandbox.protocol import codec, messages
from autograder.sandbox.student import Student
from tests.sandbox.conftest import KIT


def construct(**fields: object) -> messages.Construct:
    return messages.Construct(
        **{
            "handle": 1,
            "owner": "NN",
            "keywords": {},
            "stand_ins": [],
            "after": None,
            "attributes": {},
            **fields,
        }
    )


def test_a_kept_request_is_sent_in_the_frame_it_would_get_anyway() -> None:
    requests, message = Requests(), construct(keywords={"x": np.arange(3.0)})
    requests.keep("name", message)
    assert requests.get("name") is message
    assert requests.frame(message) == codec.pack(message, keep_tuples=True)


def test_a_request_that_was_changed_is_packed_anew() -> None:
    requests, message = Requests(), construct()
    requests.keep("name", message)
    changed = msgspec.structs.replace(message, state={"lr": 1.0})
    assert requests.frame(changed) == codec.pack(changed, keep_tuples=True) != requests.frame(message)


def test_large_requests_are_not_kept() -> None:
    requests = Requests()
    requests.keep("name", construct(keywords={"x": np.zeros(module.LARGEST)}))
    assert requests.get("name") is None


def test_no_more_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    requests = Requests()
    made = [construct(handle=number) for number in range(10)]
    for number, message in enumerate(made):
        requests.keep(number, message)
        assert requests.frame(message) == codec.pack(message, keep_tuples=True)
    assert sum(requests.get(number) is not None for number in range(10)) <= 3
    for message in made:
        assert requests.frame(message) == codec.pack(message, keep_tuples=True)


COUNTS = """
class NN:
    made = 0
    def __init__(self, **keywords):
        NN.made += 1
        self.lr = NN.made
    def initialize_weights(self, dims): pass
    def relu(self, x, grad=False): return self.lr
"""


def test_two_objects_of_one_check_are_two_however_alike() -> None:
    connection = Connection(accept("solution.py", COUNTS.encode()), KIT, lambda ask: messages.Refuse(text=""))
    student = Student(connection)
    try:
        for first in (1, 3):  # and in the next check they are made again
            with student.checking("relu"):
                one, other = (
                    student.prepared("NN", {"lr": 0.5}, state={}, known_as="test_requests") for _ in range(2)
                )
                assert [one.relu(0), other.relu(0), one.relu(0)] == [first, first + 1, first]
    finally:
        connection.close()


HOLDS = """
import numpy as np
class NN:
    def __init__(self, **keywords):
        self.weights = {"W1": np.ones((3, 2)), "b1": [[0, 0]], "scale": 2.0, "name": "relu"}
        self.lr = 0.5
"""


def test_what_is_large_is_measured_where_it_is() -> None:
    connection = Connection(accept("solution.py", HOLDS.encode()), KIT, lambda ask: messages.Refuse(text=""))
    try:
        nn = Student(connection).NN()
        assert nn.shapes_of("weights") == {"W1": [3, 2], "b1": [1, 2], "scale": [], "name": []}
        assert nn.shapes_of("lr") == 0.5  # what is no dict can be said to be none
    finally:
        connection.close()
