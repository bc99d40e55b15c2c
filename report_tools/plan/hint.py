"""Write the commands that a student is told to type, with the options that they would need."""

from pathlib import Path

from report_tools.plan import assignment, recipe

PROGRAM = "bash setup.sh --report python -m report_tools"


def run(name: str, edition: str, out: Path = Path("results"), *, quick: bool = False) -> str:
    """Write the command that makes the figures of a recipe, for the report or as a dry run."""
    looks_at_images = any(one.settings.looks_at_images for one in recipe.expand(recipe.load(edition, name)))
    data = recipe.load(edition, name).data or recipe.load_edition(edition).data
    usual_folder = "results-quick" if quick else "results"
    return " ".join(
        [
            f"{PROGRAM} run {name}",
            *(["--quick"] if quick else [f"--data {data}"] if looks_at_images else []),
            *([f"--edition {edition}"] if edition != assignment.edition() else []),
            *([f"--out {out}"] if str(out) != usual_folder else []),
        ]
    )


def report(edition: str, out: Path) -> str:
    """Write the command that makes the PDF."""
    other = [f"--edition {edition}"] if edition != assignment.edition() else []
    return " ".join([f"{PROGRAM} report", *other, *([f"--out {out}"] if str(out) != "results" else [])])
