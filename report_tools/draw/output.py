"""Turn the results of a recipe into files: figures, tables, captions and the raw numbers beside them."""

from pathlib import Path

import msgspec

from autograder.common import whole_file
from report_tools.draw import document, picture, recipe_results, table
from report_tools.draw.recipe_results import RecipeResults


def is_drawn(name: str, out: Path) -> bool:
    """Tell whether the figures and tables of a recipe are there, by the file that is written last."""
    return (recipe_results.folder(out, name) / f"section.{document.FORMATS[-1]}").exists()


def write_all(results: RecipeResults, out: Path) -> Path:
    """Write every figure and table of the recipe into OUT/NAME and return that folder.

    Beside the pictures: section.md (.tex, .typ) says what each one shows and what to know about it,
    and raw.json holds the runs it was drawn from.
    """
    folder = recipe_results.folder(out, results.manifest.name)
    for figure in results.figures:
        picture.save(results, figure, folder / figure.name)
    for wanted in results.tables:
        table.write(table.build(results, wanted), folder / f"table-{wanted.name}")
    # Beside the picture, so that whoever gets the folder alone has its numbers.
    raw = {labelled.label: msgspec.to_builtins(labelled.run) for labelled in results.runs}
    whole_file.write_bytes(folder / "raw.json", msgspec.json.format(msgspec.json.encode(raw), indent=1))
    document.write_sections(results, out)
    return folder
