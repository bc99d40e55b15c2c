"""Say which files decide a grade: what Gradescope gets and what a fingerprint covers follow from it."""

from pathlib import Path

from autograder import ROOT

# The folders of autograder/ without which nothing can be graded.  The others show grades, hand
# submissions out to many processes, or look after the grader.
DECIDING = ("assignment", "checking", "common", "grading", "intake", "problems", "sandbox")


def files_that_decide(root: Path = ROOT) -> list[Path]:
    """Return every file below `root` that a grade depends on, but the assignment, in a fixed order."""
    found = [root / "term_seed.txt", root / "autograder" / "__init__.py"]
    found += [file for file in (root / "reference").glob("*.py")]
    for room in DECIDING:
        found += files_of(room, root)
    return sorted(found)


def files_of(room: str, root: Path = ROOT) -> list[Path]:
    """Return the files of one folder of autograder/ and of what is below it."""
    files = (root / "autograder" / room).rglob("*")
    return sorted(file for file in files if file.suffix in (".py", ".toml"))
