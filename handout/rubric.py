"""Share the points of a report question among the criteria that a marker looks at."""

from functools import cache
from pathlib import Path

import msgspec

from autograder.common import toml_file
from autograder.common.errors import UserError
from handout import EDITIONS

STEP = 4  # points are given in quarters


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing a marker looks for: how much it weighs, and what earns it."""

    what: str
    weight: float
    full: str
    half: str
    none: str


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A question of the report: its title and its criteria."""

    title: str
    criteria: tuple[Criterion, ...]


@cache
def read(edition: str, folder: Path = EDITIONS) -> dict[str, Question]:
    """Read folder/edition/rubric.toml: every question of an edition, by name.

    Raises UserError when there is no such edition or the file is not as it should be.
    """
    path = folder / edition / "rubric.toml"
    if not path.is_file():
        known = sorted(file.parent.name for file in folder.glob("*/rubric.toml"))
        raise UserError(f"there is no text for the edition {edition}; there is one for {', '.join(known)}.")
    source = f"editions/{edition}/rubric.toml"
    return toml_file.convert(toml_file.read(path, source), dict[str, Question], source)


def share(points: float, weights: list[float]) -> list[float]:
    """Split points in the proportion of the weights, in quarters that add up exactly.

    Whoever loses most by rounding down gets a leftover quarter first.
    """
    quarters = round(points * STEP)
    exact = [quarters * weight / sum(weights) for weight in weights]
    whole = [int(part) for part in exact]
    # By the largest remainder, as seats are given to parties: the shares add up, and stay fair.
    by_loss = sorted(range(len(weights)), key=lambda i: whole[i] - exact[i])
    for i in by_loss[: quarters - sum(whole)]:
        whole[i] += 1
    return [part / STEP for part in whole]
