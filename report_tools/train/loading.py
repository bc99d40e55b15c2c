"""Load a class from a file that somebody else wrote."""

import ast
import importlib.util
import linecache
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.common.errors import UserError
from autograder.common.import_stubs import names_of_a_graded_file, run_statements
from report_tools.train import blame


def load(file: str, name: str, *, as_graded: bool = True) -> type[Any]:
    """Import the file anew and return its class of this name.

    as_graded: imports work as they do while grading (R24): plots and progress bars do nothing, other
    packages than NumPy are absent.
    Raises UserError with one sentence if there is no such file or class, or if the import fails.
    """
    path = Path(file)
    if not path.is_file():
        raise UserError(f"{path} does not exist; name your file with --solution FILE.")
    # Under a name that no package has: a file called random.py must not take the place of Python's own.
    spec = importlib.util.spec_from_file_location(f"student_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path} is not a Python file.")
    linecache.checkcache(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickle look a module up by its name
    try:
        _execute(module, spec, path, as_graded)
    except SyntaxError as error:
        raise UserError(f"{path.name}, line {error.lineno}: not valid Python ({error.msg}).") from None
    except (Exception, SystemExit) as error:  # it is somebody else's code: anything may come
        raise UserError(f"{path.name} cannot be imported: {blame.sentence(error, [path])}.") from None
    found = getattr(module, name, None)
    if not isinstance(found, type):
        raise UserError(f"{path.name} has no class {name}; the handout says what it must contain.")
    return found


def _execute(module: ModuleType, spec: ModuleSpec, path: Path, as_graded: bool) -> None:
    if not as_graded:
        assert spec.loader is not None
        spec.loader.exec_module(module)
        return
    names = vars(module)
    names.update(names_of_a_graded_file())
    run_statements(ast.parse(path.read_bytes(), str(path)), str(path), names)
