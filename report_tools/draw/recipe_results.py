"""Bring a recipe together with what its runs gave, from the stored files alone."""

from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from autograder.common import whole_file
from autograder.common.errors import UserError
from report_tools.plan import recipe as recipes
from report_tools.plan.data_source import DataSource
from report_tools.plan.kinds import KINDS, AnySettings
from report_tools.plan.recipe import FigureSpec, Recipe, TableSpec
from report_tools.plan.settings import phrase, words
from report_tools.train.store import Run, Store


class ManifestLine(msgspec.Struct, frozen=True):
    """One run that a recipe asked for: its label, where it is stored, and its settings."""

    label: str
    key: str
    settings: AnySettings


class Manifest(msgspec.Struct, frozen=True):
    """The note of how a recipe was run, OUT/NAME/NAME.json: all that drawing needs beside the runs.

    statistics: by which numbers the images of a run were standardised, and from which rows they are.
    """

    name: str
    edition: str
    quick: bool
    changes: tuple[str, ...]
    source: DataSource
    lines: tuple[ManifestLine, ...]
    statistics: dict[str, Any] = {}


class LabelledRun(NamedTuple):
    """A run as figures and tables show it: its label, its settings as plain data, and what came of it."""

    label: str
    settings: dict[str, Any]
    run: Run


class RecipeResults:
    """A recipe, how it was run, and its runs."""

    def __init__(self, manifest: Manifest, store: Store):
        self.manifest = manifest
        self.store = store
        self.recipe: Recipe = recipes.load(manifest.edition, manifest.name)
        self.first_epoch = recipes.load_edition(manifest.edition).first_epoch
        self.runs = [
            LabelledRun(line.label, plain(line.settings), store.read(line.key) or _missing(line, manifest))
            for line in manifest.lines
        ]

    @property
    def figures(self) -> list[FigureSpec]:
        """List the figures of the recipe that have something to show: one may be about a run not chosen."""
        return [figure for figure in self.recipe.figures if self.only(figure.only)]

    @property
    def tables(self) -> list[TableSpec]:
        """List the tables of the recipe that have something to show."""
        return [table for table in self.recipe.tables if self.only(table.only)]

    def only(self, labels: tuple[str, ...]) -> list[LabelledRun]:
        """List the runs with these labels, or all of them."""
        return [labelled for labelled in self.runs if not labels or labelled.label in labels]

    def curve(self, labelled: LabelledRun, metric: str) -> tuple[list[int], list[float]]:
        """Return the epochs of a line and its numbers; epoch 0 is before the first update."""
        values = series(labelled.run, metric)
        start = _start(labelled.run, metric)
        if self.first_epoch or start is None:
            return list(range(1, len(values) + 1)), values
        return list(range(len(values) + 1)), [start, *values]

    def arrays(self, labelled: LabelledRun) -> dict[str, Any]:
        """Return the arrays that a run keeps beside its numbers, by name; {} if there are none."""
        return self.store.arrays(labelled.run.key)

    def describe(self, labelled: LabelledRun, keys: list[str]) -> str:
        """Write some settings of a run as a legend says them."""
        known = words(KINDS[labelled.settings["kind"]])
        return ", ".join(phrase(known[key], labelled.settings[key]) for key in keys if key in known)

    @property
    def statistics(self) -> dict[str, Any]:
        """Return by which numbers the images of each run were standardised, if they were."""
        facts = {labelled.label: labelled.run.facts.get("statistics") for labelled in self.runs}
        return {label: found for label, found in facts.items() if found}

    @property
    def uses_images(self) -> bool:
        """Say whether any of its runs learns from a data set."""
        return any(labelled.run.settings.looks_at_images for labelled in self.runs)

    @property
    def varying(self) -> list[str]:
        """List the settings in which the runs of one kind differ, in the order of the settings."""
        found: dict[str, None] = {}
        for labelled in self.runs:
            for other in self.runs:
                if labelled.settings["kind"] == other.settings["kind"]:
                    found |= {k: None for k, v in labelled.settings.items() if other.settings[k] != v}
        return list(found)


def plain(settings: AnySettings) -> dict[str, Any]:
    """Write settings as TOML and JSON know them, with lists in place of tuples."""
    return dict(msgspec.json.decode(msgspec.json.encode(settings)))


def _missing(line: ManifestLine, manifest: Manifest) -> Run:
    """Stand in for a run that was deleted or never begun, so that the others can be drawn."""
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
    whole_file.write_bytes(path, msgspec.json.format(msgspec.json.encode(manifest), indent=1))


def read(out: Path, name: str) -> RecipeResults | None:
    """Return what a recipe was last run with, or None if it was not."""
    path = folder(out, name) / f"{name}.json"
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError:
        raise UserError(
            f"{path} is damaged; delete it and run {name} again (nothing is trained again)."
        ) from None
    return RecipeResults(manifest, Store(runs_folder(out)))


def series(run: Run, metric: str) -> list[float]:
    """Return one number per epoch (or per N); an error is one minus the accuracy.

    The parameters are a number of the whole run.
    """
    if metric == "parameters":
        return [run.parameters] if run.parameters else []
    if metric.endswith("_error"):
        return [1 - value for value in run.series.get(metric.replace("_error", "_accuracy"), [])]
    return run.series.get(metric, [])


def _start(run: Run, metric: str) -> float | None:
    """Return the number before the first update, where it was measured."""
    if metric.endswith("_error"):
        accuracy = run.start.get(metric.replace("_error", "_accuracy"))
        return None if accuracy is None else 1 - accuracy
    return run.start.get(metric)


def extreme(run: Run, metric: str, which: str) -> float | None:
    """Return the "lowest" or "highest" number of any epoch."""
    values = series(run, metric)
    return (min if which == "lowest" else max)(values, default=None)


def final(run: Run, metric: str) -> float | None:
    """Return the number that counts at the end: the last one, or that of the epoch restored."""
    values = series(run, metric)
    # Early stopping goes back to its best epoch; the ones after it are drawn, but do not count.
    epoch = min(run.facts.get("best_epoch", len(values)), len(values))
    return values[epoch - 1] if values else None
