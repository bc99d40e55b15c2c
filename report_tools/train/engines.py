"""Find what carries out a run: the engine that the class of its settings names."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from report_tools.plan.settings import Engine

ROOM = Path(__file__).resolve().parent


def load(engine: Engine) -> Callable[..., Iterator[Any]]:
    """Import the function of an engine, and with it PyTorch only if this engine needs it."""
    # By its name: importing all engines would import PyTorch for a run of NumPy alone.
    module, _, name = engine.function.partition(":")
    function: Callable[..., Iterator[Any]] = getattr(
        importlib.import_module(f"report_tools.train.{module}"), name
    )
    return function


def files(engine: Engine) -> list[Path]:
    """List the files of the modules that decide its numbers."""
    return [ROOM / f"{module.replace('.', '/')}.py" for module in engine.modules]
