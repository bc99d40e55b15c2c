"""Offer the commands: list, run, redraw, report."""

import functools
import signal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.measure import Measurement

from autograder.common import cores
from autograder.common.errors import UserError
from report_tools import listing
from report_tools.draw import captions, document, output, recipe_results
from report_tools.draw.recipe_results import Manifest, ManifestLine, RecipeResults
from report_tools.plan import assignment, changes, hint, recipe
from report_tools.plan.data_source import NO_IMAGES, DataSource, data_sets
from report_tools.plan.recipe import PlannedRun
from report_tools.train import data, data_check, execute
from report_tools.train.store import Store, make_job
from report_tools.train.student import preflight

console = Console(highlight=False)
# Sentences, file names and commands to copy: a terminal breaks them better than whole words do.
say = functools.partial(console.print, markup=False, soft_wrap=True)
KNOWN_DATA = f"digits, full (what each recipe is about), {', '.join(data_sets())}, or PATH.npz"


class LongWork(click.Group):
    """Commands that write much and take long: whatever interrupts them ends them with one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cluster's way to interrupt
        try:
            return super().invoke(ctx)
        except OSError as error:  # a full disk, a folder that may not be written
            raise UserError(f"{error.filename or 'a file'}: {error.strerror or error}.") from None
        except KeyboardInterrupt:
            click.echo("Interrupted; what is done is kept. Run the same command again to continue.", err=True)
            return ctx.exit(130)
        finally:
            signal.signal(signal.SIGTERM, before)


edition_option = click.option("--edition", default=None, help="Edition of the report; see `list`.")
out_option = click.option("--out", default=None, help="Folder of the results. [default: results]")


@click.group(cls=LongWork, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Make the figures and tables of the written report from your own solution.py."""


@main.command("list")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@edition_option
def list_recipes(names: tuple[str, ...], edition: str | None) -> None:
    """List the recipes, or the runs of recipes NAME, and about how long they take on this machine."""
    edition = edition or assignment.edition()
    table, remark = listing.runs(edition, names) if names else listing.recipes(edition)
    needed = Measurement.get(console, console.options.update(width=10_000), table).minimum
    # In a terminal that is too narrow, lines are wrapped: no name is cut.
    gaps = len(table.columns)  # which rich does not count
    Console(width=max(console.width, needed + gaps), highlight=False).print(table)
    say(remark)


@main.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--solution", default="template/solution.py", show_default=True, help="File with your class NN."
)
@click.option("--data", "data_name", default=None, help=f"{KNOWN_DATA}. [default: digits]")
@click.option("--quick", is_flag=True, help="A dry run of each recipe in under a minute, marked as such.")
@click.option(
    "--only",
    multiple=True,
    metavar="LABEL",
    help="Train only the run with this label (see `list`); may be repeated.",
)
@click.option("--force", is_flag=True, help="Train even if a public test fails.")
@click.option(
    "--set", "set_by_user", multiple=True, metavar="KEY=VALUE", help="Change a setting; may be repeated."
)
@click.option("--pixel-scale", type=float, help="Short for --set pixel_scale=...")
@click.option("--at-init", is_flag=True, help="Short for --set at_init=true (gradient-check).")
@click.option("--jobs", type=click.IntRange(1), help="Number of processes. [default: all cores]")
@click.option("--cluster", default="", metavar="ADDRESS", help="Address of a Dask scheduler to run on.")
@click.option(
    "--device", default="auto", show_default=True, help="For PyTorch: auto, cpu, cuda, cuda:1, mps."
)
@edition_option
@out_option
def run(
    *,
    names: tuple[str, ...], solution: str, data_name: str | None, quick: bool, only: tuple[str, ...],
    force: bool, set_by_user: tuple[str, ...], pixel_scale: float | None, at_init: bool, jobs: int | None,
    cluster: str, device: str, edition: str | None, out: str | None,
) -> None:  # fmt: skip
    """Train what the recipes NAME... need ("all": every one), then draw their figures and tables."""
    edition = edition or assignment.edition()
    folder = Path(out or ("results-quick" if quick else "results"))
    solution_path = Path(solution).resolve()
    set_by_user += (f"pixel_scale={pixel_scale:g}",) if pixel_scale is not None else ()
    set_by_user += ("at_init=true",) if at_init else ()
    names = recipe.load_edition(edition).recipes if names == ("all",) else names
    # All recipes are planned before the first is run: a slip in --set must not show after an hour.
    plans = {name: _plan(edition, name, quick, set_by_user) for name in dict.fromkeys(names)}
    chosen = _choose(plans, only)
    engines = {planned.settings.engine: None for plan in chosen.values() for planned in plan}
    for student in dict.fromkeys(engine.student for engine in engines if engine.student):
        preflight.check(str(solution_path), student, force=force)
    where = _device(device) if _needs_torch(chosen) or (_needs_torch(plans) and find_spec("torch")) else "cpu"
    sources = {name: _source(edition, name, plan, data_name or "digits") for name, plan in plans.items()}
    store = Store(recipe_results.runs_folder(folder).resolve())
    for name, plan in plans.items():
        source = sources[name]
        made = {p.label: make_job(p.settings, source, solution_path, where, store.folder) for p in plan}
        todo = [made[planned.label] for planned in chosen[name]]
        with execute.alone(store.folder, name):
            for damaged in filter(None, (store.set_aside(job.key) for job in made.values())):
                say(damaged)
            console.print(f"[bold]{name}[/bold] on {source.name}: {execute.plan_in_words(store, todo)}")
            # Figures show what was asked for, and what an earlier command has done of the same recipe.
            shown = [p for p in plan if p in chosen[name] or execute.is_done(store, made[p.label])]
            lines = tuple(ManifestLine(p.label, made[p.label].key, p.settings) for p in shown)
            manifest = Manifest(name, edition, quick, set_by_user, source, lines)
            recipe_results.save(manifest, folder)  # first, so that an interrupted recipe can be drawn
            execute.perform_all(todo, jobs or cores.available(), cluster)
            results = RecipeResults(manifest, store)
            recipe_results.save(msgspec.structs.replace(manifest, statistics=results.statistics), folder)
            _show(results, folder)
        if data_name is None and not quick and results.uses_images:
            say(
                "  These are the digits, for trying things out; for the report, run: "
                f"{hint.run(name, edition)}"
            )


