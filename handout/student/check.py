"""Show, function by function, what is written, what passes, and what to do next.

Run it in the folder of the README with    bash setup.sh python -m template.check

A public test belongs to the function that its title begins with: "relu: right for ...".
"""

import ast
import sys
from pathlib import Path

from autograder.common import toml_file
from autograder.common.import_stubs import SILENT, THERE
from autograder.public_tests.run import run
from autograder.public_tests.summary import Subject

FOLDER = Path(__file__).resolve().parent
SOLUTION = FOLDER / "solution.py"
ASSIGNMENT = FOLDER.parent / "assignment.toml"


def assignment():
    """Read what assignment.toml says about this assignment."""
    return toml_file.read(ASSIGNMENT)


def parts():
    """Map each function to the number of its section, in the order of the handout."""
    return {function: part["number"] for part, function, _ in _functions()}


def keys():
    """Map each function to where it stands in solution.py: "function", or "Class.method"."""
    return {function: key for _, function, key in _functions()}


def names():
    """Map each function to what a student reads: the bare name, where only one function has it."""
    bare = [str(function) for function in keys()]
    return {
        function: str(function) if bare.count(str(function)) == 1 else key for function, key in keys().items()
    }


def _functions():
    """Yield each function with its part and its key."""
    for part in assignment()["parts"]:
        for name, key in part["functions"].items():
            yield part, Subject(f"test_{part['problem']}", name), key


def stop(sentence):
    """Say what is wrong and exit with status 2."""
    print(sentence, file=sys.stderr)
    sys.exit(2)


def read(path=SOLUTION):
    """Parse a solution.py, or say in one sentence why that is impossible."""
    try:
        return ast.parse(path.read_text(encoding="utf-8-sig"))
    except OSError:
        stop(f"{path} is not there; save your file under this name in this folder.")
    except UnicodeDecodeError:
        stop(f"{path.name} is not saved as UTF-8; choose that encoding in your editor and save it again.")
    except SyntaxError as error:
        stop(f"{path.name}, line {error.lineno}: Python cannot read this line ({error.msg}).")


def blanks(tree):
    """Return the functions that still raise NotImplementedError."""
    blank = set()
    for node in tree.body:
        inside = {f"{node.name}.": node.body} if isinstance(node, ast.ClassDef) else {"": [node]}
        for prefix, nodes in inside.items():
            functions = [each for each in nodes if isinstance(each, ast.FunctionDef)]
            blank |= {prefix + each.name for each in functions if any(map(_is_blank, ast.walk(each)))}
    return [function for function, key in keys().items() if key in blank]


def _is_blank(node):
    return (
        isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and getattr(node.exc.func, "id", "") == "NotImplementedError"
    )


def foreign(tree):
    """Return sentences about imports of more than NumPy."""
    nodes = list(ast.walk(tree))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    imported = {name.split(".")[0] for name in names} - THERE
    silent, absent = sorted(imported & SILENT), sorted(imported - SILENT)
    if absent:
        yield f"It imports {', '.join(absent)}; no graded function may need more than NumPy (R24)."
    if silent:
        yield f"It imports {', '.join(silent)}; during the tests and grading, that does nothing (R24)."


def main():
    """Print the table and the next step; exit with 0 if everything is written and passes."""
    tree = read()
    functions, empty = parts(), blanks(tree)
    tests = run(FOLDER)
    shown = names()
    width = max(20, *map(len, shown.values()))
    print(f"{'':5} {'function':{width}} {'written':8} public tests")
    for function, number in functions.items():
        passed, there_are = tests.of(function)
        written = function not in empty
        state = f"{passed} of {there_are} pass" if written and there_are else "-"
        print(f"{number:5} {shown[function]:{width}} {'yes' if written else 'no':8} {state}")
    for note in [*tests.notes, *foreign(tree)]:
        print(f"\n{note}")
    return _say_next(functions, empty, tests)


def _say_next(functions, empty, tests):
    """Send the student to what is wrong before what is missing, and to a cause before what rests on it."""
    wrong = tests.summary.first_wrong()
    if tests.all_passed and not empty:
        print("\nEverything is written and passes.  Next: bash setup.sh python -m template.bundle")
        return 0
    for function in [*tests.summary.to_mend, *empty][:1]:
        where = f"section {functions[function]}" if function in functions else "see the rulings at the end"
        print(f"\nNext: {names().get(function, function)}, {where} of the handout.")
    if wrong:
        print(f"One of its tests:\n\n{wrong.longrepr}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
