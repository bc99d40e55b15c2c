"""Read recipes: one small TOML per figure or table says what is trained and what is drawn.

recipes/EDITION/edition.toml    the data set, how it is split, the order of the recipes
recipes/EDITION/NAME.toml       settings, what varies, figures, tables, published numbers
"""

import difflib
import itertools
import math
from functools import cache
from typing import Any, Literal

import msgspec

from autograder import ROOT
from autograder.common import toml_file
from autograder.common.errors import UserError
from report_tools.plan import settings
from report_tools.plan.data_source import DataSet, data_set
from report_tools.plan.kinds import KINDS, AnySettings
from report_tools.plan.settings import Count, NotNegative, StrictTable

FOLDER = ROOT / "report_tools" / "recipes"
DRAW = ROOT / "report_tools" / "draw"


class Essay(StrictTable, frozen=True):
    """A question of the report that is answered in words alone."""

    title: str
    asks: str


class Edition(StrictTable, frozen=True):
    """A report: its data set and its recipes, in the order of the questions.

    data: a data set of recipes/data.toml; a recipe may name another one.
    valid_one_in: the last row in so many of the training images are the validation split; instead of
    it `valid = "test"`, where a text says that the test images validate.
    essays: questions without a recipe, which come last.
    first_epoch: 0 lets curves begin before the first update, where that was measured.
    """

    title: str
    recipes: tuple[str, ...]
    data: str
    valid_one_in: Count | None = None
    valid: Literal["test"] | None = None
    first_epoch: Literal[0, 1] = 1
    essays: dict[str, Essay] = msgspec.field(default_factory=dict)


class Variant(StrictTable, frozen=True):
    """One more line of a figure: the settings, with these changes."""

    label: str
    kind: str = ""
    change: dict[str, Any] = msgspec.field(default_factory=dict)


class FigureSpec(StrictTable, frozen=True):
    """A figure that a recipe asks for.  `kind` names a module of draw/figures.

    only: the labels of the runs that it shows; all of them, if there are none.
    together: all metrics of all runs in one panel.  mark_lowest: the lowest validation loss of each run.
    """

    name: str
    kind: str
    title: str
    metrics: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    log: bool = False
    together: bool = False
    mark_lowest: bool = False


class TableSpec(StrictTable, frozen=True):
    """A table that a recipe asks for.  `kind` names a module of draw/tables.

    only: as in a figure.  at_least: leaves out runs whose last number of a metric is lower.
    first: of a gradient check, show so many elements; all, if nothing is said.
    """

    name: str
    kind: str
    title: str
    metrics: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    at_least: dict[str, float] = msgspec.field(default_factory=dict)
    first: Count | None = None


class PublishedRun(StrictTable, frozen=True):
    """Published numbers for the run with these settings; `values` are per epoch or final."""

    run: dict[str, Any]
    values: dict[str, int | float | tuple[float, ...]]
    tolerance: dict[str, NotNegative] = msgspec.field(default_factory=dict)


class Published(StrictTable, frozen=True, kw_only=True):
    """Published numbers of a recipe, and how far a repetition may be from them (absolute).

    called: "expected", if they are those of a correct solution and nobody has published them.
    first_epoch: the first one that is compared.  free: settings that may differ from the recipe's.
    """

    note: str
    tolerance: dict[str, NotNegative]
    called: Literal["published", "expected"] = "published"
    first_epoch: Count = 1
    free: tuple[str, ...] = ()
    runs: tuple[PublishedRun, ...]


class Recipe(StrictTable, frozen=True, kw_only=True):
    """A recipe, as its file, and then --quick and --set, say.

    data: if it is not the edition's.
    settings_of: another recipe, whose settings it takes over but for those it has itself: what is the same
    for both is written once, and where all is the same they share the runs.
    """

    title: str
    asks: str
    data: str = ""
    settings_of: str = ""
    settings: dict[str, dict[str, Any]]
    vary: dict[str, list[Any]] = msgspec.field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    quick: dict[str, Any] = msgspec.field(default_factory=dict)
    figures: tuple[FigureSpec, ...] = ()
    tables: tuple[TableSpec, ...] = ()
    published: Published | None = None


class PlannedRun(StrictTable, frozen=True):
    """A run that a recipe asks for, and the words that tell it from the others."""

    label: str
    settings: AnySettings


def editions() -> list[str]:
    """List the editions there are."""
    return sorted(path.parent.name for path in FOLDER.glob("*/edition.toml"))


def load_edition(name: str) -> Edition:
    """Read an edition by its name."""
    if name not in editions():
        raise UserError(f"there is no edition {name!r}; the editions are {', '.join(editions())}.")
    source = f"{name}/edition.toml"
    edition = toml_file.convert(toml_file.read(FOLDER / name / "edition.toml"), Edition, source)
    if (edition.valid_one_in is None) == (edition.valid is None):
        raise UserError(f'{source}: write either valid_one_in = N or valid = "test".')
    data_set(edition.data, source)
    return edition


