"""Write captions and remarks from the settings of the runs, so that they cannot belong to another figure."""

from typing import Any

import msgspec

from report_tools.draw import published
from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.draw.words import word
from report_tools.plan import settings
from report_tools.plan.kinds import KINDS
from report_tools.plan.recipe import FigureSpec, TableSpec
from report_tools.plan.settings import RunSettings, phrase

# Settings that mean nothing for a network that is not trained.
OF_TRAINING = ("lr", "batch_size", "epochs", "momentum", "optimizer", "schedule", "weight_decay", "patience")
QUICK = "DRY RUN (--quick): not for the report."


def caption(results: RecipeResults, wanted: FigureSpec | TableSpec) -> str:
    """Say what the figure or table shows, and every setting that all its runs share."""
    manifest = results.manifest
    runs = results.only(wanted.only)
    # One sentence for each kind of network: their settings have different names.
    kinds = dict.fromkeys(labelled.settings["kind"] for labelled in runs)
    clauses = [_network([e for e in runs if e.settings["kind"] == kind]) for kind in kinds]
    changed = f" Changed from the recipe: {'; '.join(manifest.changes)}." if manifest.changes else ""
    quick = f"{QUICK} " if manifest.quick else ""
    sentences = [f"{wanted.title}.", *clauses, _data(results)]
    return f"{quick}{' '.join(filter(None, sentences))}{_varies(results)}{changed}"


def _network(runs: list[LabelledRun]) -> str:
    shared = {k: v for k, v in runs[0].settings.items() if all(e.settings[k] == v for e in runs)}
    kind = KINDS[shared["kind"]]
    counts = sorted({labelled.run.parameters for labelled in runs if labelled.run.parameters})
    count = (
        f" ({' to '.join(f'{c:,}' for c in (counts[0], counts[-1])[: len(counts)])} parameters)"
        if counts
        else ""
    )
    clauses = [kind.network(shared) + count, *_settings(kind, shared), *runs[0].run.facts.get("said", [])]
    return ", ".join(clauses) + "."


def _settings(kind: type[RunSettings], shared: dict[str, Any]) -> list[str]:
    """Say every setting that the runs share; what is left at its default is said only where that matters."""
    # Settings are plain data here, in which a tuple is a list.
    defaults = {
        field.name: list(field.default) if isinstance(field.default, tuple) else field.default
        for field in msgspec.structs.fields(kind)
    }
    untrained = shared.get("epochs") == 0
    said = [
        phrase(words._replace(phrase=words.caption or words.phrase), shared[key])
        for key, words in settings.words(kind).items()
        if key in shared
        and key not in kind.unsaid(shared)
        and not (untrained and key in OF_TRAINING)
        and words.caption != ""
        and (words.always or shared[key] != defaults[key])
    ]
    return [*said, "not trained"] if untrained else said


def _data(results: RecipeResults) -> str:
    if not results.uses_images:
        return ""
    rows = next((labelled.run.rows for labelled in results.runs if labelled.run.rows), {})
    scales = dict.fromkeys(labelled.settings["pixel_scale"] for labelled in results.runs)
    scale = " or ".join(f"{value:g}" for value in scales)
    source = results.manifest.source
    # Validation is the test split only where the text of the edition wants it so; then it must be said.
    test = "" if source.valid_one_in else " (the test images)"
    sizes = (
        f", {rows['train']:,} training and {rows['valid']:,} validation images{test} in file order"
        if rows
        else ""
    )
    return f"Data: {source.name}{sizes}, pixels divided by {scale}."


def _varies(results: RecipeResults) -> str:
    keys = [word(key) for key in results.varying]
    return f" Varied: {', '.join(keys)}." if keys else ""


def remarks(results: RecipeResults) -> list[str]:
    """Say everything a reader must know beside the numbers, one sentence each."""
    said = [QUICK] if results.manifest.quick else []
    ended = [(run.label, status(run)) for run in results.runs if run.run.status != "complete"]
    said += published.together(ended, len(results.runs))
    said += dict.fromkeys(remark for run in results.runs for remark in run.run.facts.get("remarks", []))
    return said + _identical(results) + published.sentences(results)


def status(labelled: LabelledRun) -> str:
    """Say how a run ended, in a few words."""
    run = labelled.run
    if run.status == "interrupted" and not run.seconds:
        return "not done yet; run the same command again"
    if run.status == "interrupted":
        epochs = labelled.settings["epochs"]
        return (
            f"interrupted after {len(run.seconds)} of {epochs} epochs; run the same command again to continue"
        )
    return f"{run.status}: {run.message}" if run.message else run.status


def _identical(results: RecipeResults) -> list[str]:
    """Ask where runs have the same losses to the last digit, though a setting must make them differ."""
    found: dict[str, list[tuple[str, str]]] = {}
    for i, one in enumerate(results.runs):
        for other in results.runs[i + 1 :]:
            losses = one.run.series.get("train_loss")
            unlike = _must_differ_by(one, other)
            if unlike and losses and losses == other.run.series.get("train_loss"):
                found.setdefault(" and ".join(unlike), []).append((one.label, other.label))
    said = []
    for keys, pairs in found.items():
        which = " and ".join(pairs[0])
        which = which if len(pairs) == 1 else f"{len(pairs)} pairs of runs, {which} among them,"
        said.append(f"{which} have the same losses to the last digit: does the network use {keys}?")
    return said


def _must_differ_by(one: LabelledRun, other: LabelledRun) -> list[str]:
    """List the settings in which two runs differ and which must show in the losses of one of them."""
    shown = {key for each in (one, other) for key in each.run.settings.shown(each.run.rows.get("train", 0))}
    return sorted(key for key in shown if one.settings.get(key) != other.settings.get(key))
