"""Name metrics, settings and their units as a reader does; anything not listed here keeps its own name."""

from typing import Any, NamedTuple

from report_tools.plan import settings
from report_tools.plan.kinds import KINDS


class Quantity(NamedTuple):
    """What a metric measures: its unit, by how much it is multiplied for it, and its format in tables.

    fine: its format in tables that follow it epoch by epoch.  name: if it is not that of the metric.
    rises: more of it is better.  span: the least that an axis shows of it, in its unit.
    """

    unit: str
    factor: float = 1
    form: str = ".4f"
    fine: str = ".5f"
    name: str = ""
    rises: bool = False
    span: float = 0.0


# A metric is a split and one of these: train_loss, valid_accuracy, ...
QUANTITIES = {
    "loss": Quantity("nats", span=0.1),
    "accuracy": Quantity("%", 100, rises=True, span=5),
    "error": Quantity("%", 100, span=5),
    "top5": Quantity("%", 100, name="top-5 accuracy", rises=True, span=5),
    "errors": Quantity("", form=".0f", fine=".0f", span=5),
}
SPLITS = {
    "train": "training",
    "valid": "validation",
    "last": "training (last 50 iterations)",
}
METRICS = {"running_loss": "loss during the epoch"}
COLUMNS = {
    "parameters": ",d",
    "seconds": ".1f",
    "iterations": ",d",
    "peak_memory": ".1f",
}  # of tables, beside metrics and settings

TITLES = {"peak_memory": "GPU memory (GiB)"}


def quantity(metric: str) -> Quantity:
    """Return what a metric measures."""
    return QUANTITIES.get(metric.rpartition("_")[2], Quantity(""))


def unit(metric: str) -> str:
    """Write the unit of a metric in brackets, or nothing if it has none."""
    known = quantity(metric).unit
    return f" ({known})" if known else ""


def scaled(metric: str, values: list[float]) -> list[float]:
    """Return the numbers of a metric in its unit."""
    factor = quantity(metric).factor
    return values if factor == 1 else [factor * value for value in values]


def word(column: str) -> str:
    """Write the name of a metric, a setting or another column the way a reader says it."""
    if column in TITLES:
        return TITLES[column]
    first, _, rest = column.partition(" ")
    if first == "published":
        return f"published {word(rest)}"
    if first == "gap":
        return f"gap of the {rest}"
    if first in ("lowest", "highest"):
        return f"{first} {word(rest)}"
    if column in METRICS:
        return METRICS[column]
    split, _, name = column.partition("_")
    if split in SPLITS and name in QUANTITIES:
        return f"{SPLITS[split]} {QUANTITIES[name].name or name}"
    titles = (settings.words(kind).get(column) for kind in KINDS.values())
    return next((said.title for said in titles if said), column.replace("_", " "))


def form(column: str) -> str:
    """Return the format of a column of a table."""
    column = column.removeprefix("published ")
    if column in COLUMNS:
        return COLUMNS[column]
    known = QUANTITIES.get(column.replace("_", " ").rpartition(" ")[2])
    return known.form if known else "s"


def setting(kind: str, key: str, value: Any) -> str:
    """Write one setting of a run as a legend says it."""
    return settings.phrase(settings.words(KINDS[kind])[key], value)