def _source(edition: str, name: str, plan: list[PlannedRun], data_name: str) -> DataSource:
    """Locate the data of a recipe."""
    if not any(run.settings.engine.uses_images for run in plan):
        return NO_IMAGES
    about = recipe.load_edition(edition)
    wanted = recipe.data_of(about, recipe.load(edition, name))
    found = data.find(data_name, wanted, about.valid_one_in or 0)
    scales = {run.settings.pixel_scale for run in plan}
    data_check.require_scale(found.path, data.read(found.path, found.image_shape).x_train, scales)
    return found


def _plan(edition: str, name: str, quick: bool, set_by_user: tuple[str, ...]) -> list[PlannedRun]:
    """List the runs of a recipe; --set has the last word, also over --quick."""
    changed = recipe.load(edition, name)
    changed = changes.quick(changed) if quick else changed
    for change in set_by_user:
        changed = changes.change(changed, change)
    return recipe.expand(changed, name)


def _choose(plans: dict[str, list[PlannedRun]], only: tuple[str, ...]) -> dict[str, list[PlannedRun]]:
    """Return the runs that --only asks for; all of them, if it is not given."""
    if not only:
        return plans
    if len(plans) > 1:
        raise UserError("--only chooses among the runs of one recipe; name one recipe, not several.")
    ((name, plan),) = plans.items()
    labels = [planned.label for planned in plan]
    for label in only:
        if label not in labels:
            known = "; ".join(labels)
            raise UserError(f"--only {label!r}: {name} has no run with this label; its labels are: {known}.")
    return {name: [planned for planned in plan if planned.label in only]}


def _needs_torch(plans: dict[str, list[PlannedRun]]) -> bool:
    return any(planned.settings.engine.uses_torch for plan in plans.values() for planned in plan)


def _device(wanted: str) -> str:
    # Importing PyTorch takes seconds, and those who train no CNN need not have it.
    from report_tools.train.pytorch import device

    return device.choose(wanted)


def _show(results: RecipeResults, out: Path) -> None:
    """Draw everything and say where it is, and what to know about it."""
    folder = output.write_all(results, out)
    for remark in captions.remarks(results):
        say(f"  {remark}")
    files = [
        *(f"{f.name}.png" for f in results.figures),
        *(f"table-{t.name}.md" for t in results.tables),
    ]
    say(f"  {folder}: {', '.join(files)}")
    failed = [labelled for labelled in results.runs if labelled.run.status == "failed"]
    if failed:
        raise UserError(
            f"{len(failed)} of {len(results.runs)} runs failed: {failed[0].run.message.rstrip('.')}."
        )


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@edition_option
@out_option
def redraw(names: tuple[str, ...], edition: str | None, out: str | None) -> None:
    """Draw again what was run, from the stored numbers; nothing is trained."""
    edition = edition or assignment.edition()
    folder = Path(out or "results")
    found = {
        name: recipe_results.read(folder, name) for name in names or recipe.load_edition(edition).recipes
    }
    drawable = [results for results in found.values() if results]
    missing = [name for name, results in found.items() if results is None]
    if (names and missing) or not drawable:
        first = hint.run(missing[0], edition, folder)
        raise UserError(f"{folder} has no results of {', '.join(missing)} yet; first run: {first}.")
    for results in drawable:
        console.print(f"[bold]{results.manifest.name}[/bold]")
        _show(results, folder)


@main.command()
@edition_option
@out_option
def report(edition: str | None, out: str | None) -> None:
    """Make report.pdf from report.md, the file you write in; the first time, this makes report.md as well."""
    folder = Path(out or "results")
    edition = edition or assignment.edition()
    for name in recipe.load_edition(edition).recipes:
        results = recipe_results.read(folder, name)
        if results is not None and not output.is_drawn(
            name, folder
        ):  # its run was interrupted, or still goes on
            output.write_all(results, folder)
    for line in document.write(edition, folder):
        say(line)
