"""Make every package but NumPy and the standard library absent, gently (R24).

Runs in the worker.  What a machine happens to have installed must not change a grade, so
an import of anything else fails everywhere alike.  A failed import at the top of a file
leaves an `Absent` behind, which only complains when a graded function uses it.
"""

import importlib.abc
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

THERE = sys.stdlib_module_names | {"numpy"}

# What draws or reports, and computes nothing: using it does nothing.
SILENT = {"matplotlib", "seaborn", "plotly", "IPython", "wandb", "tensorboardX", "ipywidgets", "tabulate"}


class Absences(importlib.abc.MetaPathFinder):
    """Refuse, at the head of sys.meta_path, what is not there while grading."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Raise ModuleNotFoundError for whatever is neither NumPy nor the standard library."""
        if name.partition(".")[0] not in THERE:
            raise ModuleNotFoundError(f"{name} is not there while grading: NumPy only (R24)", name=name)


class Absent:
    """Stand for a name that could not be imported; using it in a graded function says so.

    While the file is being read, before `complain` is set, it lets itself be called,
    decorated with, subclassed and looped over, so that code that is never graded (a CNN
    in PyTorch, a plot below the class) does not take the rest of the file down.
    """

    complain = False

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> "Absent":
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return Absent(f"{self._name}.{attribute}")

    def _use(self) -> None:
        if Absent.complain and self._name.partition(".")[0] not in SILENT:
            raise ImportError(f"{self._name} is not there while grading: NumPy only (R24)")

    def __call__(self, *arguments: Any, **keywords: Any) -> "Absent":
        self._use()
        return self

    def __mro_entries__(self, bases: Any) -> tuple[()]:
        return ()

    def __iter__(self) -> Iterator[Any]:
        self._use()
        return iter(())

    def __enter__(self) -> "Absent":
        self._use()
        return self

    def __exit__(self, *error: object) -> None:
        pass


class ProgressBar:
    """Loop over what it is given, as tqdm would, and draw nothing."""

    def __init__(self, iterable: Iterable[Any] | None = None, *arguments: Any, **keywords: Any) -> None:
        self._iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable or ())

    def __len__(self) -> int:
        return len(self._iterable)  # type: ignore[arg-type]

    def __getattr__(self, method: str) -> Callable[..., None]:
        if method.startswith("__"):
            raise AttributeError(method)
        return lambda *arguments, **keywords: None

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *error: object) -> None:
        pass


def install() -> None:
    """Make everything absent but NumPy, the standard library, and a tqdm that is silent."""
    for name in ("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.std"):
        module = types.ModuleType(name)
        module.tqdm = module.tqdm_notebook = ProgressBar  # type: ignore[attr-defined]
        module.trange = lambda *bounds, **keywords: ProgressBar(range(*bounds))  # type: ignore[attr-defined]
        module.__path__ = []
        sys.modules[name] = module
    sys.meta_path.insert(0, Absences())
