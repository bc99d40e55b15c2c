import pytest
from click.testing import CliRunner

from autograder.common import packages
from autograder.common.errors import UserError
from handout import building, kit
from handout.__main__ import main


def test_a_package_that_is_missing_is_one_sentence():
    with (
        pytest.raises(
            UserError, match=r"^--html needs nothing_of_the_sort; begin the command with \./setup\.sh"
        ),
        packages.needed("--html", "./setup.sh --class"),
    ):
        import nothing_of_the_sort  # noqa: F401


@pytest.mark.parametrize(("command", "does"), [("build", (building, "build")), ("kit", (kit, "write"))])
def test_the_handout_says_what_installs_its_packages(command, does, monkeypatch, tmp_path):
    def without_pandoc(*arguments):
        raise ModuleNotFoundError(name="pypandoc")

    monkeypatch.setattr(*does, without_pandoc)
    done = CliRunner().invoke(main, [command, "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "handout needs pypandoc; begin the command with ./setup.sh --dev." in done.output
