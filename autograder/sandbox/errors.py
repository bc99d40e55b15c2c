"""Name every way in which a submission can fail to give an answer.

Two families.  `Raised` is an ordinary exception of the student's function: Hypothesis
may look for a smaller input that raises it.  A `Stopped` ends the check at once: it is a
BaseException so that nothing tries again what hung, crashed or is not written.
"""


class Raised(Exception):
    """An exception that the student's function raised.

    `kind` and `text` are the exception's; `place` and `code` tell where in the file it came from,
    if that is known; `line` is the same place in the program that was run, 0 if it is not known.
    """

    def __init__(self, function: str, kind: str, text: str, place: str, code: str, line: int = 0) -> None:
        super().__init__(function, kind, text, place, code, line)
        self.function, self.kind, self.text, self.place, self.code = function, kind, text, place, code
        self.line = line

    @property
    def stand_in_refused(self) -> bool:
        """Tell whether a stand-in had no answer; the name is the worker's."""
        return self.kind == "StandInRefused"


class Stopped(BaseException):
    """The end of a check; `function` is what was being called, `sentence` says what happened."""

    def __init__(self, function: str, sentence: str) -> None:
        super().__init__(sentence)
        self.function, self.sentence = function, sentence


class NotWritten(Stopped):
    """A function that still raises NotImplementedError."""


class NotLoaded(Stopped):
    """A file that could not be read as a solution at all.

    `line` is where in the program that was seen; 0 if no one line is to blame.
    """

    def __init__(self, function: str, sentence: str, line: int = 0) -> None:
        super().__init__(function, sentence)
        self.line = line


class OutOfTime(Stopped):
    """A check that was not run because the time for its function was used up."""


class WorkerLost(Stopped):
    """A call after which the worker is gone; each kind below says why.

    `what` says what became of it, as the rest of a sentence.  The process that lost its worker
    does not know what was being called; whoever called it says so with `while_calling`.
    """

    sentence_about = "`{function}` {what}."

    def __init__(self, what: str, function: str = "your file") -> None:
        super().__init__(function, self.sentence_about.format(function=function, what=what))
        self.what = what

    def while_calling(self, function: str) -> "WorkerLost":
        """Return the same loss under the name of the function that was being called."""
        return type(self)(self.what, function)


class TimedOut(WorkerLost):
    """A call that did not come back before its deadline."""


class Starved(WorkerLost):
    """A call that a busy machine never let finish: no submission is to blame, and another try may do."""

    sentence_about = (
        "The machine was too busy to finish a call of `{function}`. "
        "This is not your mistake: please tell the course staff."
    )


class Crashed(WorkerLost):
    """The end of the submission's process."""


class BrokeProtocol(WorkerLost):
    """Bytes from the submission's process that are not allowed."""


class CannotStart(Exception):
    """A worker that did not come up: a fault of the grader or of its machine."""
