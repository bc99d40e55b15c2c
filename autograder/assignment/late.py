"""What late days cost, in points or in per cent."""

import math
from typing import Annotated

import msgspec

from autograder.common.errors import UserError


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a late day costs: points, or per cent of all points; the first `grace_days` cost nothing."""

    points_per_day: float | None = None
    percent_per_day: float | None = None
    grace_days: Annotated[int, msgspec.Meta(ge=0)] = 0

    def price(self, maximum: float) -> str:
        """Say what a day costs where so many points can be had."""
        if self.points_per_day is None:
            return f"{self.percent_per_day:g} % of {maximum:g} points"
        return f"{self.points_per_day:g} point{'' if self.points_per_day == 1 else 's'}"


def check(late: Late, source: str) -> None:
    """Raise UserError, which names `source`, where it is not clear what a day costs."""
    costs = [cost for cost in (late.points_per_day, late.percent_per_day) if cost is not None]
    if len(costs) != 1 or not 0 < costs[0] < math.inf:
        raise UserError(
            f"{source}: [late] needs either points_per_day or percent_per_day, and more than 0; "
            "if late days cost nothing, remove [late]."
        )
