"""The rooms of the house: each lies above what it imports, nothing imports back up, no circle.

Read from the syntax trees, so that imports inside functions and for types alone count as well.
"""

import ast
import graphlib
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from autograder import ROOT
from autograder.common.rooms import DECIDING

# From the ground up.  The longest name that fits a module is its room; of the modules that lie loose
# in sandbox/, two are what the rooms below them say and promise.
ROOMS = (
    "autograder",  # where the kit stands, and its version
    "autograder.common",
    "autograder.public_tests",
    "autograder.assignment",
    "autograder.intake",
    "autograder.sandbox.errors",
    "autograder.sandbox.protocol",
    "autograder.sandbox.lockdown",
    "autograder.sandbox.guarantees",
    "autograder.sandbox.worker",
    "autograder.sandbox.process",
    "autograder.sandbox",
    "autograder.doctor",
    "autograder.checking",
    "autograder.problems",
    "autograder.grading",
    "autograder.gradescope",
    "autograder.parallel",
    "autograder.classroom",
    "autograder.selfcheck",
    "autograder.scaffold",
    "autograder.commands",
    "autograder.__main__",
    "report_tools",
    "report_tools.plan",
    "report_tools.train",
    "report_tools.train.student",
    "report_tools.train.pytorch",
    "report_tools.draw",
    "report_tools.listing",
    "report_tools.commands",
    "report_tools.__main__",
    "handout",
)
LOOSE = {"__init__", "__main__", "doctor"}


def files() -> Iterator[Path]:
    """Find every file of a package; what is handed in to the zoo is in none."""
    for package in ("autograder", "report_tools", "handout"):
        for file in sorted((ROOT / package).rglob("*.py")):
            if (file.parent / "__init__.py").exists():
                yield file


def name_of(file: Path) -> str:
    """Return the dotted name of a module."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(source: str, module: str, known: set[str]) -> set[str]:
    """Return which of the known modules a module imports, wherever it does so."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(module.split(".")[: -node.level]) if node.level else ""
            origin = ".".join(name for name in (above, node.module) if name)
            for alias in node.names:
                inside = f"{origin}.{alias.name}"
                found.add(inside if inside in known else origin)
    return found & known


MODULES = {name_of(file): file.read_text(encoding="utf-8") for file in files()}
IMPORTS = {module: imported(source, module, set(MODULES)) for module, source in MODULES.items()}
EDGES = {(module, other) for module, others in IMPORTS.items() for other in others}


def floor(module: str) -> int:
    """Return how high the room of a module lies."""
    names = [".".join(module.split(".")[:length]) for length in range(module.count(".") + 1, 0, -1)]
    return next(ROOMS.index(name) for name in names if name in ROOMS)


def test_imports_are_seen_wherever_they_stand() -> None:
    known = {"kit", "kit.a", "kit.a.one", "kit.a.two", "kit.b", "kit.c"}
    source = (
        "from typing import TYPE_CHECKING\nimport numpy, kit.b as b\n"
        "if TYPE_CHECKING:\n    from kit.a import one\n"
        "def f():\n    from kit.c import thing\n    from . import two\n"
    )
    assert imported(source, "kit.a.three", known) == {"kit.a.one", "kit.a.two", "kit.b", "kit.c"}


def test_the_whole_house_is_read() -> None:
    assert {floor(module) for module in MODULES} == set(range(len(ROOMS))), "a room in the list is not there"
    assert ("autograder.grading.grade", "autograder.intake.submission") in EDGES


def test_no_import_goes_in_a_circle() -> None:
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for module, other in EDGES:
        graph[module].add(other)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as circle:
        raise AssertionError(" <- ".join(circle.args[1])) from None


def test_no_room_imports_one_above_it() -> None:
    assert [
        f"{module} imports {other}" for module, other in sorted(EDGES) if floor(other) > floor(module)
    ] == []


def test_report_tools_and_autograder_share_common_and_nothing_else() -> None:
    across = {
        edge for edge in EDGES if {module.split(".")[0] for module in edge} == {"autograder", "report_tools"}
    }
    assert across, "report_tools shares nothing: then common/ is not needed"
    assert [
        f"{one} imports {other}"
        for one, other in sorted(across)
        if other != "autograder" and not other.startswith("autograder.common.")
    ] == []


def test_what_decides_a_grade_needs_nothing_but_itself() -> None:
    """So that Gradescope gets all of it, and a fingerprint covers all of it."""
    deciding = tuple(f"autograder.{room}." for room in DECIDING)
    assert {f"{module}." for module in MODULES} >= set(deciding)
    assert [
        f"{module} imports {other}"
        for module, other in sorted(EDGES)
        if module.startswith(deciding) and not f"{other}.".startswith(deciding) and other != "autograder"
    ] == []


def room_of(module: str) -> str:
    """Return the folder of autograder/ that a module lies in."""
    package, room, *_ = [*module.split("."), "", ""]
    return room if package == "autograder" else ""


def test_the_first_page_shows_each_room_above_those_that_it_imports() -> None:
    tree = (
        (ROOT / "README.md").read_text(encoding="utf-8").split("each folder imports only those below it")[1]
    )
    shown = re.findall(r"^ {6}(\w+)/", tree, flags=re.MULTILINE)
    assert len(shown) > 10
    between = {(room_of(module), room_of(other)) for module, other in EDGES}
    assert [
        f"{room} imports {other}"
        for room, other in sorted(between)
        if {room, other} <= set(shown) and shown.index(room) > shown.index(other)
    ] == []


def test_nothing_lies_loose_in_autograder() -> None:
    assert {file.stem for file in (ROOT / "autograder").glob("*.py")} == LOOSE
    others = {path.name for path in (ROOT / "autograder").iterdir() if path.is_file()}
    assert others == {f"{name}.py" for name in LOOSE}


def test_every_room_has_a_door_that_says_what_is_inside_and_holds_nothing_else() -> None:
    """An `__init__.py` is a docstring; those at the top may say the version and where things stand."""
    doors = [file for file in files() if file.name == "__init__.py"]
    assert len(doors) > 20
    for door in doors:
        said, *rest = ast.parse(door.read_text(encoding="utf-8")).body
        assert isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant), door
        if door.parent.parent == ROOT:
            rest = [node for node in rest if not isinstance(node, ast.Assign | ast.ImportFrom)]
            names = set(itertools.chain.from_iterable(assigned(door)))
            assert names <= {"VERSION", "ROOT", "HERE", "EDITIONS", "STUDENT", "TEMPLATES"}, door
        assert not rest, f"{door} holds more than a docstring"


def assigned(file: Path) -> Iterator[list[str]]:
    """Yield the names that a file gives to values."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            yield [ast.unparse(target) for target in node.targets]
