"""setup.sh on images that lack something, with programs that only pretend to install."""

import subprocess

import pytest

from autograder.gradescope.package import IMAGE

PYTHON = """#!/bin/sh
case "$*" in
-c*) exit {old} ;;
"-m venv --clear "*)
    [ -e "$HOME/has-venv" ] || exit 1
    mkdir -p "$4/bin"
    cp "$HOME/python-in-venv" "$4/bin/python" ;;
esac
"""
PYTHON_IN_VENV = """#!/bin/sh
echo "$@" >> "$HOME/called"
case "$*" in *smoke_test) exit {unfit} ;; esac
"""
APT_GET = """#!/bin/sh
echo "apt-get $*" >> "$HOME/called"
case "$*" in *python3-venv*) {install} ;; esac
"""


@pytest.fixture
def set_up(tmp_path):
    """Run setup.sh where python3 and apt-get are scripts; return its result and what it called."""
    root = tmp_path / "autograder"
    (root / "source").mkdir(parents=True)
    (root / "source" / "term_seed.txt").write_text("1")

    def run(*, old=0, unfit=0, install='touch "$HOME/has-venv"'):
        scripts = {"python3": PYTHON, "python-in-venv": PYTHON_IN_VENV, "apt-get": APT_GET}
        for name, script in scripts.items():
            (tmp_path / name).write_text(script.format(old=old, unfit=unfit, install=install))
            (tmp_path / name).chmod(0o755)
        done = subprocess.run(
            ["bash", str(IMAGE / "setup.sh")],
            env={"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path), "AUTOGRADER_ROOT": str(root)},
            capture_output=True,
            text=True,
            check=False,
        )
        called = tmp_path / "called"
        return done, called.read_text().splitlines() if called.exists() else []

    return run


def test_without_the_package_for_environments_it_is_installed(set_up, tmp_path):
    done, called = set_up()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "setup.sh: python3 cannot make a virtual environment here; installing python3-venv.\n"
    )
    assert [line.split()[0] for line in called] == ["apt-get", "apt-get", "-m", "-s"]
    assert "--require-hashes" in called[2]
    assert called[3] == "-s -m autograder.gradescope.smoke_test"
    assert (tmp_path / "autograder" / "source" / "term_seed.txt").stat().st_mode & 0o077 == 0


def test_where_environments_can_be_made_nothing_is_installed_and_again_does_no_harm(set_up, tmp_path):
    (tmp_path / "has-venv").touch()
    first, _ = set_up()
    again, called = set_up()
    assert (first.returncode, first.stdout) == (again.returncode, again.stdout) == (0, "")
    assert not any("apt-get" in line for line in called)
    assert len(called) == 4


@pytest.mark.parametrize(
    ("slip", "says"),
    [
        ({"old": 1}, "this image has no Python 3.10 or newer; choose Ubuntu 22.04 or newer as its base."),
        ({"install": "true"}, "python3 cannot make a virtual environment, even with python3-venv."),
        ({"unfit": 1}, "this image is not fit to grade (see above)."),
    ],
)
def test_an_image_that_cannot_grade_is_not_built_and_says_why(set_up, slip, says):
    done, _ = set_up(**slip)
    assert (done.returncode, done.stderr) == (1, f"setup.sh: {says}\n")
