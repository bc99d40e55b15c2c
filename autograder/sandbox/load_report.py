"""Say what a file must hold, and check what a worker reports about the one it has read.

The submission may have written any word of the report.
"""

from itertools import chain

from autograder.assignment.contract import Contract
from autograder.common import sanitize
from autograder.common.keys import owner_of
from autograder.sandbox.errors import NotLoaded
from autograder.sandbox.protocol.messages import Loaded, Wanted


def wanted(contract: Contract) -> list[Wanted]:
    """Name what a worker is to look for in a file: its classes and plain functions."""
    return [
        Wanted(
            name=name,
            graded=list(owner.graded),
            state=list(owner.state),
            after_construction=owner.after_construction,
            keywords=list(owner.keywords),
            keys=dict(owner.keys),
        )
        for name, owner in contract.owners.items()
    ]


def fit_to_be_shown(loaded: Loaded, contract: Contract) -> Loaded:
    """Return the report in words that are safe to show, limited to what was asked for."""
    return Loaded(
        found={name: sanitize.name(found) for name, found in loaded.found.items() if name in contract.owners},
        candidates={
            name: [sanitize.name(candidate) for candidate in candidates[:10]]
            for name, candidates in loaded.candidates.items()
            if name in contract.owners
        },
        missing=[key for key in loaded.missing if key in contract.graded],
        failures=[sanitize.code(failure) for failure in loaded.failures[:10]],
        absent=[sanitize.name(package) for package in loaded.absent[:20]],
        notes=[sanitize.clean(note) for note in loaded.notes[:10]],
    )


def require_anything(loaded: Loaded, contract: Contract) -> None:
    """Raise NotLoaded, with what is there instead, when nothing of the file can be graded.

    Where only some of it is missing, only that costs points; see `why_missing`.
    """
    if loaded.found or set(contract.graded) - set(loaded.missing) - _of_classes(contract):
        return
    classes = [name for name in contract.owners if name]
    if len(classes) == 1 == len(contract.owners):
        raise NotLoaded(classes[0], why_missing(loaded, classes[0]))
    such = ", ".join(f"`{name}`" for name in classes) or "the functions of the template"
    found = ", ".join(f"`{name}`" for name in dict.fromkeys(chain(*loaded.candidates.values())))
    meant = f" {found} could be meant; give each class the name that it has in the template." if found else ""
    what = f"Your file defines nothing that is graded, such as {such}.{meant}"
    raise NotLoaded("your file", what + ("" if found else _because(loaded)))


def why_missing(loaded: Loaded, name: str) -> str:
    """Say that there is no such class, and what there is instead."""
    candidates = loaded.candidates.get(name, [])
    if len(candidates) > 1:
        names = ", ".join(f"`{candidate}`" for candidate in candidates)
        return (
            f"Your file has no class `{name}`, but several that could be meant: {names}. Give one of "
            "them that name."
        )
    if candidates:
        return (
            f"Your file has no class `{name}`; `{candidates[0]}` could be meant, or could be another class "
            "that is missing: give it the name that it has in the template."
        )
    return f"Your file defines no class `{name}` with the methods of the template.{_because(loaded)}"


def _of_classes(contract: Contract) -> set[str]:
    return {key for key in contract.graded if owner_of(key)}


def _because(loaded: Loaded) -> str:
    """Say what kept the file from defining what it should."""
    because = f" Importing it failed in {loaded.failures[0]}." if loaded.failures else ""
    if loaded.absent:
        names = ", ".join(f"`{name}`" for name in loaded.absent)
        because += f" It imports {names}, which is not available during grading (R24)."
    return because + "".join(f" {note}" for note in loaded.notes)
