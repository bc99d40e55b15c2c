"""Which mistake is named, when answers fit one, several, or one by chance."""

from autograder.assignment import config
from autograder.grading import diagnosis
from autograder.grading.report import Check, Outcome
from autograder.grading.verdict import Verdict
from tests.table import table

DROPPED, BACKWARDS = "train_loop/last-batch-dropped", "train_loop/backwards"


def wrong(suspects):
    check = Check(
        number="1.7.1",
        part="1.7",
        title="",
        function="NN.train_loop",
        shown="train_loop",
        max_points=1.0,
        visibility="visible",
    )
    return Outcome(check, Verdict.WRONG, "It is wrong.", suspects=suspects)


@table(
    ("suspects", "named"),
    [
        ([(DROPPED,), (DROPPED,)], [DROPPED, DROPPED]),
        ([(BACKWARDS, DROPPED), (DROPPED,)], [DROPPED, DROPPED]),  # the one that explains more
        ([(DROPPED,), (BACKWARDS,), ()], [DROPPED, BACKWARDS, ""]),  # two mistakes
        ([(DROPPED,), (), ()], ["", "", ""]),  # by chance
        ([(DROPPED,), None, None], [DROPPED, "", ""]),  # nobody was asked there
        ([(), None], ["", ""]),
    ],
)
def test_who_is_blamed(suspects, named):
    settled = diagnosis.settle([wrong(one) for one in suspects], config.load())
    assert [outcome.mistake for outcome in settled] == named
    assert all(("Try:" in outcome.reason) == bool(outcome.mistake) for outcome in settled)
