"""Describe one training run: every number that can change its result, and nothing else.

A kind of run is one class: its settings, how they are spoken of, what they cost, and which engine
carries them out.  `kinds.py` lists the classes.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, get_type_hints

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, lt=1)]
Count = Annotated[int, Meta(ge=1)]
CountOrZero = Annotated[int, Meta(ge=0)]
Activation = Literal["relu", "sigmoid", "tanh"]


class Words(NamedTuple):
    """How tables, legends and captions speak of a setting; it stands beside the setting's type.

    title: the header of its column; without one, its name.
    phrase: the setting with its value, such as "batch {}"; without one, title and value.
    caption: the same for captions, where it differs; "" leaves the setting to other sentences.
    always: a caption says it even where it has its default value.
    say: writes a setting that is a table, or a list of tables, from its plain data, in place of phrase.
    """

    title: str = ""
    phrase: str = ""
    caption: str | None = None
    always: bool = False
    say: Callable[[Any], str] | None = None


ELSEWHERE = Words(caption="")  # in the sentences about the network or the data


class Student(NamedTuple):
    """A class of the student's solution.py: its problem, its name, and its methods that are given."""

    problem: str
    name: str
    given: tuple[str, ...] = ()


class Engine(NamedTuple):
    """What carries out one kind of run, in report_tools/train.

    function: "room.module:function"; called with job, run and splits, it yields after each epoch.
    modules: those whose code decides its numbers; a change in one of them makes its runs anew.
    uses_torch: it takes every core, or a GPU, by itself.
    student: what it trains of the student's solution.py; None if nothing.
    uses_images: it learns from a data set, which else is not even read.
    """

    function: str
    modules: tuple[str, ...]
    uses_torch: bool = False
    student: Student | None = None
    uses_images: bool = True


class StrictTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a recipe, in which an unknown key is a mistake."""


class RunSettings(StrictTable, frozen=True, tag_field="kind", kw_only=True):
    """The settings that every kind of run has.

    pixel_scale: pixels (0 to 255) are divided by it.
    n_train, n_valid: use at most so many rows of the split, the first ones; 0 means all.
    """

    engine: ClassVar[Engine]

    lr: Annotated[Positive, Words("learning rate", "learning rate {:g}")]
    batch_size: Annotated[Count, Words("batch size", "batch {}")]
    seed: CountOrZero
    epochs: Annotated[CountOrZero, Words(phrase="{} epochs")]
    pixel_scale: Annotated[Positive, Words(phrase="pixel scale {:g}", caption="")] = 255
    n_train: Annotated[CountOrZero, Words("training rows", caption="")] = 0
    n_valid: Annotated[CountOrZero, Words("validation rows", caption="")] = 0

    def multiplications(self, image_shape: tuple[int, ...], n_classes: int) -> int:
        """Count the multiplications of one forward pass of one image."""
        raise NotImplementedError

    def shown(self, n_train: int) -> frozenset[str]:
        """Name the settings of which another value must change the losses, whatever the code is.

        n_train: the rows that it is trained on.
        """
        return frozenset()

    @classmethod
    def network(cls, shared: Mapping[str, Any]) -> str:
        """Name the network in a caption, from the settings, as plain data, that all runs of it share."""
        raise NotImplementedError

    @classmethod
    def unsaid(cls, shared: Mapping[str, Any]) -> frozenset[str]:
        """Name settings that mean nothing for the networks of these runs, so that no caption says them."""
        return frozenset()

    @property
    def looks_at_images(self) -> bool:
        """Say whether its numbers depend on a data set."""
        return self.engine.uses_images

    def own_files(self, solution: Path) -> tuple[Path, ...]:
        """List files beside the solution whose code decides the numbers, too."""
        return ()


def words(kind: type[RunSettings]) -> dict[str, Words]:
    """Map each setting of a kind of run to how it is spoken of; its own ones first, then those of all."""
    found: dict[str, Words] = {}
    hints = get_type_hints(kind, include_extras=True)
    for key in sorted(kind.__struct_fields__, key=RunSettings.__struct_fields__.__contains__):
        own = [each for each in getattr(hints[key], "__metadata__", ()) if isinstance(each, Words)]
        said = own[0] if own else Words()
        found[key] = said._replace(title=said.title or key.replace("_", " "))
    return found


def phrase(said: Words, value: Any) -> str:
    """Write a setting with its value, as a legend says it."""
    if said.say is not None:
        return said.say(value)
    if isinstance(value, bool):
        return said.title if value else f"no {said.title}"
    if isinstance(value, list | tuple):
        value = f"({', '.join(map(str, value))})"
    try:
        text = (said.phrase or f"{said.title} {{}}").format(value)
    except (TypeError, ValueError):  # a word where most values are numbers
        text = f"{said.title} {value}"
    return text.removesuffix("s") if value == 1 and text.startswith("1 ") else text
