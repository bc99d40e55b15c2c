"""Name every way in which a submission can fail to give an answer.

Two families.  `Raised` is an ordinary exception of the student's function: Hypothesis
may look for a smaller input that raises it.  A `Stopped` ends the check at once: it is a
BaseException so that nothing tries again what hung, crashed or is not written.
"""


class Raised(Exception):
    """Report that the student's function raised an exception.

    `kind` and `text` are the exception's; `line` and `code` tell where it came from.
    """

    def __init__(self, function: str, kind: str, text: str, line: int | None, code: str) -> None:
        super().__init__(function, kind, text, line, code)
        self.function, self.kind, self.text, self.line, self.code = function, kind, text, line, code


class Stopped(BaseException):
    """End a check at once; `function` is what was being called, `sentence` says what happened."""

    verdict = "stopped"

    def __init__(self, function: str, sentence: str) -> None:
        super().__init__(sentence)
        self.function, self.sentence = function, sentence


class NotWritten(Stopped):
    """Report a function that still raises NotImplementedError."""

    verdict = "not written"


class WorkerLost(Stopped):
    """Report a call after which the worker is gone; each kind below says why."""


class TimedOut(WorkerLost):
    """Report a call that did not come back before its deadline."""

    verdict = "out of time"


class Crashed(WorkerLost):
    """Report that the process of the submission ended."""

    verdict = "crashed"


class BrokeProtocol(WorkerLost):
    """Report that the process of the submission sent something that is not allowed."""

    verdict = "broken answer"


class NotLoaded(Stopped):
    """Report that the file could not be read as a solution at all."""

    verdict = "not loaded"


class OutOfTime(Stopped):
    """Report a check that was not run because the time for its function was used up."""

    verdict = "out of time"


class CannotStart(Exception):
    """Report a worker that did not come up: a fault of the grader or of its machine."""
