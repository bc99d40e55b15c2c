"""Turn an outcome into files: figures, tables, captions and the raw numbers beside them."""

from pathlib import Path

import msgspec

from report_tools.draw import document, figures, outcomes, tables
from report_tools.draw.outcomes import Outcome


def write_all(outcome: Outcome, out: Path) -> Path:
    """Write every figure and table of the recipe into OUT/NAME and return that folder.

    Beside the pictures: section.md (.tex, .typ) says what each one shows and what to know about it,
    and raw.json holds the runs it was drawn from.
    """
    folder = outcomes.folder(out, outcome.manifest.name)
    folder.mkdir(parents=True, exist_ok=True)
    for figure in outcome.recipe.figures:
        figures.save(outcome, figure, folder / figure.name)
    for table in outcome.recipe.tables:
        tables.write(tables.build(outcome, table), folder / f"table-{table.name}")
    raw = {entry.label: msgspec.to_builtins(entry.run) for entry in outcome.entries}
    (folder / "raw.json").write_bytes(msgspec.json.format(msgspec.json.encode(raw), indent=1))
    document.write_sections(outcome, out)
    return folder
