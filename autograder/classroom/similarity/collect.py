"""Read what is compared: the class, what is said to come from elsewhere, and the reference."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from autograder.assignment import template
from autograder.assignment.config import Assignment
from autograder.classroom.exports import reader
from autograder.classroom.exports.reader import Submitted
from autograder.classroom.similarity.compare import Alphabet, Compared
from autograder.classroom.similarity.matching import LENGTH
from autograder.common.errors import UserError
from autograder.intake import submission
from autograder.intake.handin import Handin, Person
from autograder.intake.stored import FILE_NAME, CannotRead

REFERENCE = "the reference"  # as an origin
Track = Callable[[Sequence[Submitted]], Iterable[Submitted]]
NotCompared = tuple[str, str]  # whose it is, and why


def alphabet(assignment: Assignment) -> Alphabet:
    """Return the letters for an assignment; its template, as students got it, is what does not count."""
    path = template.path_of()
    try:
        return Alphabet(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}); write it with: python -m autograder template."
        ) from None


def reference(assignment: Assignment, letters: Alphabet) -> Compared:
    """Return the reference as one that is compared; who is near to it may have seen it."""
    handin = Handin(key="reference", people=(Person(name="the reference solution"),))
    return letters.spell(handin, template.reference(assignment), REFERENCE)


def submissions(
    path: Path, letters: Alphabet, track: Track, origin: str = ""
) -> tuple[list[Compared], list[NotCompared]]:
    """Return what can be compared of an export, or folder, and of whom there is nothing to compare.

    origin: where it is from, if it is not the class; one file, or a folder with one, is enough then.
    """
    if origin and _is_one_file(path):
        export = reader.Export("plain", (Submitted(_nobody(path), lambda: submission.read(path)),))
    else:
        export = reader.read(path)
    compared, others = [], []
    for one in track(export.submitted):
        found = _read(one, letters, origin)
        if isinstance(found, Compared):
            compared.append(found)
        else:
            others.append((f"{one.handin.names}{_from(origin)}", found))
    others += [
        (f"{name}{_from(origin)}", "ignored: it is nobody's submission.") for name in export.not_looked_at
    ]
    return compared, others


def _read(one: Submitted, letters: Alphabet, origin: str) -> Compared | str:
    """Return a submission as it is compared, or why it cannot be."""
    try:
        taken = one.take()
    except CannotRead as error:
        return str(error)
    if taken is None:
        return "nothing was handed in."
    if taken.refusal:
        return taken.refusal
    spelled = letters.spell(one.handin, taken.code.decode("utf-8"), origin)
    if len(spelled.letters) < LENGTH:
        return "hardly anything was added to the template."
    return spelled


def _is_one_file(path: Path) -> bool:
    return (path.is_file() and path.suffix.lower() != ".zip") or (path / FILE_NAME).is_file()


def _nobody(path: Path) -> Handin:
    return Handin(key=path.name, people=(Person(name=path.name),), file_name=path.name)


def _from(origin: str) -> str:
    return f" ({origin})" if origin else ""
