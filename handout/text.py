"""Fill the values of assignment.toml into a Markdown file, and refuse what is not known."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2

from autograder.common import text_file
from autograder.common.errors import UserError
from handout import HERE


def fill(name: str, values: Mapping[str, Any], folder: Path = HERE) -> str:
    """Return the text of folder/name with every {{ value }} in it replaced.

    name: a path below `folder`, with forward slashes.  Files that it includes are
    looked for below `folder` too.  Comments <!-- ... --> are left out.
    Raises UserError that names the file and the line when a value is unknown, a file
    is missing, or the markup is broken.
    """
    # Comments of Markdown are comments of Jinja here: a note to colleagues must not reach the HTML.
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _read(folder, name)),
        undefined=jinja2.StrictUndefined,
        comment_start_string="<!--",
        comment_end_string="-->",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the result is Markdown; pandoc escapes what needs it
    )
    try:
        return environment.get_template(name).render(values)
    except jinja2.TemplateNotFound as error:
        raise UserError(f"{name} needs the file {folder / str(error.name)}, which does not exist.") from None
    except jinja2.TemplateSyntaxError as error:
        raise UserError(f"{error.name}, line {error.lineno}: {str(error.message).rstrip('.')}.") from None
    except jinja2.UndefinedError as error:
        raise UserError(f"{_place(folder)}: {error.message}; look for a typing mistake.") from None
    except UserError as error:
        raise UserError(f"{_place(folder)}: {error}") from None


def _read(folder: Path, name: str) -> tuple[str, str, Callable[[], bool]] | None:
    """Return what Jinja asks of a loader: the text, its path, and whether it still is the text."""
    path = folder / name
    return (text_file.read(path, name), str(path), lambda: True) if path.is_file() else None


def _place(folder: Path) -> str:
    """Name the file and line of the innermost Markdown file that was being filled."""
    # Jinja runs a template as Python code of the same file and line, so the traceback tells the place.
    place, trace = str(folder), sys.exc_info()[2]
    while trace:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.suffix == ".md":
            place = f"{path.relative_to(folder)}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place
