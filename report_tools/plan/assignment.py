"""Read from assignment.toml what the report needs: titles, edition, points, sections of the handout."""

from functools import cache
from typing import Any

from autograder import ROOT
from autograder.common import toml_file
from autograder.common.errors import UserError
from autograder.common.keys import function_of
from report_tools.plan import recipe


@cache
def _tables() -> dict[str, Any]:
    path = ROOT / "assignment.toml"
    return toml_file.read(path) if path.exists() else {}


def edition() -> str:
    """Return the edition that the instructor chose; without assignment.toml, the only one there is."""
    chosen = _tables().get("report", {}).get("edition")
    if chosen:
        return str(chosen)
    if len(recipe.editions()) > 1:
        raise UserError(
            "no assignment.toml says which edition this is; add one, such as --edition "
            f"{recipe.editions()[0]}."
        )
    return recipe.editions()[0]


def points(of_edition: str) -> dict[str, float]:
    """Map the recipes of an edition to the points of their question; recipes that are not there are extra.

    Another edition than the one that is served gives no points, though its questions may have the same names.
    """
    report = _tables().get("report", {})
    return dict(report.get("questions", {})) if report.get("edition") == of_edition else {}


def sections(problem: str) -> dict[str, str]:
    """Map each function of a problem to its section of the handout, in the order of the handout."""
    parts = [part for part in _tables().get("parts", []) if part["problem"] == problem]
    return {function_of(key): str(part["number"]) for part in parts for key in part["functions"]}


def title() -> tuple[str, str, str]:
    """Return the course, the title of the assignment and the term."""
    return tuple(str(_tables().get(key, "")) for key in ("course", "title", "term"))  # type: ignore[return-value]
