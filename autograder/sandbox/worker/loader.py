"""Execute a submission one top-level statement at a time, and find the class to grade.

Runs in the worker.  A statement that fails (a missing data file, a plot, an exit) is
noted and passed over, so that what is defined before and after it can still be graded.
So is a cell of a notebook that is not Python, as Jupyter does.
"""

import __future__

import ast
import contextlib
import inspect
import os
import re
import sys
import types
from collections.abc import Callable, Iterator

from autograder.common.import_stubs import OF_IPYTHON, ImportStub, leave_behind
from autograder.common.keys import key_of
from autograder.intake.places import Places
from autograder.sandbox.protocol.messages import Loaded, Wanted

FILE_NAME = "solution.py"
MAX_MAGICS = 200
# What IPython and no Python reads, wherever it stands on a line: `%time`, `!ls`, `?name`, `pip install x`,
# `files = !ls`, `value = %magic`, `name?`.
COMMAND = re.compile(
    r"\s*([%!?]|(pip3?|conda|mamba)\s+\w)"
    r"|\s*[\w.\[\]'\"]+(\s*,\s*[\w.]+)*\s*=\s*[%!]"
    r"|\s*[\w.*()\[\]'\"]+\?{1,2}\s*$"
)
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class SubmittedModule:
    """The module that a submission becomes, and what happened on the way."""

    def __init__(self, source: bytes, wanted: list[Wanted], places: Places) -> None:
        self.wanted = {each.name: each for each in wanted}
        self.classes: dict[str, type] = {}  # by the name under which they are graded
        self.places = places
        self.lines = source.decode("utf-8", "replace").split("\n")
        self.module = types.ModuleType("solution")
        self.module.__file__ = FILE_NAME
        for name, full_name in OF_IPYTHON.items():
            setattr(self.module, name, ImportStub(full_name))
        self.failures: list[str] = []
        self.absent: list[str] = []
        self.notes: list[str] = []
        self.not_python: SyntaxError | None = None  # the first cell that is none

    def execute(self, entering: Callable[[int], None], definitions_from: int | None) -> Loaded:
        """Run every statement, from line `definitions_from` on only those that define something.

        Calls `entering` with the line of each statement before it runs.
        Raises SyntaxError or ValueError when the source is not Python.
        """
        sys.modules["solution"] = self.module
        sys.argv = [FILE_NAME]
        flags = 0
        for tree in self._parse():
            flags |= _future_flags(tree)
            for statement in _one_import_each(tree.body):
                late = definitions_from is not None and statement.lineno >= definitions_from
                if late and not isinstance(statement, DEFINITIONS):
                    continue
                entering(statement.lineno)
                self._run(statement, flags)
        loaded = self._loaded()
        nothing = len(loaded.missing) == sum(len(wanted.graded) for wanted in self.wanted.values())
        if self.not_python is not None and nothing:
            raise self.not_python  # there it may be
        return loaded

    def _parse(self) -> Iterator[ast.Module]:
        """Yield the file, or one cell after the other, without the commands that Python stumbles over."""
        commands: list[int] = []
        for first, lines in self.places.pieces(self.lines):
            try:
                tree = _without_commands(lines, first, commands)
            except SyntaxError as error:
                self._leave_out(error)
            else:
                yield tree
        if commands:
            places = "; ".join(self.places.of(line) for line in sorted(commands)[:10])
            self.notes.append(f"Commands of a notebook were left out ({places}); Python does not know them.")

    def _leave_out(self, error: SyntaxError) -> None:
        """Note what is not Python in a notebook, of which only that is lost; of a plain file, all is."""
        if not self.places.cells:
            raise error
        self.not_python = self.not_python or error
        self._fail(error.lineno or 0, f"SyntaxError: {error.msg}")

    def _fail(self, line: int, what: str) -> None:
        self.failures.append(f"{self.places.of(line)}: {what}")

    def _run(self, statement: ast.stmt, flags: int) -> None:
        try:
            code = compile(ast.Module([statement], []), FILE_NAME, "exec", flags, dont_inherit=True)
        except SyntaxError as error:  # a `return` outside of a function, say
            self._leave_out(error)
            return
        try:
            exec(code, self.module.__dict__)
        except ImportError as error:
            self._leave_absent(statement, error)
        except BaseException as error:
            self._fail(statement.lineno, f"{type(error).__name__}: {text_of(error)}")

    def _leave_absent(self, statement: ast.stmt, error: ImportError) -> None:
        """Bind the names of an import that failed, so that only their use is an error."""
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            self._fail(statement.lineno, text_of(error))
            return
        if getattr(statement, "module", None) == self.module.__name__:
            return  # a notebook beside solution.py tries out what it defines
        self.absent += leave_behind(statement, vars(self.module))

    def _loaded(self) -> Loaded:
        own = [
            value
            for value in vars(self.module).values()
            if isinstance(value, type) and value.__module__ == "solution"
        ]
        classes = [wanted for wanted in self.wanted.values() if wanted.name]
        self.classes, candidates = _choose(own, classes)
        return Loaded(
            found={name: found.__name__ for name, found in self.classes.items()},
            candidates=candidates,
            missing=[
                key_of(wanted.name, function)
                for wanted in self.wanted.values()
                for function in wanted.graded
                if not hasattr(self.classes.get(wanted.name) if wanted.name else self.module, function)
            ],
            failures=self.failures,
            absent=list(dict.fromkeys(self.absent)),
            notes=self.notes,
        )


