"""setup.sh at the top, on machines of every kind, with a Python that only pretends to install."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import ROOT
from tests.table import table

# A Python that makes environments of itself and notes what pip is called with, and in which environment.
PYTHON = f"""#!/bin/bash
case "$1 $2" in
"--version ") echo "Python $(cat "$HOME/version")" ;;
"-c "*ensurepip*) [ ! -e "$HOME/no-ensurepip" ] ;;
"-c "*version_info*print* | "-c "*print*version_info*)
    exec {sys.executable} -c "import sys; sys.version_info = [*map(int, '$(cat "$HOME/version")'.split('.'))]
$2" ;;
"-m venv")
    [ ! -e "$HOME/venv-says" ] || {{ cat "$HOME/venv-says" >&2; exit 1; }}
    rm -rf "$4"; mkdir -p "$4/bin"; cp "$0" "$4/bin/python"
    echo venv >>"$HOME/called" ;;
"-m pip")
    case $3 in
    --version) [ ! -e "$(dirname "$0")/broken" ] ;;
    config) cat "$HOME/pip-config" 2>/dev/null ;;
    install)
        echo "pip $* $(env | grep ^PIP_ | sort | tr '\\n' ' ')" >>"$HOME/called"
        while [ -e "$HOME/waits" ]; do sleep 1; done
        [ ! -e "$HOME/pip-prints" ] || cat "$HOME/pip-prints"
        [ ! -e "$HOME/pip-says" ] || {{ cat "$HOME/pip-says" >&2; exit 1; }} ;;
    esac ;;
