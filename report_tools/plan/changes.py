"""Change a recipe by --set KEY=VALUE, or to the dry run that its table [quick] describes."""

from typing import Any

import msgspec

from autograder.common import toml_file
from autograder.common.errors import UserError
from report_tools.plan.kinds import KINDS
from report_tools.plan.recipe import Recipe, require_finite, suggest


def change(recipe: Recipe, key_value: str) -> Recipe:
    """Apply one KEY=VALUE to the recipe.

    KEY may be `seed`, `mlp.seed` (one kind of run) or `dropout.seed` (one variant).  VALUE is
    read as TOML; a list of values makes the setting vary: `lr=[0.1, 0.01]`.
    """
    key, equals, text = key_value.partition("=")
    if not equals:
        raise UserError(f"--set {key_value}: write KEY=VALUE, for example --set epochs=5.")
    scope, _, name = key.strip().rpartition(".")
    value = toml_file.value(text.strip())
    require_finite(name, value, f"--set {key_value}")
    return _change(recipe, scope, name, value, f"--set {key_value}")


def quick(recipe: Recipe) -> Recipe:
    """Shorten the recipe to the dry run that its table [quick] describes."""
    for key, value in recipe.quick.items():
        scope, _, name = key.rpartition(".")
        recipe = _change(recipe, scope, name, value, f"quick.{key}")
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
        raise UserError(f"{source}: {scope!r} is not one of {', '.join(names)}.")
    kinds = _check_key(key, kinds, source)
    # A list can be one value (hidden_dims) or several (lr): what fits the type as it is, is one value.
    if all(_fits(key, value, kind) for kind in kinds):
        changed = {k: {**v, key: value} if k in kinds else v for k, v in recipe.settings.items()}
        vary = {k: v for k, v in recipe.vary.items() if k != key}
        return msgspec.structs.replace(recipe, settings=changed, vary=vary)
    if isinstance(value, list) and value and all(_fits(key, v, k) for v in value for k in kinds):
        return msgspec.structs.replace(recipe, vary={**recipe.vary, key: value})
    example = next(iter(kinds))
    toml_file.convert(value, _type(key, example), source)  # says best what is wrong with it
    raise UserError(f"{source}: {value!r} is not a possible value of {key}.")


def _check_key(key: str, kinds: set[str], source: str) -> set[str]:
    """Return the kinds of runs that have this setting; raises UserError if there is none."""
    having = {kind for kind in kinds if key in KINDS[kind].__struct_fields__}
    if not having:
        known = sorted({field for kind in kinds for field in KINDS[kind].__struct_fields__})
        raise UserError(f"{source}: there is no setting {key!r} here; {suggest(key, known)}")
    return having


def _type(key: str, kind: str) -> Any:
    return next(field.type for field in msgspec.structs.fields(KINDS[kind]) if field.name == key)


def _fits(key: str, value: Any, kind: str) -> bool:
    try:
        msgspec.convert(value, _type(key, kind))
    except msgspec.ValidationError:
        return False
    return True
