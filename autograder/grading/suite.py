"""Know the hidden checks, and call them one by one.

pytest collects them (collecting.py).  The list, and what is drawn for the term's seed, is kept on disk
(cache.py), and in one process the same inputs meet every submission.
"""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from autograder import ROOT
from autograder.assignment import config
from autograder.assignment.config import Assignment
from autograder.checking.expect import Expect
from autograder.checking.inputs import Drawn, Inputs, draw, shrink
from autograder.grading import cache
from autograder.grading.cache import Collected

# Of the file itself, whatever is asked of it.
FILE_CHECKS = ROOT / "autograder" / "checking" / "test_file.py"
FILE = "file"  # what their @tags say

Call = Callable[[Any, Expect], None]


class BoundCheck:
    """One check with its parameters, ready to be called with a student and a judge.

    drawn_for: the inputs that are known already, by the seed that they were drawn from.
    """

    def __init__(self, collected: Collected, drawn_for: dict[int, list[Drawn]] | None = None) -> None:
        self.collected = collected
        function: Any = collected.function
        self.function = function
        self.parameters, self.indices = collected.parameters, collected.indices
        self.title = self._filled((self.function.__doc__ or collected.name).splitlines()[0])
        self.tag = self._filled(function.__tags__[0])  # the graded function, as the check calls it
        self.problem = collected.file.parent.parent.name
        self.weight: float = function.__weight__
        self._id = f"{collected.file.stem}::{collected.name}"
        self._drawn = drawn_for or {}

    @property
    def draws(self) -> bool:
        """Tell whether inputs are drawn for this check."""
        return hasattr(self.function, "strategies")

    def examples(self) -> Iterator[Call]:
        """Yield the check for each input that is written beside it, or as it is if it draws none."""
        without: tuple[Inputs, ...] = () if self.draws else ({},)
        for inputs in getattr(self.function, "examples", without):
            yield functools.partial(self._call, inputs)

    def drawn(self, seed: int) -> Iterator[Call]:
        """Yield the check for each input drawn from this seed."""
        for drawn in self.inputs(seed):
            yield functools.partial(self._call, drawn.inputs)

    def inputs(self, seed: int) -> list[Drawn]:
        """Draw the inputs of this seed, once for all submissions."""
        if not self.draws:
            return []
        if seed not in self._drawn:
            # By name, not by number: a check that is put in before it leaves its inputs as they are.
            self._drawn[seed] = draw(self.function.strategies, seed, self._id)
        return self._drawn[seed]

    def shrink(self, seed: int) -> Call:
        """Return the check for the smallest input, near those that `drawn` has, that fails."""

        def smallest(student: Any, expect: Expect) -> None:
            shrink(
                self.function.strategies,
                self.inputs(seed),
                lambda **inputs: self._call(inputs, student, expect),
            )

        return smallest

    def _call(self, inputs: Inputs, student: Any, expect: Expect) -> None:
        self.function(student=student, expect=expect, **self.parameters, **inputs)

    def _filled(self, text: str) -> str:
        return text.format(**self.parameters) if self.parameters else text


def collect(assignment: Assignment) -> tuple[BoundCheck, ...]:
    """Return every hidden check of an assignment, in the order in which they are written.

    Raises SuiteError if a file of checks cannot be read.
    """
    folders = [problem.folder / "checks" for problem in assignment.contract.problems]
    return collect_from((FILE_CHECKS, *folders))


@functools.cache
def collect_from(paths: tuple[Path, ...]) -> tuple[BoundCheck, ...]:
    """Return every check of these files and folders, its inputs read or drawn; see `collect`."""
    seed = config.term_seed()
    known = cache.read(paths)
    if known is not None:
        return tuple(BoundCheck(collected, {seed: drawn}) for collected, drawn in known)
    from autograder.grading import collecting

    checks = tuple(map(BoundCheck, collecting.collect(paths)))
    cache.write(paths, [(check.collected, check.inputs(seed)) for check in checks])
    return checks
