"""Name every way in which a check can end."""

import enum

from autograder.checking.expect import Wrong
from autograder.sandbox.errors import (
    BrokeProtocol,
    Crashed,
    NotLoaded,
    NotWritten,
    OutOfTime,
    Raised,
    TimedOut,
)


class Verdict(enum.Enum):
    """How a check ended; the value is the word that results.json and the pages say."""

    PASSED = "passed"
    # Right in itself: it passes when the functions it uses are answered by the reference.
    PASSED_WITH_STAND_INS = "passed with stand-ins"
    WRONG = "wrong"
    RAISED = "raised"
    NOT_WRITTEN = "not written"
    OUT_OF_TIME = "out of time"
    CRASHED = "crashed"
    BROKEN_ANSWER = "broken answer"
    NOT_LOADED = "not loaded"
    # The grader itself is at fault: never the student's mistake, and always worth a look.
    GRADER_FAULT = "grader fault"
    # The check has not been run: grading goes on, or was stopped.
    NOT_GRADED = "not graded"

    @property
    def earns(self) -> bool:
        """Tell whether a check that ended so earns its points."""
        return self in (Verdict.PASSED, Verdict.PASSED_WITH_STAND_INS)

    @property
    def is_final(self) -> bool:
        """Tell whether the same call would end the same way again, and only cost time."""
        return self in (Verdict.OUT_OF_TIME, Verdict.CRASHED, Verdict.BROKEN_ANSWER)


VERDICTS: dict[type[BaseException], Verdict] = {
    Wrong: Verdict.WRONG,
    Raised: Verdict.RAISED,
    NotWritten: Verdict.NOT_WRITTEN,
    TimedOut: Verdict.OUT_OF_TIME,
    OutOfTime: Verdict.OUT_OF_TIME,
    Crashed: Verdict.CRASHED,
    BrokeProtocol: Verdict.BROKEN_ANSWER,
    NotLoaded: Verdict.NOT_LOADED,
}


def verdict_of(error: BaseException) -> Verdict:
    """Return how a check ended that raised this; what no submission can raise is the grader's fault."""
    return VERDICTS.get(type(error), Verdict.GRADER_FAULT)
