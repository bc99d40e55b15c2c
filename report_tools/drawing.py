"""Turn an outcome into files: figures, tables, captions and the raw numbers beside them."""

from pathlib import Path

import msgspec

from report_tools import captions, figures, results, tables
from report_tools.results import Outcome


def write_all(outcome: Outcome, out: Path) -> Path:
    """Write every figure and table of the recipe into OUT/NAME and return that folder.

    Beside the pictures: captions.md says what each one shows and what to know about it, and
    raw.json holds the runs it was drawn from.
    """
    folder = results.folder(out, outcome.manifest.name)
    folder.mkdir(parents=True, exist_ok=True)
    for figure in outcome.recipe.figures:
        figures.save(outcome, figure, folder / figure.name)
    for table in outcome.recipe.tables:
        tables.write(tables.build(outcome, table), folder / f"table-{table.name}")
    raw = {entry.label: msgspec.to_builtins(entry.run) for entry in outcome.entries}
    (folder / "raw.json").write_bytes(msgspec.json.format(msgspec.json.encode(raw), indent=1))
    (folder / "captions.md").write_text(_captions(outcome), encoding="utf-8")
    return folder


def _captions(outcome: Outcome) -> str:
    shown = [(f"{figure.name}.png, {figure.name}.pdf", figure.title) for figure in outcome.recipe.figures]
    shown += [(f"table-{table.name}.*", table.title) for table in outcome.recipe.tables]
    parts = [f"**{files}**: {captions.caption(outcome, title)}\n" for files, title in shown]
    said = [f"- {remark}\n" for remark in captions.remarks(outcome)]
    return "\n".join(parts) + ("\nTo know:\n\n" + "".join(said) if said else "")
