"""Make the tables of `list`: recipes, or the runs of some recipes, with about how long they take here."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.cells import cell_len
from rich.table import Column, Table

from autograder.common import cores
from report_tools.plan import assignment, changes, estimate, recipe
from report_tools.plan.data_source import N_CLASSES, DataSet
from report_tools.plan.recipe import Edition, PlannedRun, Recipe
from report_tools.train import data

NOT_COUNTED = " Networks that are PyTorch classes (module) are not included."


def recipes(edition: str) -> tuple[Table, str]:
    """Return a table of the recipes of an edition, and a sentence about its times."""
    about = recipe.load_edition(edition)
    found = {name: recipe.load(edition, name) for name in about.recipes}
    table = _table(about.title, "recipe", about, found, Column("points"), Column("runs"))
    for name, one in found.items():
        points = assignment.points(edition).get(name)
        planned, dry = recipe.expand(one), recipe.expand(changes.quick(one))
        times = _times(planned, dry, recipe.data_of(about, one), about)
        table.add_row(name, one.title, f"{points:g}" if points else "", str(len(planned)), *times)
    _keep_whole(table)
    remark = _remark(edition, about, found)
    return table, f"{remark} `list {about.recipes[0]}` shows the runs of a recipe."


def runs(edition: str, names: Sequence[str]) -> tuple[Table, str]:
    """Return a table of the runs of some recipes, under the labels that --only takes, and a sentence."""
    about = recipe.load_edition(edition)
    found = {name: recipe.load(edition, name) for name in names}
    table = _table("Runs; --only takes their labels", "label", about, found)
    for name in names:
        planned, dry = recipe.expand(found[name]), recipe.expand(changes.quick(found[name]), name)
        for one, short in zip(planned, dry, strict=True):
            times = _times([one], [short], recipe.data_of(about, found[name]), about)
            table.add_row(one.label, name, *times)
    _keep_whole(table)
    return table, _remark(edition, about, found)


def _table(title: str, first: str, about: Edition, found: Mapping[str, Recipe], *more: Column) -> Table:
    titles = {recipe.data_of(about, one).title for one in found.values()}
    return Table(
        Column(first, no_wrap=True),
        Column("what it shows" if first == "recipe" else "recipe", min_width=16),
        *more,
        Column(titles.pop() if len(titles) == 1 else "full data", no_wrap=True),
        Column("digits", no_wrap=True),
        Column("--quick", no_wrap=True),
        title=title, box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip


def _keep_whole(table: Table) -> None:
    """Make the columns that must not be wrapped as wide as their cells."""
    for column in table.columns:
        if column.no_wrap:
            column.min_width = max(cell_len(str(cell)) for cell in (column.header, *column.cells))


def _times(planned: list[PlannedRun], dry: list[PlannedRun], full: DataSet, about: Edition) -> list[str]:
    """Write what runs cost on the full data and on the digits, and what their dry runs do."""
    n_digits = len(data.read("", full.image_shape).x_train)
    if not any(_is_counted(run, full) for run in planned) and any(run.settings.epochs for run in planned):
        return ["–"] * 3
    return [
        _estimate(plan, rows, full, about)
        for plan, rows in ((planned, full.n_train), (planned, n_digits), (dry, n_digits))
    ]


def _is_counted(run: PlannedRun, full: DataSet) -> bool:
    """Tell whether it is known before a network is built how much it computes."""
    return run.settings.multiplications(full.image_shape, N_CLASSES) > 0


def _estimate(planned: list[PlannedRun], rows: int, full: DataSet, about: Edition) -> str:
    n_valid = rows // about.valid_one_in if about.valid_one_in else min(full.n_test, rows)
    n_train = rows - n_valid if about.valid_one_in else rows
    settings = [run.settings for run in planned]
    return estimate.words(
        estimate.recipe_seconds(settings, n_train, n_valid, full.image_shape, cores.available())
    )


def _remark(edition: str, about: Edition, found: Mapping[str, Recipe]) -> str:
    uncounted = any(
        run.settings.epochs and not _is_counted(run, recipe.data_of(about, one))
        for one in found.values()
        for run in recipe.expand(one)
    )
    others = [one for one in recipe.editions() if one != edition]
    return (
        f"Times are estimates for {cores.available()} cores, without a GPU; `run` uses the digits unless "
        f"--data says otherwise.{NOT_COUNTED if uncounted else ''}"
        + (f" Other editions: {', '.join(others)}." if others else "")
    )
