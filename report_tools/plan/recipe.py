"""Read recipes: one small TOML per figure or table says what is trained and what is drawn.

recipes/EDITION/edition.toml    the data set, how it is split, the order of the recipes
recipes/EDITION/NAME.toml       settings, what varies, figures, tables, published numbers
"""

import difflib
import itertools
from typing import Any, Literal

import msgspec

from autograder import ROOT
from autograder.common import toml_file
from autograder.common.errors import UserError
from report_tools.plan.settings import KINDS, AnySettings, Count, NotNegative, StrictTable

FOLDER = ROOT / "report_tools" / "recipes"


class Edition(StrictTable, frozen=True):
    """A report: its data set and its recipes, in the order of the questions.

    labels_sha256: of the training labels, then the test labels, as bytes; by it a file is
    recognised whatever its name.
    valid_one_in: the last row in so many of the training images are the validation split.
    """

    title: str
    recipes: tuple[str, ...]
    data_name: str
    labels_sha256: str
    valid_one_in: Count


class Variant(StrictTable, frozen=True):
    """One more line of a figure: the settings, with these changes."""

    label: str
    kind: str = ""
    change: dict[str, Any] = msgspec.field(default_factory=dict)


class FigureSpec(StrictTable, frozen=True):
    """A figure that a recipe asks for.  `kind` names a function of draw/figures.py."""

    name: str
    kind: Literal["curves", "heatmap", "gradient-check", "gradient-traps"]
    title: str
    metrics: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    log: bool = False


class TableSpec(StrictTable, frozen=True):
    """A table that a recipe asks for.  `kind` names a function of draw/tables.py."""

    name: str
    kind: Literal["epochs", "runs", "layers", "gradient-check"]
    title: str
    metrics: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    at_least: dict[str, float] = msgspec.field(default_factory=dict)


class PublishedRun(StrictTable, frozen=True):
    """Published numbers for the run with these settings; `values` are per epoch or final."""

    run: dict[str, Any]
    values: dict[str, float | tuple[float, ...]]
    tolerance: dict[str, NotNegative] = msgspec.field(default_factory=dict)


class Published(StrictTable, frozen=True, kw_only=True):
    """Published numbers of a recipe, and how far a repetition may be from them (absolute).

    first_epoch: the first one that is compared.  free: settings that may differ from the recipe's.
    """

    note: str
    tolerance: dict[str, NotNegative]
    first_epoch: Count = 1
    free: tuple[str, ...] = ()
    runs: tuple[PublishedRun, ...]


class Recipe(StrictTable, frozen=True):
    """A recipe, as its file, and then --quick and --set, say."""

    title: str
    asks: str
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
        raise UserError(f"there is no edition {name!r}; there is {', '.join(editions())}.")
    path = FOLDER / name / "edition.toml"
    return toml_file.convert(toml_file.read(path), Edition, f"{name}/edition.toml")


def load(edition: str, name: str) -> Recipe:
    """Read a recipe by its name, and check that it can be expanded."""
    known = load_edition(edition).recipes
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}."
        raise UserError(f"edition {edition} has no recipe {name!r}; {hint}")
    source = f"{edition}/{name}.toml"
    recipe = toml_file.convert(toml_file.read(FOLDER / edition / f"{name}.toml"), Recipe, source)
    for kind in recipe.settings:
        if kind not in KINDS:
            raise UserError(f"{source}: settings.{kind} is unknown; the kinds are {', '.join(KINDS)}.")
    expand(recipe, source)  # a wrong setting is found here, before --set changes what is said about it
    return recipe


def expand(recipe: Recipe, source: str = "recipe") -> list[PlannedRun]:
    """List the runs: every variant with every combination of what varies, in order."""
    # Without variants each kind of run is drawn once, as one line of the figure.
    variants = recipe.variants or tuple(Variant(label="", kind=kind) for kind in recipe.settings)
    planned = [run for variant in variants for run in _expand_variant(recipe, variant, source)]
    labels = [run.label for run in planned]
    for label in labels:
        if labels.count(label) > 1:
            raise UserError(f"{source}: the run {label!r} is asked for twice; once is right.")
    return planned


