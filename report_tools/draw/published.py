"""Put published numbers beside the student's, and say where they disagree."""

from report_tools.draw import recipe_results
from report_tools.draw.recipe_results import LabelledRun, RecipeResults, plain
from report_tools.plan.recipe import PublishedRun, expand

NAMED = 3  # of more runs than these a sentence says how many they are


def called(results: RecipeResults) -> str:
    """Say what the numbers of the recipe are: "published", or "expected" of a correct solution."""
    known = results.recipe.published
    return known.called if known else ""


def find(results: RecipeResults, labelled: LabelledRun) -> PublishedRun | None:
    """Return what was published for the settings of this run, if anything."""
    published = results.recipe.published
    for candidate in published.runs if published else ():
        if all(labelled.settings.get(key) == value for key, value in candidate.run.items()):
            return candidate
    return None


def series(results: RecipeResults, labelled: LabelledRun, metric: str) -> list[float]:
    """Return the published numbers per epoch for this run; [] if none compare with it."""
    values = _values(results, labelled, metric)
    return list(values) if isinstance(values, tuple) else []


def final(results: RecipeResults, labelled: LabelledRun, metric: str) -> float | None:
    """Return the published number at the end, for runs that are as long as the published one."""
    # A recipe gives either one number per epoch, or the final one alone.
    values = _values(results, labelled, metric)
    if isinstance(values, tuple):
        return values[-1]
    return values


def _values(results: RecipeResults, labelled: LabelledRun, metric: str) -> float | tuple[float, ...] | None:
    # Next to other data, a smaller network or changed settings, they would be taken for a goal.
    found = None if obstacle(results) or _differs(results, labelled) else find(results, labelled)
    values = found.values.get(metric.replace("_error", "_accuracy")) if found else None
    if values is None or not metric.endswith("_error"):
        return values
    return tuple(1 - v for v in values) if isinstance(values, tuple) else 1 - values


def obstacle(results: RecipeResults) -> str:
    """Say why these runs cannot be compared with the published ones, or "" if they can."""
    published, manifest = results.recipe.published, results.manifest
    if published is None:
        return ""
    if results.uses_images and not manifest.source.comparable:
        return (
            f"The {published.called} numbers are not for {manifest.source.name}, so yours are not "
            "compared with them."
        )
    if manifest.quick:
        return f"This is a dry run, so it is not compared with the {published.called} numbers."
    return ""


def _differs(results: RecipeResults, labelled: LabelledRun) -> list[str]:
    """List the settings that differ from the recipe's own, where the published ones do not say."""
    published = results.recipe.published
    found = find(results, labelled)
    if published is None or found is None:
        return []
    # What the recipe varies, or the published table names, is compared line by line.
    told = {*results.recipe.vary, *found.run, *published.free, "kind"}
    told |= {key for variant in results.recipe.variants for key in variant.change}
    kind = labelled.settings["kind"]
    own = next(e for e in (plain(run.settings) for run in expand(results.recipe)) if e["kind"] == kind)
    return [key for key, value in own.items() if key not in told and labelled.settings[key] != value]


def sentences(results: RecipeResults) -> list[str]:
    """Say for each published number how far the student's is from it, where it is beyond tolerance."""
    why_not = obstacle(results)
    if why_not or results.recipe.published is None:
        return [why_not] if why_not else []
    said, agreeing, not_compared = [], 0, []
    for labelled in results.runs:
        found = find(results, labelled)
        changed = _differs(results, labelled)
        if found is None or labelled.run.status != "complete":
            continue
        if changed:
            not_compared.append(
                (labelled.label, f"not compared, because of a changed setting: {', '.join(changed)}")
            )
            continue
        disagreements = _compare(results, labelled, found)
        said += disagreements
        agreeing += not disagreements
    if agreeing:
        said.insert(0, f"{agreeing} of {len(results.runs)} runs agree with the {called(results)} numbers.")
    said += together(not_compared, len(results.runs))
    return [*said, results.recipe.published.note] if said else []


def together(labels_and_words: list[tuple[str, str]], n_runs: int) -> list[str]:
    """Say once what holds for several of the runs: of a few their labels, of many how many they are."""
    labels_of: dict[str, list[str]] = {}
    for label, words in labels_and_words:
        labels_of.setdefault(words.rstrip("."), []).append(label)
    return [
        f"{', '.join(labels) if len(labels) <= NAMED else f'{len(labels)} of {n_runs} runs'}: {words}."
        for words, labels in labels_of.items()
    ]


def _compare(results: RecipeResults, labelled: LabelledRun, found: PublishedRun) -> list[str]:
    assert results.recipe.published is not None
    first = results.recipe.published.first_epoch
    tolerances = {**results.recipe.published.tolerance, **found.tolerance}
    said = []
    for metric, values in found.values.items():
        own = recipe_results.series(labelled.run, metric)
        if isinstance(values, tuple):
            pairs = list(enumerate(zip(own, values, strict=False), start=1))[first - 1 :]
        else:
            pairs = [(len(own), (own[-1], values))] if own else []
        if not pairs or metric not in tolerances:
            continue
        # One sentence for each metric, about the epoch that is furthest off.
        at, (mine, theirs) = max(pairs, key=lambda pair: abs(pair[1][0] - pair[1][1]))
        if abs(mine - theirs) > tolerances[metric]:
            off, which = abs(mine - theirs), f"{metric.replace('_', ' ')}{_where(labelled, metric, at)}"
            said.append(
                f"{labelled.label}: {which} is {_text(mine)}, {called(results)} {_text(theirs)}; "
                f"the difference of {off:.2g} is larger than the tolerance of "
                f"{tolerances[metric]:g}."
            )
    return said


def _text(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.5g}"


def _where(labelled: LabelledRun, metric: str, at: int) -> str:
    if metric == "parameters":
        return ""
    if "n_values" in labelled.settings:
        return f" (N = {labelled.settings['n_values'][at - 1]:g})"
    return f" (epoch {at})"
