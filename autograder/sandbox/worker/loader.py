"""Execute a submission one top-level statement at a time, and find the class to grade.

Runs in the worker.  A statement that fails (a missing data file, a plot, an exit) is
noted and passed over, so that what is defined before and after it can still be graded.
"""

import __future__

import ast
import contextlib
import sys
import types
from collections.abc import Callable, Iterator

from autograder.assignment.contract import key_of
from autograder.sandbox.protocol.messages import Loaded, Wanted
from autograder.sandbox.worker.import_stubs import ImportStub

FILE_NAME = "solution.py"
MAX_MAGICS = 200
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class SubmittedModule:
    """The module that a submission becomes, and what happened on the way."""

    def __init__(self, source: bytes, wanted: list[Wanted]) -> None:
        self.wanted = {each.name: each for each in wanted}
        self.classes: dict[str, type] = {}  # by the name under which they are graded
        self.lines = source.decode("utf-8", "replace").split("\n")
        self.module = types.ModuleType("solution")
        self.module.__file__ = FILE_NAME
        self.failures: list[str] = []
        self.absent: list[str] = []
        self.notes: list[str] = []

    def execute(self, entering: Callable[[int], None], definitions_from: int | None) -> Loaded:
        """Run every statement, from line `definitions_from` on only those that define something.

        Calls `entering` with the line of each statement before it runs.
        Raises SyntaxError or ValueError when the source is not Python.
        """
        tree = self._parse()
        flags = _future_flags(tree)
        sys.modules["solution"] = self.module
        sys.argv = [FILE_NAME]
        for statement in _one_import_each(tree.body):
            late = definitions_from is not None and statement.lineno >= definitions_from
            if late and not isinstance(statement, DEFINITIONS):
                continue
            entering(statement.lineno)
            self._run(statement, flags)
        return self._loaded()

    def _parse(self) -> ast.Module:
        """Parse the file; where only the commands of a notebook keep it from being Python, without them."""
        lines = list(self.lines)
        blanked: list[int] = []
        while True:
            try:
                tree = ast.parse("\n".join(lines), FILE_NAME)
                break
            except SyntaxError as error:
                number = error.lineno or 0
                if len(blanked) >= MAX_MAGICS or not _is_magic(lines, number):
                    raise
                line = lines[number - 1]
                lines[number - 1] = line[: len(line) - len(line.lstrip())] + "pass"
                blanked.append(number)
        if blanked:
            numbers = ", ".join(str(number) for number in sorted(blanked)[:10])
            self.notes.append(
                f"Commands of a notebook were left out (line {numbers}); Python does not know them."
            )
        return tree

    def _run(self, statement: ast.stmt, flags: int) -> None:
        code = compile(ast.Module([statement], []), FILE_NAME, "exec", flags, dont_inherit=True)
        try:
            exec(code, self.module.__dict__)
        except ImportError as error:
            self._leave_absent(statement, error)
        except BaseException as error:
            self.failures.append(f"line {statement.lineno}: {type(error).__name__}: {text_of(error)}")

    def _leave_absent(self, statement: ast.stmt, error: ImportError) -> None:
        """Bind the names of an import that failed, so that only their use is an error."""
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            self.failures.append(f"line {statement.lineno}: {text_of(error)}")
            return
        package = getattr(statement, "module", None)
        for alias in statement.names:
            if alias.name == "*":  # nobody knows which names it would have bound
                self.absent.append(package or "")
                continue
            full_name = f"{package}.{alias.name}" if package else alias.name
            bound = alias.asname or (alias.name if package else alias.name.partition(".")[0])
            setattr(self.module, bound, ImportStub(full_name if alias.asname or package else bound))
            self.absent.append(full_name)

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
            absent=self.absent,
            notes=self.notes,
        )


def _is_magic(lines: list[str], number: int) -> bool:
    return 1 <= number <= len(lines) and lines[number - 1].lstrip()[:1] in ("%", "!", "?")


def _choose(own: list[type], classes: list[Wanted]) -> tuple[dict[str, type], dict[str, list[str]]]:
    """Find each class that is wanted; return them, and the names of what else could be meant.

    A class that bears the name is taken.  Failing that, the only one that has all the methods,
    if it has those of no other class that is still looked for.
    """
    chosen = {wanted.name: one for wanted in classes for one in own if one.__name__ == wanted.name}
    left = [one for one in own if one not in chosen.values()]
    sought = [wanted for wanted in classes if wanted.name not in chosen]
    fitting = {wanted.name: _leaves([one for one in left if _fits(one, wanted)]) for wanted in sought}
    for name, candidates in fitting.items():
        elsewhere = {one for other, found in fitting.items() if other != name for one in found}
        if len(candidates) == 1 and candidates[0] not in elsewhere:
            chosen[name] = candidates[0]
    unclear = {name: found for name, found in fitting.items() if name not in chosen}
    return chosen, {name: [one.__name__ for one in found] for name, found in unclear.items()}


def _fits(candidate: type, wanted: Wanted) -> bool:
    return all(hasattr(candidate, name) for name in wanted.graded)


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
        return str(error)[:500]
    return "(its text cannot be shown)"
