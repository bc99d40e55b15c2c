"""Remember what a recipe was run with, so that drawing needs the stored runs alone."""

from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from autograder.common.errors import UserError
from report_tools.plan import recipe as recipes
from report_tools.plan.recipe import Recipe
from report_tools.plan.settings import AnySettings
from report_tools.train.data import Source
from report_tools.train.store import Run, Store


class Line(msgspec.Struct, frozen=True):
    """Name one run of a recipe and say with which settings it was asked for."""

    label: str
    key: str
    settings: AnySettings


class Manifest(msgspec.Struct, frozen=True):
    """Hold how a recipe was run: OUT/NAME/NAME.json."""

    name: str
    edition: str
    quick: bool
    changes: tuple[str, ...]
    source: Source
    lines: tuple[Line, ...]


class Entry(NamedTuple):
    """Hold one line of a figure: its label, its settings as plain data, and its run if there is one."""

    label: str
    settings: dict[str, Any]
    run: Run


class Outcome:
    """Bring together a recipe, how it was run, and its runs."""

    def __init__(self, manifest: Manifest, store: Store):
        self.manifest = manifest
        self.recipe: Recipe = recipes.load(manifest.edition, manifest.name)
        self.entries = [
            Entry(line.label, plain(line.settings), store.read(line.key) or _missing(line, manifest))
            for line in manifest.lines
        ]

    def only(self, labels: tuple[str, ...]) -> list[Entry]:
        """List the entries with these labels, or all of them."""
        return [entry for entry in self.entries if not labels or entry.label in labels]

    @property
    def varying(self) -> list[str]:
        """List the settings in which the entries of one kind differ, in the order of the settings."""
        found: dict[str, None] = {}
        for entry in self.entries:
            for other in self.entries:
                if entry.settings["kind"] == other.settings["kind"]:
                    found |= {k: None for k, v in entry.settings.items() if other.settings[k] != v}
        return list(found)


def plain(settings: AnySettings) -> dict[str, Any]:
    """Write settings as TOML and JSON know them, with lists in place of tuples."""
    return dict(msgspec.json.decode(msgspec.json.encode(settings)))


def _missing(line: Line, manifest: Manifest) -> Run:
    return Run(key=line.key, settings=line.settings, source=manifest.source)


def folder(out: Path, name: str) -> Path:
    """Say where the figures and tables of a recipe go."""
    return out / name


def runs_folder(out: Path) -> Path:
    """Say where the raw runs go."""
    return out / "runs"


def save(manifest: Manifest, out: Path) -> None:
    """Write the manifest beside the figures that are drawn from it."""
    path = folder(out, manifest.name) / f"{manifest.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))


def read(out: Path, name: str) -> Outcome | None:
    """Return what a recipe was last run with, or None if it was not."""
    path = folder(out, name) / f"{name}.json"
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError:
        raise UserError(
            f"{path} is damaged; delete it and run {name} again (nothing is trained anew)."
        ) from None
    return Outcome(manifest, Store(runs_folder(out)))


def series(run: Run, metric: str) -> list[float]:
    """Return one number per epoch (or per N); an error is one minus the accuracy."""
    if metric.endswith("_error"):
        return [1 - value for value in run.series.get(metric.replace("_error", "_accuracy"), [])]
    return run.series.get(metric, [])


def final(run: Run, metric: str) -> float | None:
    """Return the number that counts at the end: the last one, or that of the epoch gone back to."""
    values = series(run, metric)
    epoch = run.facts.get("best_epoch", len(values))
    return values[epoch - 1] if values else None
