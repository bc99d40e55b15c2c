"""Put published numbers beside the student's, and say where they disagree."""

from report_tools.draw import outcomes
from report_tools.draw.outcomes import Entry, Outcome, plain
from report_tools.plan.recipe import PublishedRun, expand


def find(outcome: Outcome, entry: Entry) -> PublishedRun | None:
    """Return what was published for the settings of this entry, if anything."""
    published = outcome.recipe.published
    for candidate in published.runs if published else ():
        if all(entry.settings.get(key) == value for key, value in candidate.run.items()):
            return candidate
    return None


def series(outcome: Outcome, entry: Entry, metric: str) -> list[float]:
    """Return the published numbers per epoch for this entry; [] if there are none."""
    values = _values(outcome, entry, metric)
    return list(values) if isinstance(values, tuple) else []


def final(outcome: Outcome, entry: Entry, metric: str) -> float | None:
    """Return the published number at the end, for runs that are as long as the published one."""
    values = _values(outcome, entry, metric)
    if isinstance(values, tuple):
        return values[-1]
    return values


def _values(outcome: Outcome, entry: Entry, metric: str) -> float | tuple[float, ...] | None:
    found = find(outcome, entry)
    values = found.values.get(metric.replace("_error", "_accuracy")) if found else None
    if values is None or not metric.endswith("_error"):
        return values
    return tuple(1 - v for v in values) if isinstance(values, tuple) else 1 - values


def obstacle(outcome: Outcome) -> str:
    """Say why these runs cannot be compared with the published ones, or "" if they can."""
    published, manifest = outcome.recipe.published, outcome.manifest
    if published is None:
        return ""
    if not manifest.source.comparable:
        return f"The published numbers are not for {manifest.source.name}, so they do not compare."
    if manifest.quick:
        return "This is a dry run: it does not compare with the published numbers."
    return ""


def _differs(outcome: Outcome, entry: Entry) -> list[str]:
    """List the settings that differ from the recipe's own, where the published ones do not say."""
    published = outcome.recipe.published
    found = find(outcome, entry)
    if published is None or found is None:
        return []
    told = {*outcome.recipe.vary, *found.run, *published.free, "kind"}
    told |= {key for variant in outcome.recipe.variants for key in variant.change}
    kind = entry.settings["kind"]
    own = next(e for e in (plain(run.settings) for run in expand(outcome.recipe)) if e["kind"] == kind)
    return [key for key, value in own.items() if key not in told and entry.settings[key] != value]


def sentences(outcome: Outcome) -> list[str]:
    """Say for each published number how far the student's is from it, where it is beyond tolerance."""
    why_not = obstacle(outcome)
    if why_not or outcome.recipe.published is None:
        return [why_not] if why_not else []
    said, agreeing = [], 0
    for entry in outcome.entries:
        found = find(outcome, entry)
        changed = _differs(outcome, entry)
        if found is None or entry.run.status != "complete":
            continue
        if changed:
            said.append(f"{entry.label}: not compared, since {', '.join(changed)} was changed.")
            continue
        disagreements = _compare(outcome, entry, found)
        said += disagreements
        agreeing += not disagreements
    if agreeing:
        said.insert(0, f"{agreeing} of {len(outcome.entries)} runs agree with the published numbers.")
    return [*said, outcome.recipe.published.note] if said else []


def _compare(outcome: Outcome, entry: Entry, found: PublishedRun) -> list[str]:
    assert outcome.recipe.published is not None
    first = outcome.recipe.published.first_epoch
    tolerances = {**outcome.recipe.published.tolerance, **found.tolerance}
    said = []
    for metric, values in found.values.items():
        own = outcomes.series(entry.run, metric)
        if isinstance(values, tuple):
            pairs = list(enumerate(zip(own, values, strict=False), start=1))[first - 1 :]
        else:
            pairs = [(len(own), (own[-1], values))] if own else []
        if not pairs or metric not in tolerances:
            continue
        at, (mine, theirs) = max(pairs, key=lambda pair: abs(pair[1][0] - pair[1][1]))
        if abs(mine - theirs) > tolerances[metric]:
            said.append(
                f"{entry.label}: {metric.replace('_', ' ')} ({_where(entry, at)}) is {mine:.5g}, published "
                f"{theirs:.5g}; the difference of {abs(mine - theirs):.2g} is beyond the tolerance of "
                f"{tolerances[metric]:g}."
            )
    return said


def _where(entry: Entry, at: int) -> str:
    if "n_values" in entry.settings:
        return f"N = {entry.settings['n_values'][at - 1]:g}"
    return f"epoch {at}"
