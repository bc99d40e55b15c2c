"""Import a student's solution.py for the public tests as the grader would, or say why that is impossible.

Packages are absent as they are while grading (R24).  A file that cannot be imported leaves
stand-ins behind, so that every test is found, and each says that it cannot run.
"""

import ast
import contextlib
import functools
import io
import linecache
import sys
import traceback
import types
from pathlib import Path
from typing import IO, Any, NoReturn

from autograder.common import time_limit
from autograder.common.import_stubs import names_of_a_graded_file, run_statements

NAME = "solution"
R25 = "Importing the file must not train, plot, read data or ask for input (R25)."


class CannotRun(Exception):
    """Why tests cannot run: the file cannot be imported, or lacks what they are about."""


class Missing:
    """A stand-in for a class or function that is not there, which says so wherever it is used."""

    def __init__(self, why: str) -> None:
        self._why = why

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        """Say why it is not there."""
        raise CannotRun(self._why)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):  # pytest looks for marks
            raise AttributeError(attribute)
        raise CannotRun(self._why)


def load(path: Path, terminal: IO[str] | None = None) -> str:
    """Execute the file as the module `solution`; return why that is impossible, or nothing.

    What it does not define, or everything if it cannot be imported, is `Missing`.
    terminal: for what is said if the import can only be ended together with the process.
    Raises nothing but control-C.
    """
    module = types.ModuleType(NAME)
    module.__file__ = str(path)
    sys.modules[NAME] = module
    names = vars(module)
    names.update(names_of_a_graded_file())
    before = set(names)
    why = _execute(path, names, terminal)
    own = [name for name in names if name not in before]
    if why:
        for name in own:
            del names[name]
    defined = [name for name in own if getattr(names.get(name), "__module__", "") == NAME]
    lacks = f"{path.name} does not define NAME; it defines {', '.join(defined) or 'nothing'}."
    names["__getattr__"] = functools.partial(_absent, why or lacks)
    return why


def _absent(why: str, name: str) -> Missing:
    """Return a stand-in for a name that the module does not define."""
    if name.startswith("__"):
        raise AttributeError(name)
    return Missing(why.replace("NAME", name))


def _execute(path: Path, names: dict[str, Any], terminal: IO[str] | None) -> str:
    """Run every statement of the file; return why it cannot be imported, or nothing."""
    linecache.checkcache(str(path))
    try:
        tree = ast.parse(path.read_text(encoding="utf-8-sig"), str(path))
    except OSError:
        return f"{path.name} is not there; save your file under this name in {path.parent}."
    except UnicodeDecodeError:
        return f"{path.name} is not saved as UTF-8; choose that encoding in your editor and save it again."
    except (SyntaxError, ValueError) as error:
        return _unreadable(path, error)
    try:
        with time_limit.limit(path.name, terminal, what=f"The import of {path.name}"):
            run_statements(tree, str(path), names)
    except SyntaxError as error:  # a `return` outside of a function
        return _unreadable(path, error)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # it is somebody else's code: anything may come, an exit too
        return _failed(path, error)
    return ""


def _unreadable(path: Path, error: SyntaxError | ValueError) -> str:
    if not isinstance(error, SyntaxError):
        return f"{path.name}: Python cannot read this file ({error}); save it again as UTF-8."
    line = (error.text or linecache.getline(str(path), error.lineno or 0)).strip()
    return f"{path.name}, line {error.lineno}: Python cannot read this line ({error.msg}).\n  {line}"


def _failed(path: Path, error: BaseException) -> str:
    """Say what happened in which line of the file when it was imported."""
    steps = traceback.extract_tb(error.__traceback__)
    here = next((step for step in reversed(steps) if step.filename == str(path)), None)
    where = f", on line {here.lineno}: {here.line}" if here else ""
    if isinstance(error, time_limit.DoesNotEnd):
        what = "does not end"
    elif isinstance(error, SystemExit):
        what = "ends Python"
    elif "stdin" in str(error) or isinstance(error, EOFError):  # pytest's words for it are long
        what = "asks for input"
    else:
        what = f"raises {type(error).__name__}" + (f" ({error})" if str(error) else "")
    return f"Importing {path.name} {what}{where}\n{R25}"


def main(path: Path) -> None:
    """Print why the file cannot be imported; nothing if it can."""
    with contextlib.redirect_stdout(io.StringIO()):
        why = load(path)
    print(why)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
