"""Register what carries out a run: one engine for each kind of settings."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from report_tools.plan.settings import AnySettings

ROOM = Path(__file__).resolve().parent


class Engine(NamedTuple):
    """What does one kind of run: its function, and the modules whose code decides its numbers.

    A change in one of these modules makes its runs anew.  The first of them holds the function.
    uses_torch: it takes every core, or a GPU, by itself, and does without the student's class.
    """

    function: str
    modules: tuple[str, ...]
    uses_torch: bool = False

    @property
    def files(self) -> list[Path]:
        """List the files of the modules."""
        return [ROOM / f"{module}.py" for module in self.modules]

    def load(self) -> Callable[..., Iterator[None]]:
        """Import the function, and with it PyTorch only if this engine needs it."""
        # By its name: importing all engines would import PyTorch for a run of NumPy alone.
        module = importlib.import_module(f"report_tools.train.{self.modules[0]}")
        function: Callable[..., Iterator[None]] = getattr(module, self.function)
        return function


ENGINES = {
    "mlp": Engine("train", ("mlp", "student_class", "data")),
    "gradient-check": Engine("check", ("gradient_check", "mlp", "student_class", "data")),
    "cnn": Engine("train", ("cnn", "convnet", "data"), uses_torch=True),
}


def engine_of(settings: AnySettings) -> Engine:
    """Return the engine for a run with these settings."""
    # The tag is the word `kind` of the recipe.
    return ENGINES[str(settings.__struct_config__.tag)]