*) exec {sys.executable} "$@" ;;
esac
"""
SLEEP = """#!/bin/bash
PATH=/usr/bin:/bin exec sleep 0.05
"""


class Kit:
    """A copy of what setup.sh needs, and a home with a Python."""

    def __init__(self, folder: Path, name: str = "kit") -> None:
        self.root, self.home = folder / name, folder / "home"
        self.root.mkdir(parents=True)
        (self.home / "bin").mkdir(parents=True)
        for file in ("setup.sh", "pyproject.toml"):
            shutil.copy(ROOT / file, self.root)
        for program, text in (("python3", PYTHON), ("sleep", SLEEP)):
            (self.home / "bin" / program).write_text(text)
            (self.home / "bin" / program).chmod(0o755)
        self.says("version", "3.11.7\n")

    def says(self, name: str, text: str = "") -> None:
        (self.home / name).write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": f"{self.home / 'bin'}:/usr/bin:/bin", "HOME": str(self.home)}

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["bash", "setup.sh", "echo", "done"],
            cwd=self.root, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *command, by=("bash", "setup.sh"), cwd=None, **variables):
        return subprocess.run(
            [*by, *(command or ("echo", "done"))],
            cwd=cwd or self.root,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def called(self) -> list[str]:
        file = self.home / "called"
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def kit(tmp_path):
    return Kit(tmp_path)


def succeeds(done):
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


def fails(done, says):
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert last.startswith("setup.sh: ")
    assert says in last


def test_the_first_command_prepares_says_what_it_does_and_the_second_does_not(kit):
    first = kit.run()
    succeeds(first)
    assert "with Python 3.11.7(only once; it takes about a minute) ..." in first.stderr
    assert "Installing the group 'grade'" in first.stderr
    calls = kit.called
    assert [call.split()[0] for call in calls] == ["venv", "pip", "pip"]
    again = kit.run()
    succeeds(again)
    assert (again.stderr, kit.called) == ("", calls)
    assert not (kit.root / ".venv.lock").exists()


def test_what_is_set_for_other_programs_reaches_neither_pip_nor_the_command(kit):
    kit.says(
        "pip-config", "global.index-url='https://index/simple'\ninstall.target='/there'\n:env:.cert='c d'\n"
    )
    succeeds(kit.run(PIP_USER="1", PIP_PREFIX="/there", PIP_NO_DEPS="1", CDPATH="/tmp"))
    installs = [call for call in kit.called if call.startswith("pip")]
    assert len(installs) == 2
    for install in installs:
        assert "PIP_INDEX_URL=https://index/simple" in install
        assert "PIP_CERT=c d" in install
        assert "PIP_CONFIG_FILE=/dev/null" in install
        assert not [word for word in ("USER", "PREFIX", "NO_DEPS", "TARGET") if f"PIP_{word}=" in install]
    alien = {"PYTHONPATH": "/alien", "PYTEST_ADDOPTS": "--cov", "PYTEST_PLUGINS": "x", "PYTHONOPTIMIZE": "2"}
    shown = kit.run("env", **alien).stdout.splitlines()
    assert f"PYTHONPATH={kit.root}" in shown
    assert not [line for line in shown if line.startswith(("PYTEST_", "PYTHONOPTIMIZE"))]


def test_what_is_large_is_named_while_it_is_fetched_and_installed(kit):
    kit.says(
        "pip-prints",
        "Collecting torch\n  Downloading torch-2.6.0-cp311-linux.whl.metadata (28 kB)\n"
        "Downloading torch-2.6.0-cp311-linux.whl (766.7 MB)\nDownloading cudnn-9.1-linux.whl (1.2 GB)\n"
        "Downloading click-8.1-any.whl (98 kB)\nInstalling collected packages: click, torch, cudnn\n"
        "Successfully installed click-8.1\n",
    )
    said = kit.run("echo", "done").stderr
    large = [
        "  downloading torch-2.6.0-cp311-linux.whl (766.7 MB)",
        "  downloading cudnn-9.1-linux.whl (1.2 GB)",
    ]
    expected = [*large, "  installing 3 packages ..."]
    assert [line for line in said.splitlines() if line.startswith("  ")][-3:] == expected


def spoil_half_made(kit):
    (kit.root / ".venv" / "kit-home").unlink()
    (kit.root / ".venv" / "kit-grade").unlink()


def spoil_pip(kit):
    (kit.root / ".venv" / "kit-grade").unlink()
    (kit.root / ".venv" / "bin" / "broken").touch()


def spoil_upgraded(kit):
    kit.says("version", "3.12.1\n")


def spoil_moved(kit):
    moved = kit.root.with_name("moved")
    kit.root.rename(moved)
    kit.root = moved


def spoil_gone(kit):
    (kit.root / ".venv" / "bin" / "python").unlink()


@pytest.mark.parametrize("spoil", [spoil_half_made, spoil_pip, spoil_upgraded, spoil_moved, spoil_gone])
def test_an_environment_that_is_of_no_use_is_made_anew(kit, spoil):
    succeeds(kit.run())
    spoil(kit)
    succeeds(kit.run())
    assert kit.called.count("venv") == 2
    succeeds(kit.run())
    assert kit.called.count("venv") == 2


def test_two_at_once_wait_for_each_other(kit):
    kit.says("waits")  # pip, for as long as this file is there
    first = kit.start()
    said_by_first = first.stderr.readline()  # it has the lock
    second = kit.start()
    said_by_second = second.stderr.readline()
    (kit.home / "waits").unlink()
    for process in (first, second):
        assert (process.communicate(timeout=60)[0], process.returncode) == ("done\n", 0)
    assert "it takes about a minute" in said_by_first
    assert "Another set-up is running here" in said_by_second
    assert kit.called.count("venv") == 1


def test_the_lock_of_one_that_was_killed_holds_nobody_up(kit):
    killed = subprocess.Popen(["true"])
    killed.wait()
    (kit.root / ".venv.lock").mkdir()
    host = subprocess.run(
        ["bash", "-c", "echo ${HOSTNAME:-here}"], capture_output=True, text=True, check=True
    )
    (kit.root / ".venv.lock" / "process").write_text(f"{killed.pid} {host.stdout}")
    succeeds(kit.run())


def test_a_link_is_followed(kit):
    (kit.home / "links").mkdir()
    (kit.home / "links" / "kit").symlink_to(kit.root / "setup.sh")
    (kit.home / "kit").symlink_to("links/kit")
    succeeds(kit.run(by=("bash", str(kit.home / "kit")), cwd="/"))
    assert (kit.root / ".venv").is_dir()
    assert sorted(path.name for path in (kit.home / "links").iterdir()) == ["kit"]


@pytest.mark.parametrize(
    ("by", "says"),
    [
        (("sh", "setup.sh"), "this needs bash; type: bash setup.sh"),
        (("sh", "-c", ". ./setup.sh; echo the shell lives"), "this needs bash"),
        (
            ("bash", "-c", ". ./setup.sh; echo the shell lives"),
            "run it, do not source it; type: bash setup.sh",
        ),
    ],
)
def test_another_shell_is_told_what_to_type_and_makes_nothing(kit, by, says):
    if by[0] == "sh" and "dash" not in str(Path(shutil.which("sh") or "").resolve()):
        pytest.skip("sh is bash here, which can run it")
    done = kit.run("x", by=by)
    assert says in done.stderr
    assert done.returncode == 2 or done.stdout == "the shell lives\n"
    assert not (kit.root / ".venv").exists()


def test_a_folder_with_a_colon_is_named(tmp_path):
    fails(
        Kit(tmp_path, "term: winter").run(),
        "contains a colon, which Python's environments do not allow; rename it.",
    )


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_kit_that_one_may_not_write_to(kit):
    kit.root.chmod(0o555)
    fails(kit.run(), "you cannot write to")


def test_without_ensurepip_the_package_that_has_it_is_named(kit):
    kit.says("venv-says", "something about ensurepip\n")
    kit.says("no-ensurepip")
    fails(kit.run(), "on Debian or Ubuntu, run: sudo apt-get install python3.11-venv")


def test_what_venv_said_is_repeated(kit):
    kit.says("venv-says", "Error: [Errno 28] No space left on device\n\n")
    fails(kit.run(), ".venv: Error: [Errno 28] No space left on device")


@table(
    ("pip", "says"),
    [
        ("WARNING: Retrying after connection broken by NewConnectionError\nERROR: No matching distribution\n",
         "is there a network connection?  Run the same command again.  pip says: ERROR: No "
         "matching distribution"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device\n", "the disk is full; free"),
        ("ERROR: No matching distribution found for numpy<3,>=2.2\n", "pip says: ERROR: No matching"),
        ("Traceback\nImportError: odd\n", "pip says: ImportError: odd"),
    ],
)  # fmt: skip
def test_the_network_is_blamed_only_when_it_is_the_network(tmp_path, pip, says):
    kit = Kit(tmp_path / str(len(list(tmp_path.iterdir()))))
    kit.says("pip-says", pip)
    done = kit.run()
    fails(done, says)
    assert ("network" in done.stderr.splitlines()[-1]) == ("NewConnection" in pip)
    (kit.home / "pip-says").unlink()
    succeeds(kit.run())


# What `doctor` says of the packages.


def test_the_doctor_knows_a_package_that_is_too_old_or_from_elsewhere(tmp_path, monkeypatch):
    from packaging.requirements import Requirement

    from autograder import doctor

    assert all(doctor.package(requirement)[0] for requirement in doctor.needed())
    works, line = doctor.package(Requirement("numpy>=999"))
    assert not works
    assert "but >=999 is needed" in line
    assert doctor.package(Requirement("no-such-package"))[1].endswith(
        "is not installed; run ./setup.sh again"
    )
    (tmp_path / "msgspec").mkdir()
    (tmp_path / "msgspec" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "msgspec")
    works, line = doctor.package(Requirement("msgspec"))
    assert not works
    assert f"msgspec comes from {tmp_path / 'msgspec'}, not from" in line
