"""Look at what a worker tells of the file it has read; the submission may have written any word of it."""

from autograder.assignment.contract import PARAMETERS
from autograder.common import sanitize
from autograder.sandbox.errors import NotLoaded
from autograder.sandbox.protocol.messages import Loaded


def fit_to_be_shown(loaded: Loaded) -> Loaded:
    """Return the same in words that can be shown."""
    return Loaded(
        class_name=None if loaded.class_name is None else sanitize.name(loaded.class_name),
        candidates=[sanitize.name(candidate) for candidate in loaded.candidates[:10]],
        missing_methods=[method for method in loaded.missing_methods if method in PARAMETERS],
        failures=[sanitize.code(failure) for failure in loaded.failures[:10]],
        absent=[sanitize.name(package) for package in loaded.absent[:20]],
        notes=[sanitize.clean(note) for note in loaded.notes[:10]],
    )


def require_class(loaded: Loaded) -> None:
    """Raise NotLoaded, with what is there instead, when no class can be graded."""
    if loaded.class_name is not None:
        return
    if len(loaded.candidates) > 1:
        names = ", ".join(f"`{name}`" for name in loaded.candidates)
        raise NotLoaded("NN", f"Your file has no class `NN`, and several that could be meant: {names}.")
    because = f" Reading it failed in {loaded.failures[0]}." if loaded.failures else ""
    if loaded.absent:
        names = ", ".join(f"`{name}`" for name in loaded.absent)
        because += f" It imports {names}, which is not there while grading (R24)."
    because += "".join(f" {note}" for note in loaded.notes)
    raise NotLoaded("NN", f"Your file defines no class `NN` with the methods of the template.{because}")
