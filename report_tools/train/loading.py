"""Load a class from a file that somebody else wrote."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from autograder.common.errors import UserError


def load(file: str, name: str) -> type[Any]:
    """Import the file anew and return its class of this name.

    Raises UserError with one sentence if there is no such file or class, or if the import fails.
    """
    path = Path(file)
    if not path.is_file():
        raise UserError(f"{path} does not exist; name your file with --solution FILE.")
    # Under a name that no package has: a file called random.py must not take the place of Python's own.
    module_name = f"student_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # dataclasses and pickle look a module up by its name
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise UserError(f"{path.name}, line {error.lineno}: not valid Python ({error.msg}).") from None
    except (Exception, SystemExit) as error:  # it is somebody else's code: anything may come
        raise UserError(f"{path.name} cannot be imported: {type(error).__name__}: {error}.") from None
    found = getattr(module, name, None)
    if not isinstance(found, type):
        raise UserError(f"{path.name} has no class {name}; the handout says what it must hold.")
    return found
