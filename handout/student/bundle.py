"""Check solution.py, run the public tests, and copy the file to upload into upload/.

Run it in the folder of the README with    bash setup.sh python -m template.bundle
"""

import os
import shutil
import subprocess
import sys
import tempfile

from autograder.public_tests.run import run
from template import check

UPLOAD = check.FOLDER.parent / "upload"


def remarks(tree):
    """Return sentences about what will cost points, or might."""
    empty = [check.names()[function] for function in check.blanks(tree)]
    if empty:
        yield f"Not written yet, and worth nothing so far: {', '.join(empty)}."
    yield from check.foreign(tree)


def import_trouble():
    """Import the file alone in an empty folder, as the autograder will (R25)."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(check.SOLUTION, folder)
        done = subprocess.run(
            [sys.executable, "-m", "autograder.public_tests.solution", "solution.py"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(check.FOLDER.parent)},
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            check=False,
        )
    if done.returncode:
        yield f"Importing it ends Python: {(done.stderr.strip().splitlines() or ['there is no message'])[-1]}"
    elif done.stdout.strip():
        yield done.stdout.strip()


def main():
    """Write upload/solution.py and say where to upload it; exit with 1 if the tests did not all run."""
    tree = check.read()
    for remark in remarks(tree):
        print(f"* {remark}")
    tests = run(check.FOLDER)
    for trouble in () if tests.notes else import_trouble():  # if they cannot run, the reason is said below
        print(f"* {trouble}")
    print(f"* {tests.n_passed} of {len(tests.tests)} public tests pass.")
    for note in tests.notes:
        print(f"* {note}")
    if tests.notes:
        print("\nNothing was copied into upload/: the tests must run first.")
        return 1
    if not tests.all_passed:
        print("  To see what to fix first: bash setup.sh python -m template.check")
    UPLOAD.mkdir(exist_ok=True)
    where = shutil.copy(check.SOLUTION, UPLOAD / "solution.py").relative_to(check.FOLDER.parent)
    about, due = check.assignment(), check.assignment()["dates"]["due"]
    print(f"\nUpload {where} to Gradescope, {about['course']}: {about['title']}.")
    print(f"It is due on {due:%A} {due.day} {due:%B %Y}.")
    print("Upload only this file, under this name, as often as you like; the last upload counts.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