def _without_commands(lines: list[str], first: int, commands: list[int]) -> ast.Module:
    """Parse what begins at line `first`, with `pass` in place of each command that Python stumbles over.

    Adds the lines of these to `commands`.  Other lines that look like one, in a string say, stay.
    Raises SyntaxError where the trouble is something else.
    """
    lines = list(lines)
    while True:
        try:
            tree = ast.parse("\n".join(lines), FILE_NAME)
            break
        except SyntaxError as error:
            number = _start_of_command(lines, error.lineno or 0)
            if number is None or len(commands) >= MAX_MAGICS:
                error.lineno = (error.lineno or 1) + first - 1
                raise
            _blank(lines, number)
            commands.append(number + first - 1)
    return ast.increment_lineno(tree, first - 1) if first > 1 else tree


def _start_of_command(lines: list[str], number: int) -> int | None:
    """Return the line in which the command begins that line `number` belongs to; None if to none."""
    while 1 <= number <= len(lines):
        if COMMAND.match(lines[number - 1]):
            return number
        if number == 1 or not lines[number - 2].endswith("\\"):
            break
        number -= 1
    return None


def _blank(lines: list[str], number: int) -> None:
    """Put `pass` for the command in line `number`; the lines that it is continued on become empty."""
    command = lines[number - 1]
    lines[number - 1] = command[: len(command) - len(command.lstrip())] + "pass"
    while command.endswith("\\") and number < len(lines):
        command, lines[number] = lines[number], ""
        number += 1


def _choose(own: list[type], classes: list[Wanted]) -> tuple[dict[str, type], dict[str, list[str]]]:
    """Find each class that is wanted; return them, and the names of what else could be meant.

    A class that bears the name is taken.  Of the others, two belong together if each is more like the
    other than like any other that is left: a class that has all the methods, and takes the keywords.
    """
    chosen = {wanted.name: one for wanted in classes for one in own if one.__name__ == wanted.name}
    while True:
        left = [one for one in own if one not in chosen.values()]
        sought = [wanted for wanted in classes if wanted.name not in chosen]
        fitting = {wanted.name: _leaves([one for one in left if _fits(one, wanted)]) for wanted in sought}
        likeness = {
            (wanted.name, one): _likeness(one, wanted) for wanted in sought for one in fitting[wanted.name]
        }
        pair = next((pair for pair in likeness if _is_alone_at_the_top(pair, likeness)), None)
        if pair is None:
            return chosen, {name: [one.__name__ for one in found] for name, found in fitting.items()}
        chosen[pair[0]] = pair[1]


def _is_alone_at_the_top(pair: tuple[str, type], likeness: dict[tuple[str, type], float]) -> bool:
    """Tell whether no other pair with the same class, wanted or found, is as much alike."""
    rivals = [other for other in likeness if other != pair and (other[0] == pair[0] or other[1] is pair[1])]
    return all(likeness[other] < likeness[pair] for other in rivals)


def _fits(candidate: type, wanted: Wanted) -> bool:
    return all(hasattr(candidate, name) for name in wanted.graded)


def _likeness(candidate: type, wanted: Wanted) -> float:
    """Return how many of the keywords that either constructor takes both take, from 0 to 1."""
    try:
        own = set(inspect.signature(candidate).parameters)
    except Exception:  # a metaclass, say, that does not tell
        own = set()
    both = own & set(wanted.keywords)
    return len(both) / len(own | set(wanted.keywords)) if both else 0.0


def _leaves(candidates: list[type]) -> list[type]:
    """Leave out classes of which another candidate is a subclass: the last one is meant."""
    different = list(dict.fromkeys(candidates))
    return [
        one for one in different if not any(issubclass(other, one) for other in different if other is not one)
    ]


def _future_flags(tree: ast.Module) -> int:
    """Collect `from __future__ import ...`, which must hold for every statement."""
    names = [
        alias.name
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        for alias in statement.names
    ]
    flags = 0
    for name in names:
        flags |= getattr(__future__, name).compiler_flag if hasattr(__future__, name) else 0
    return flags


def _one_import_each(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Split `import torch, numpy`, so that one absent package does not hide the other."""
    for statement in statements:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield ast.copy_location(ast.Import([alias]), statement)
        else:
            yield statement


def text_of(error: BaseException) -> str:
    """Return the text of an exception, whose own code may not be trusted to give one."""
    with contextlib.suppress(BaseException):
        # That of a SyntaxError would name a file and a line that only the worker knows.
        text = str(error.msg if isinstance(error, SyntaxError) else error)
        # Where the worker stands differs from run to run; what stands in for a package is no name to know.
        here = os.path.realpath(os.curdir)
        text = text.replace(f"{here}{os.sep}", "").replace(here, ".")
        return text.replace(f"'{ImportStub.__name__}' object", "a missing package").replace(
            f"'{ImportStub.__name__}'", "a missing package"
        )[:500]
    return "(its text cannot be shown)"
