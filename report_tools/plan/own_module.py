"""Find the file of a PyTorch class that a recipe names: "mynet.py:Net"."""

from pathlib import Path

from autograder import ROOT
from autograder.common.errors import UserError

NETWORKS = ROOT / "report_tools" / "networks"


def find(module: str, solution: Path) -> Path:
    """Return the file: beside the student's solution, or else one that comes with the kit.

    Raises UserError if there is none.
    """
    name = module.partition(":")[0]
    for folder in (solution.parent, NETWORKS):
        if (folder / name).is_file():
            return folder / name
    ours = ", ".join(path.name for path in sorted(NETWORKS.glob("[!_]*.py")))
    raise UserError(
        f"module={module}: there is no file {solution.parent / name}; write your class into it, "
        f"or name a network of the kit: {ours}."
    )
