"""What the image installs: exact versions with hashes, of just what pyproject.toml asks for."""

import re
import sys

from packaging.requirements import Requirement

from autograder import ROOT
from autograder.gradescope.package import IMAGE
from tests.table import table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TEXT = (IMAGE / "requirements.txt").read_text(encoding="utf-8")
LINES = re.sub(r"(?m)^\s*#.*\n", "", TEXT).replace("\\\n", " ").splitlines()
PINNED = [Requirement(line.split(" --hash=")[0]) for line in LINES]
GROUP = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["grade"]


def pinned_for(python, name):
    """Return the versions of a package that pip would install for a Python on Linux."""
    system = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    return [
        next(iter(pin.specifier)).version
        for pin in PINNED
        if pin.name == name and (pin.marker is None or pin.marker.evaluate(system))
    ]


@table("line", LINES)
def test_every_line_is_one_version_with_hashes(line):
    requirement, *hashes = re.split(r"\s+--hash=", line.strip())
    assert [pin.operator for pin in Requirement(requirement).specifier] == ["=="]
    assert hashes
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes)


@table("python", ["3.10", "3.11", "3.12", "3.13"])
def test_every_python_gets_one_version_of_all_that_grading_needs(python):
    for wanted in map(Requirement, GROUP):
        applies = wanted.marker is None or wanted.marker.evaluate({"python_version": python})
        versions = pinned_for(python, wanted.name)
        assert len(versions) == applies, wanted
        assert all(wanted.specifier.contains(version) for version in versions), wanted


def test_the_oldest_python_gets_the_last_numpy_for_it():
    assert pinned_for("3.10", "numpy")[0].startswith("2.2.")


def test_no_place_to_install_from_is_named():
    assert not re.search(r"://|--index|--extra-index|--find-links|^-", TEXT, re.MULTILINE)