def data_of(edition: Edition, recipe: Recipe) -> DataSet:
    """Return the data set that a recipe of this edition is about."""
    return data_set(recipe.data or edition.data, "data")


def load(edition: str, name: str) -> Recipe:
    """Read a recipe by its name, and check that it can be expanded."""
    known = load_edition(edition).recipes
    if name not in known:
        raise UserError(f"edition {edition} has no recipe {name!r}; {suggest(name, known)}")
    source = f"{edition}/{name}.toml"
    recipe = toml_file.convert(_tables(edition, name, source), Recipe, source)
    for kind in recipe.settings:
        if kind not in KINDS:
            raise UserError(f"{source}: settings.{kind} is unknown; the kinds are {', '.join(KINDS)}.")
    _require_kinds("figure", recipe.figures, source)
    _require_kinds("table", recipe.tables, source)
    if recipe.data:
        data_set(recipe.data, source)
    expand(recipe, source)  # a wrong setting is found here, before --set changes what is said about it
    return recipe


def _tables(edition: str, name: str, source: str) -> dict[str, Any]:
    """Read a recipe's tables, with the settings of another recipe below its own if it asks for them."""
    tables = toml_file.read(FOLDER / edition / f"{name}.toml")
    if other := tables.get("settings_of"):
        if other not in load_edition(edition).recipes:
            raise UserError(f"{source}: settings_of names no recipe of this edition: {other!r}.")
        named = toml_file.read(FOLDER / edition / f"{other}.toml")
        if "settings_of" in named:
            raise UserError(
                f"{source}: settings_of names {other}, which takes its settings from another "
                "recipe; name that one."
            )
        theirs, own = named.get("settings", {}), tables.get("settings", {})
        tables["settings"] = {
            kind: {**theirs.get(kind, {}), **own.get(kind, {})} for kind in {**theirs, **own}
        }
    return tables


@cache
def drawn(what: str) -> list[str]:
    """List the kinds of a "figure" or "table" that can be drawn: a kind is a module of that name."""
    # By their files alone: importing them would import what draws, which planning does without.
    modules = sorted((DRAW / f"{what}s").glob("[!_]*.py"))
    return [module.stem.replace("_", "-") for module in modules]


def _require_kinds(what: str, wanted: tuple[FigureSpec, ...] | tuple[TableSpec, ...], source: str) -> None:
    for each in wanted:
        if each.kind not in drawn(what):
            raise UserError(
                f"{source}: {what} {each.name!r} is of an unknown kind {each.kind!r}; "
                f"{suggest(each.kind, drawn(what))}"
            )


def suggest(word: str, known: list[str] | tuple[str, ...]) -> str:
    """End a sentence about an unknown word: with the likely one, or with all there are."""
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}."


def expand(recipe: Recipe, source: str = "recipe") -> list[PlannedRun]:
    """List the runs: every variant with every combination of what varies, in order."""
    # Without variants each kind of run is drawn once, as one line of the figure.
    variants = recipe.variants or tuple(Variant(label="", kind=kind) for kind in recipe.settings)
    planned = [run for variant in variants for run in _expand_variant(recipe, variant, source)]
    labels = [run.label for run in planned]
    for label in labels:
        if labels.count(label) > 1:
            raise UserError(f"{source}: the run {label!r} appears twice; remove one of them.")
    return planned


def require_finite(key: str, value: Any, source: str) -> None:
    """Raise UserError if there is an infinite number, or nan, in a setting."""
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"{source}: {key} is {value}, but must be a finite number.")
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    for part in parts:
        require_finite(key, part, source)


def _expand_variant(recipe: Recipe, variant: Variant, source: str) -> list[PlannedRun]:
    kind = variant.kind or next(iter(recipe.settings))
    if kind not in recipe.settings:
        raise UserError(f"{source}: the variant {variant.label!r} needs a table settings.{kind}.")
    base = {"kind": kind, **recipe.settings[kind], **variant.change}
    for key, value in [*base.items(), *recipe.vary.items()]:
        require_finite(key, value, source)
    # What varies need not be a setting of every kind: a CNN has no hidden_dims.
    known = settings.words(KINDS[kind])
    keys = [key for key in recipe.vary if key in known]
    runs = []
    for values in itertools.product(*(recipe.vary[key] for key in keys)):
        chosen = dict(zip(keys, values, strict=True))
        own: AnySettings = toml_file.convert({**base, **chosen}, KINDS[kind], source)  # type: ignore[assignment]
        words = [variant.label, *(settings.phrase(known[key], value) for key, value in chosen.items())]
        runs.append(PlannedRun(label=", ".join(word for word in words if word) or kind, settings=own))
    return runs
