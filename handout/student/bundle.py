"""Look at solution.py once more, run the public tests, and lay the file to upload ready.

Run it in the folder of the README with    bash setup.sh python -m template.bundle
"""

import ast
import shutil
import subprocess
import sys
import tempfile

from template import check

UPLOAD = check.FOLDER.parent / "upload"
IMPORT_SECONDS = 30  # some packages for plots are slow to import


def remarks(tree):
    """Return sentences about what will cost points, or might."""
    empty = [check.names()[function] for function in check.blanks(tree)]
    if empty:
        yield f"Not written yet, and worth nothing so far: {', '.join(empty)}."
    foreign = sorted(imported(tree) - set(sys.stdlib_module_names) - {"numpy"})
    if foreign:
        yield f"It imports {', '.join(foreign)}; no graded function may need more than NumPy (R24)."
    yield from import_trouble()


def imported(tree):
    """Return the top-level names of all packages that a file imports."""
    nodes = list(ast.walk(tree))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {name.split(".")[0] for name in names}


def import_trouble():
    """Import the file alone in an empty folder, as the autograder will (R25)."""
    names = ", ".join(check.assignment()["template"]["defines"])
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(check.SOLUTION, folder)
        try:
            done = subprocess.run(
                [sys.executable, "-c", f"from solution import {names}"],
                cwd=folder,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=IMPORT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            yield f"Importing it takes more than {IMPORT_SECONDS} seconds; it must not start to train (R25)."
            return
    if done.returncode:
        yield f"Importing it alone fails (R25): {(done.stderr.strip().splitlines() or ['no message'])[-1]}"


def main():
    """Write upload/solution.py and say where to upload it."""
    tree = check.read()
    for remark in remarks(tree):
        print(f"* {remark}")
    tests = check.run_public_tests()
    failing = [name for name, why in tests.items() if why]
    print(f"* {len(tests) - len(failing)} of {len(tests)} public tests pass.")
    if failing:
        print("  What to mend first: bash setup.sh python -m template.check")
    UPLOAD.mkdir(exist_ok=True)
    where = shutil.copy(check.SOLUTION, UPLOAD / "solution.py").relative_to(check.FOLDER.parent)
    about, due = check.assignment(), check.assignment()["dates"]["due"]
    print(f"\nUpload {where} to Gradescope, {about['course']}: {about['title']}.")
    print(f"It is due on {due:%A} {due.day} {due:%B %Y}.")
    print("This file alone, under this name.  You can upload as often as you like; the last one counts.")


if __name__ == "__main__":
    main()
