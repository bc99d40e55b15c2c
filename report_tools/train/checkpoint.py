"""Keep after each epoch all that the next ones depend on, so that an interrupted run goes on from there.

A checkpoint is one file beside the run: its numbers so far, as a line of JSON, and then what trains,
pickled, both of the same moment.
"""

import contextlib
import pickle
import random
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from autograder.common import whole_file
from report_tools.train.store import NOTHING_THERE, Run


class CannotContinue(Exception):
    """What trains cannot be stored, or what was stored cannot be used, so that it would go on as it was."""


def random_state() -> dict[str, Any]:
    """Return the states of the generators that anybody's code may draw from: NumPy's and Python's."""
    return {"numpy": np.random.get_state(), "python": random.getstate()}


def put_back_random_state(state: Mapping[str, Any]) -> None:
    """Have these generators go on from such a state, which may hold more."""
    np.random.set_state(state["numpy"])
    random.setstate(state["python"])


class State(NamedTuple):
    """What an engine hands out after an epoch.

    objects: what the next epochs depend on, by name: weights, optimizer, generators.
    known: what is there again anyway when the run goes on, by name: the data, the network itself.
    It is stored by its name alone, wherever `objects` refer to it.
    """

    objects: dict[str, Any]
    known: Mapping[str, Any]


class Checkpoint:
    """The checkpoint of one run, if there is one."""

    def __init__(self, path: Path):
        self.path = path

    def run(self) -> Run | None:
        """Return the numbers up to the moment of the checkpoint; None if there is none."""
        try:
            with self.path.open("rb") as file:
                return msgspec.json.decode(file.readline(), type=Run)
        except (OSError, msgspec.MsgspecError):
            return None

    def write(self, run: Run, state: State) -> None:
        """Replace the checkpoint; raises CannotContinue if the state cannot be stored exactly."""
        with whole_file.replacing(self.path) as part, part.open("wb") as file:
            file.write(msgspec.json.encode(run) + b"\n")
            try:
                _Pickler(file, state.known).dump(state.objects)
            except OSError:
                raise
            except Exception as error:  # each kind of object that cannot be pickled has its own
                raise CannotContinue(str(error)) from error

    def restore(self, known: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the objects of the state; None if there is no checkpoint.

        known: as in the State that was written.  Raises CannotContinue if the file is damaged.
        """
        try:
            with self.path.open("rb") as file:
                file.readline()
                return dict(_Unpickler(file, known).load())
        except NOTHING_THERE:
            return None
        except Exception as error:  # a pickle runs the code of classes, which may have changed
            raise CannotContinue(str(error)) from error

    def forget(self) -> None:
        """Delete the checkpoint."""
        with contextlib.suppress(*NOTHING_THERE):
            self.path.unlink()


class _Pickler(pickle.Pickler):
    """Stores what is known by its name, and refuses arrays that would not come back as they are."""

    def __init__(self, file: IO[bytes], known: Mapping[str, Any]):
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._names = {id(one): name for name, one in known.items()}
        self._arrays: dict[int, NDArray[Any]] = {}

    def persistent_id(self, one: Any) -> str | None:
        """Return the name of an object that is known, and None for one that is stored."""
        name = self._names.get(id(one))
        if name is None and isinstance(one, np.ndarray):
            self._require_its_own_memory(one)
        return name

    def _require_its_own_memory(self, array: NDArray[Any]) -> None:
        # Two views of one block of numbers would come back as two blocks, and a slice with gaps
        # without them, of which sums are rounded in another way.
        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        if self._arrays.setdefault(id(owner), array) is not array:
            raise CannotContinue("two arrays share their memory")
        if not array.flags.forc:
            raise CannotContinue("an array is a slice with gaps")


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes], known: Mapping[str, Any]):
        super().__init__(file)
        self._known = known

    def persistent_load(self, name: str) -> Any:
        """Return the object that was stored by its name."""
        return self._known[name]
