"""Compute the handout's worked example with the reference, so that no number is ever copied by hand."""

import contextlib
import io
import runpy
import sys
from collections.abc import Iterator
from types import ModuleType

import reference.solution
from handout import HERE

SCRIPT = HERE / "worked_example.py"


def listing() -> str:
    """Return the part of worked_example.py that builds the network."""
    text = SCRIPT.read_text(encoding="utf-8")
    start, end = text.index("x = np.array"), text.index("def show(")
    return text[start:end].strip()


def sections(solution: ModuleType = reference.solution) -> dict[str, str]:
    """Run worked_example.py with a solution and return what it prints, by the first word of each heading.

    The keys are forward, loss, backward, after, the; the lines "# ..." are left out.
    """
    output = io.StringIO()
    with _known_as_solution(solution), contextlib.redirect_stdout(output):
        runpy.run_path(str(SCRIPT), run_name="__main__")
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
