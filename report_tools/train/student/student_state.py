"""Collect and put back all that the training of a student's network depends on."""

import sys
from types import ModuleType
from typing import Any

from autograder.common.import_stubs import ImportStub
from report_tools.train.checkpoint import Checkpoint, State, put_back_random_state, random_state
from report_tools.train.data import Splits


def collect(network: Any, splits: Splits) -> State | None:
    """Return the state of a network: its attributes, what its file keeps, and the common generators.

    None if it has attributes that are not seen here.
    """
    if any(getattr(kind, "__slots__", ()) for kind in type(network).__mro__):
        return None
    objects = {
        "attributes": vars(network),
        "file": {name: _data(place) for name, place in _places(network)},
        **random_state(),
    }
    return State(objects, _known(network, splits))


def put_back(checkpoint: Checkpoint, network: Any, splits: Splits) -> bool:
    """Bring the network to the state of the checkpoint; return whether there is one."""
    objects = checkpoint.restore(_known(network, splits))
    if objects is None:
        return False
    vars(network).clear()
    vars(network).update(objects["attributes"])
    for name, place in _places(network):
        for key, value in objects["file"][name].items():
            setattr(place, key, value)
    put_back_random_state(objects)
    return True


def _known(network: Any, splits: Splits) -> dict[str, Any]:
    # The images are read-only, so they cannot have changed; of the network, its methods may be kept.
    parts = {"train": splits.train, "valid": splits.valid, "test": splits.test}
    images = {f"{name} images": split.x for name, split in parts.items()}
    return {"network": network, **images, **{f"{name} labels": split.y for name, split in parts.items()}}


def _places(network: Any) -> list[tuple[str, Any]]:
    """List where a file keeps data outside of its objects: the file itself, and each of its classes."""
    file = sys.modules[type(network).__mro__[1].__module__]
    its_own = [
        (name, one)
        for name, one in vars(file).items()
        if isinstance(one, type) and one.__module__ == file.__name__
    ]
    return [("", file), *its_own]


def _data(place: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(place).items() if _is_data(name, value)}


def _is_data(name: str, value: Any) -> bool:
    is_code = callable(value) or hasattr(value, "__get__") or isinstance(value, (ModuleType, ImportStub))
    return not (name.startswith("__") or is_code)
