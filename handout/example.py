"""Compute a problem's worked example with the reference, so that no number is ever copied by hand."""

import contextlib
import io
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from autograder.assignment.contract import Problem
from autograder.grading.stand_ins import reference_module
from handout import HERE

NAME = "worked_example.py"


def script(problem: Problem) -> Path | None:
    """Return the script that students run, beside the text of the problem, if there is one."""
    path = HERE / "problems" / problem.name / NAME
    return path if path.is_file() else None


def listing(problem: Problem) -> str:
    """Return the part of the script that builds what it is about; nothing if there is no script."""
    path = script(problem)
    if path is None:
        return ""
    text = path.read_text(encoding="utf-8")
    start, end = text.index("x = np.array"), text.index("def show(")
    return text[start:end].strip()


def sections(problem: Problem, solution: ModuleType | None = None) -> dict[str, str]:
    """Run the script with a solution, the reference if none is given, and return what it prints.

    The keys are the first words of its headings, the lines "# ...", which are left out.
    """
    path = script(problem)
    if path is None:
        return {}
    output = io.StringIO()
    with _known_as_solution(solution or reference_module(problem)), contextlib.redirect_stdout(output):
        runpy.run_path(str(path), run_name="__main__")
    blocks = output.getvalue().split("# ")[1:]
    return {block.split()[0].rstrip(","): block.partition("\n")[2].rstrip() for block in blocks}


@contextlib.contextmanager
def _known_as_solution(module: ModuleType) -> Iterator[None]:
    """Let `from solution import NN` find `module` for a while."""
    # Students run the script beside their solution.py; here the reference takes its place.
    before = sys.modules.get("solution")
    sys.modules["solution"] = module
    try:
        yield
    finally:
        if before is None:
            del sys.modules["solution"]
        else:
            sys.modules["solution"] = before
