"""Compute a problem's worked example with the reference, so that no number is ever copied by hand."""

import contextlib
import dataclasses
import io
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from autograder.assignment.config import Assignment
from autograder.assignment.contract import Problem
from autograder.grading.stand_ins import reference_module
from handout import HERE

NAME = "worked_example.py"


@dataclasses.dataclass(frozen=True)
class Script:
    """The script of a worked example, beside the text of its problem."""

    path: Path
    name_in_kit: str


def script(problem: Problem) -> Script | None:
    """Return the script of a problem that students run, if there is one."""
    path = HERE / "problems" / problem.name / NAME
    return Script(path, f"{path.stem}_{problem.name}{path.suffix}") if path.is_file() else None


def scripts(assignment: Assignment) -> dict[str, Script]:
    """Return the scripts of all problems that have one, by the name of the problem."""
    found = {problem.name: script(problem) for problem in assignment.contract.problems}
    return {name: each for name, each in found.items() if each is not None}


def listing(problem: Problem) -> str:
    """Return the part of the script that builds what it is about; nothing if there is no script."""
    found = script(problem)
    if found is None:
        return ""
    text = found.path.read_text(encoding="utf-8")
    start, end = text.index("\n\n", text.index("from solution import")), text.index("def show(")
    return text[start:end].strip()


def sections(problem: Problem) -> dict[str, str]:
    """Run the script with the reference, and return what it prints.

    The keys are the first words of its headings, the lines "# ...", which are left out.
    """
    found = script(problem)
    if found is None:
        return {}
    output = io.StringIO()
    with _known_as_solution(reference_module(problem)), contextlib.redirect_stdout(output):
        runpy.run_path(str(found.path), run_name="__main__")
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
