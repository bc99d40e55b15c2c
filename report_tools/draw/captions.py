"""Write captions and remarks from the settings of the runs, so that they cannot belong to another figure."""

from typing import Any

from report_tools.draw import published
from report_tools.draw.recipe_results import LabelledRun, RecipeResults
from report_tools.plan.recipe import FigureSpec, TableSpec, describe

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
    return f"{quick}{wanted.title}. {' '.join(clauses)} {_data(results)}{_varies(results)}{changed}"


def _network(runs: list[LabelledRun]) -> str:
    settings = {k: v for k, v in runs[0].settings.items() if all(e.settings[k] == v for e in runs)}
    counts = sorted({labelled.run.parameters for labelled in runs if labelled.run.parameters})
    count = (
        f" ({' to '.join(f'{c:,}' for c in (counts[0], counts[-1])[: len(counts)])} parameters)"
        if counts
        else ""
    )
    words = [_architecture(runs[0].settings["kind"], settings) + count]
    words += [_word(key, settings[key]) for key in _SAID if key in settings and _is_said(key, settings[key])]
    words += _computed(runs[0])
    return ", ".join(words) + "."


def _computed(labelled: LabelledRun) -> list[str]:
    """Say what is known only after the run: how precisely a CNN was trained, which sample was checked."""
    facts = labelled.run.facts
    words = [f"{facts['precision']} on {facts['device']}"] if "device" in facts else []
    if "sample" in facts:
        moment = "before the first update" if labelled.settings["at_init"] else "at the end of training"
        first = (
            f"the first {len(facts['gradient'])} elements of {labelled.settings['weight']} in row-major order"
        )
        words.append(f"derivatives for {first}, training sample {facts['sample']}, {moment}, float64")
    return words


def _architecture(kind: str, settings: dict[str, Any]) -> str:
    if kind == "cnn":
        return "CNN " + ", ".join(_layer(layer) for layer in settings.get("layers", []))
    if "hidden_dims" not in settings:
        return "Multilayer perceptrons"
    sizes = "-".join(map(str, settings["hidden_dims"]))
    return f"Multilayer perceptron with hidden layers {sizes} and softmax"


def _layer(layer: dict[str, Any]) -> str:
    if layer["type"] == "conv":
        return f"conv {layer['out']} k{layer['kernel']} s{layer['stride']} p{layer['padding']}"
    return f"max-pool {layer['kernel']}" if layer["type"] == "pool" else f"linear {layer['out']}"


# In this order; what all runs of a figure share is in its caption, what varies is not.
_SAID = (
    "activation", "lr", "momentum", "batch_size", "initialization", "weight_decay", "dropout", "batch_norm",
    "noise", "patience", "seed", "epochs",
)  # fmt: skip


def _is_said(key: str, value: Any) -> bool:
    """Leave out what is switched off."""
    return key not in ("weight_decay", "dropout", "batch_norm", "noise", "patience", "momentum") or bool(
        value
    )


def _word(key: str, value: Any) -> str:
    words = {
        "activation": f"{value}",
        "lr": f"learning rate {value:g}" if isinstance(value, float | int) else "",
        "batch_size": f"batch {value}",
        "initialization": f"{value} initialisation",
        "epochs": f"{value} epoch{'s' * (value != 1)}" if isinstance(value, int) else "",
        "batch_norm": "batch norm",
    }
    return words.get(key) or describe(key, value)


def _data(results: RecipeResults) -> str:
    rows = next((labelled.run.rows for labelled in results.runs if labelled.run.rows), {})
    scales = dict.fromkeys(labelled.settings["pixel_scale"] for labelled in results.runs)
    scale = " or ".join(f"{value:g}" for value in scales)
    sizes = (
        f", {rows['train']:,} training and {rows['valid']:,} validation images in file order" if rows else ""
    )
    return f"Data: {results.manifest.source.name}{sizes}, pixels divided by {scale}."


def _varies(results: RecipeResults) -> str:
    keys = [key.replace("_", " ") for key in results.varying]
    return f" Varied: {', '.join(keys)}." if keys else ""


def remarks(results: RecipeResults) -> list[str]:
    """Say everything a reader must know beside the numbers, one sentence each."""
    said = [QUICK] if results.manifest.quick else []
    for labelled in results.runs:
        if labelled.run.status != "complete":
            said.append(f"{labelled.label}: {status(labelled).rstrip('.')}.")
        said += [f"{remark}" for remark in labelled.run.facts.get("remarks", [])]
    return said + _identical(results) + published.sentences(results)


def status(labelled: LabelledRun) -> str:
    """Say how a run ended, in a few words."""
    run = labelled.run
    if run.status == "interrupted" and not run.seconds:
        return "not done yet; the same command does it"
    if run.status == "interrupted":
        epochs = labelled.settings["epochs"]
        return f"interrupted after {len(run.seconds)} of {epochs} epochs; the same command does it again"
    return f"{run.status}: {run.message}" if run.message else run.status


def _identical(results: RecipeResults) -> list[str]:
    """Two settings never give the same losses to the last digit, unless the network ignores one of them."""
    said = []
    for i, one in enumerate(results.runs):
        for other in results.runs[i + 1 :]:
            losses = one.run.series.get("train_loss")
            unlike = {key for key, value in one.settings.items() if other.settings.get(key) != value}
            unlike -= {"patience", "n_valid"}  # these need not change how a run begins
            if unlike and losses and losses == other.run.series.get("train_loss"):
                said.append(
                    f"{one.label} and {other.label} have the same losses to the last digit: does the network "
                    f"use {' and '.join(sorted(unlike))}?"
                )
    return said