def _expand_variant(recipe: Recipe, variant: Variant, source: str) -> list[PlannedRun]:
    kind = variant.kind or next(iter(recipe.settings))
    if kind not in recipe.settings:
        raise UserError(f"{source}: the variant {variant.label!r} needs a table settings.{kind}.")
    base = {"kind": kind, **recipe.settings[kind], **variant.change}
    # What varies need not be a setting of every kind: a CNN has no hidden_dims.
    keys = [key for key in recipe.vary if key in KINDS[kind].__struct_fields__]
    runs = []
    for values in itertools.product(*(recipe.vary[key] for key in keys)):
        chosen = dict(zip(keys, values, strict=True))
        words = [variant.label, *(describe(key, value) for key, value in chosen.items())]
        settings: AnySettings = toml_file.convert({**base, **chosen}, KINDS[kind], source)
        runs.append(PlannedRun(label=", ".join(word for word in words if word) or kind, settings=settings))
    return runs


def describe(key: str, value: Any) -> str:
    """Write one setting the way a legend says it."""
    if key in ("initialization", "activation"):
        return str(value)
    if key == "hidden_dims":
        return f"({', '.join(map(str, value))})"
    return f"{key.replace('_', ' ')} {value}"


def change(recipe: Recipe, key_value: str) -> Recipe:
    """Apply one KEY=VALUE to the recipe.

    KEY may be `seed`, `mlp.seed` (one kind of run) or `dropout.seed` (one variant).  VALUE is
    read as TOML; a list of values makes the setting vary: `lr=[0.1, 0.01]`.
    """
    key, equals, text = key_value.partition("=")
    if not equals:
        raise UserError(f"--set {key_value}: write KEY=VALUE, for example --set epochs=5.")
    scope, _, name = key.strip().rpartition(".")
    return _change(recipe, scope, name, toml_file.value(text.strip()), f"--set {key_value}")


def quick(recipe: Recipe) -> Recipe:
    """Shorten the recipe to the dry run that its table [quick] describes."""
    for key, value in recipe.quick.items():
        recipe = _change(recipe, "", key, value, f"quick.{key}")
    return recipe


def _change(recipe: Recipe, scope: str, key: str, value: Any, source: str) -> Recipe:
    """Set a key in one variant, in one kind of run, or, for an empty scope, wherever it fits."""
    variant = next((item for item in recipe.variants if item.label == scope), None)
    if variant is not None:
        kind = variant.kind or next(iter(recipe.settings))
        _check_key(key, {kind}, source)
        new = msgspec.structs.replace(variant, change={**variant.change, key: value})
        variants = tuple(new if item is variant else item for item in recipe.variants)
        return msgspec.structs.replace(recipe, variants=variants)
    kinds = {kind for kind in recipe.settings if scope in ("", kind)}
    if not kinds:
        names = [*recipe.settings, *(item.label for item in recipe.variants)]
        raise UserError(f"{source}: {scope!r} is none of {', '.join(names)}.")
    kinds = _check_key(key, kinds, source)
    # A list can be one value (hidden_dims) or several (lr): what fits the type as it is, is one value.
    if all(_fits(key, value, kind) for kind in kinds):
        settings = {k: {**v, key: value} if k in kinds else v for k, v in recipe.settings.items()}
        vary = {k: v for k, v in recipe.vary.items() if k != key}
        return msgspec.structs.replace(recipe, settings=settings, vary=vary)
    if isinstance(value, list) and value and all(_fits(key, v, k) for v in value for k in kinds):
        return msgspec.structs.replace(recipe, vary={**recipe.vary, key: value})
    example = next(iter(kinds))
    toml_file.convert(value, _type(key, example), source)  # says best what is wrong with it
    raise UserError(f"{source}: {value!r} does not fit {key}.")


def _check_key(key: str, kinds: set[str], source: str) -> set[str]:
    """Return the kinds of runs that have this setting; raises UserError if there is none."""
    having = {kind for kind in kinds if key in KINDS[kind].__struct_fields__}
    if not having:
        known = sorted({field for kind in kinds for field in KINDS[kind].__struct_fields__})
        close = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}."
        raise UserError(f"{source}: there is no setting {key!r} here; {hint}")
    return having


def _type(key: str, kind: str) -> Any:
    return next(field.type for field in msgspec.structs.fields(KINDS[kind]) if field.name == key)


def _fits(key: str, value: Any, kind: str) -> bool:
    try:
        msgspec.convert(value, _type(key, kind))
    except msgspec.ValidationError:
        return False
    return True
