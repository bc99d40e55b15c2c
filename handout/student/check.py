"""Show, function by function, what is written, what passes, and what to do next.

Run it in the folder of the README with    bash setup.sh python -m template.check

A public test belongs to the function whose name its own name begins with: test_relu_...
"""

import ast
import contextlib
import io
import sys
from pathlib import Path

import pytest

from autograder.common import toml_file
from template.conftest import WRONG, by_culprit, to_mend

FOLDER = Path(__file__).resolve().parent
SOLUTION = FOLDER / "solution.py"
ASSIGNMENT = FOLDER.parent / "assignment.toml"


def assignment():
    """Read what assignment.toml says about this assignment."""
    return toml_file.read(ASSIGNMENT)


def parts():
    """Map each function to the number of its section, in the order of the handout."""
    return {function: part["number"] for part in assignment()["parts"] for function in part["functions"]}


def stop(sentence):
    """Say what is wrong and exit with status 2."""
    print(sentence, file=sys.stderr)
    sys.exit(2)


def read(path=SOLUTION):
    """Parse a solution.py, or say in one sentence why that is impossible."""
    try:
        return ast.parse(path.read_text(encoding="utf-8-sig"))
    except OSError:
        stop(f"{path} is not there; it must have this name and lie in this folder.")
    except UnicodeDecodeError:
        stop(f"{path.name} is not saved as UTF-8; choose that encoding in your editor and save it again.")
    except SyntaxError as error:
        stop(f"{path.name}, line {error.lineno}: Python cannot read this line ({error.msg}).")


def blanks(tree):
    """Return the names of the functions that still raise NotImplementedError."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {function.name for function in functions if any(map(_is_blank, ast.walk(function)))}


def _is_blank(node):
    return (
        isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and getattr(node.exc.func, "id", "") == "NotImplementedError"
    )


class Reports:
    """How each test ended, collected as a pytest plugin: {test name: None or the report of its failure}."""

    def __init__(self):
        """Start with nothing."""
        self.tests = {}

    def pytest_runtest_logreport(self, report):
        """Keep the first thing that goes wrong in a test, or that nothing does."""
        name = report.nodeid.split("::")[-1]
        if report.failed:
            self.tests[name] = self.tests.get(name) or report
        elif report.when == "call" and report.passed:
            self.tests.setdefault(name, None)


def run_public_tests():
    """Run every test of this folder and return {test name: None or the report of its failure}."""
    reports = Reports()
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([str(FOLDER), "-q", "-p", "no:cacheprovider"], plugins=[reports])
    return reports.tests


def tests_of(function, tests, functions):
    """Return the tests that belong to a function; test_activation_x is not one of test_act."""
    others = [name for name in functions if name != function and name.startswith(function)]
    mine = {name: why for name, why in tests.items() if name.startswith(f"test_{function}")}
    return {name: why for name, why in mine.items() if not any(name.startswith(f"test_{o}") for o in others)}


def main():
    """Print the table and the next step; exit with 0 if everything is written and passes."""
    functions, empty = parts(), blanks(read())
    tests = run_public_tests()
    print(f"{'':5} {'function':20} {'written':8} public tests")
    for function, number in functions.items():
        mine = tests_of(function, tests, functions)
        passing = [name for name, failure in mine.items() if not failure]
        written = function not in empty
        state = f"{len(passing)} of {len(mine)} pass" if written and mine else "-"
        print(f"{number:5} {function:20} {'yes' if written else 'no':8} {state}")
    return _say_next(
        functions, [name for name in functions if name in empty], list(filter(None, tests.values()))
    )


def _say_next(functions, empty, failures):
    """Send the student to what is wrong before what is missing, and to a cause before what rests on it."""
    wrong = by_culprit(failure for failure in failures if failure.state == WRONG)
    if not wrong and not empty:
        print("\nEverything is written and passes.  Next: bash setup.sh python -m template.bundle")
        return 0
    function = (to_mend(wrong) or empty)[0]
    print(f"\nNext: {function}, section {functions.get(function, '1')} of the handout.")
    if wrong:
        print(f"One of its tests:\n\n{wrong[function][0].longrepr}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
