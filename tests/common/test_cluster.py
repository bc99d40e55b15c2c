import sys

import pytest

from autograder.common import cluster
from autograder.common.errors import UserError

SETUP = "./setup.sh --report --cluster"


class Workers:
    """A client of a cluster whose workers give these answers, or raise one of them."""

    def __init__(self, *answers):
        self.answers = answers

    def run(self, question):
        for answer in self.answers:
            if isinstance(answer, Exception):
                raise answer
        return {f"tcp://{i}": answer for i, answer in enumerate(self.answers)}


def test_the_different_answers_of_all_workers():
    assert cluster.ask_workers(Workers("a", "a", "b"), str, "tcp://there", SETUP) == {"a", "b"}
    assert cluster.ask_workers(Workers(), str, "tcp://there", SETUP) == set()


def test_a_worker_that_lacks_a_package_is_one_sentence():
    workers = Workers("a", ModuleNotFoundError("No module named 'report_tools'"))
    with pytest.raises(UserError, match=r"No module named 'report_tools'\); start each in the folder of"):
        cluster.ask_workers(workers, str, "tcp://there", SETUP)


def test_a_scheduler_that_is_not_there_is_one_sentence():
    pytest.importorskip("distributed", reason="--cluster needs Dask: ./setup.sh --cluster")
    with (
        pytest.raises(UserError, match=r"^--cluster nonsense://x: no Dask scheduler answers there"),
        cluster.connect("nonsense://x", SETUP),
    ):
        pass


def test_without_dask_the_option_names_what_to_type(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)  # as if it were not installed
    with (
        pytest.raises(UserError, match=r"^--cluster needs Dask; begin the command with"),
        cluster.connect("", SETUP),
    ):
        pass
