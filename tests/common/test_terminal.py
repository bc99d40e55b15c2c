"""Whatever the output of a command is: a terminal of another time, a full disk, a pipe that closes."""

import json
import os
import subprocess
import sys

import pytest

from autograder import ROOT
from tests.table import table


def run(code, **options):
    """Run commands that print, as a program of its own."""
    program = (
        f"import click\nfrom autograder.common import terminal\n{code}\nterminal.run(main, 'python -m kit')"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    options = {"stdout": subprocess.PIPE, **options}
    return subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        **options,
    )


PRINTS = "@click.command()\ndef main(): click.echo({!r})"


@table(
    ("encoding", "shown"),
    [
        ("iso-8859-5", '"ab..." e -> ?'),
        ("latin-1", '"ab..." \u00e9 -> ?'),
        ("utf-8", "\u201cab\u2026\u201d \u00e9 \u2192 \u6570"),
    ],
)
def test_what_a_terminal_lacks_is_replaced(encoding, shown):
    done = run(PRINTS.format("“ab…” é → 数"), env={"PYTHONIOENCODING": encoding}, encoding=encoding)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, shown, "")


def test_json_loses_nothing_in_any_terminal():
    code = '@click.command()\ndef main(): terminal.echo_json(\'{"a": "é数"}\')'
    done = run(code, env={"PYTHONIOENCODING": "latin-1"})
    assert json.loads(done.stdout) == {"a": "é数"}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk that is always full")  # noqa: PTH110
def test_a_full_disk_is_one_sentence():
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = run(PRINTS.format("x"), stdout=full)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "the output of this command cannot be written or read: No space left on device." in done.stderr


def test_a_pipe_that_closes_is_no_error_to_talk_about():
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        done = run(PRINTS.format("x" * 100_000), stdout=pipe)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_file_that_cannot_be_written_is_named():
    code = "@click.command()\ndef main(): open('/there/is/no/such', 'w')"
    done = run(code)
    assert done.returncode == 2
    assert done.stderr.endswith("/there/is/no/such cannot be written or read: No such file or directory.\n")


def test_other_mistakes_of_the_kit_are_not_hidden():
    done = run("@click.command()\ndef main(): raise OSError(11, 'no more processes')")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
