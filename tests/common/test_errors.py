import pickle
import sys
from concurrent.futures import ThreadPoolExecutor

import click
from click.testing import CliRunner

from autograder.common.errors import UserError


def test_a_command_prints_its_program_and_the_sentence_and_ends_with_2():
    @click.group()
    def main():
        pass

    @main.command()
    def fail():
        raise UserError("there is no such file.")

    result = CliRunner().invoke(main, ["fail"], prog_name="python -m report_tools")
    assert (result.exit_code, result.output) == (2, "report_tools: there is no such file.\n")


def test_it_comes_back_from_another_process_as_it_was():
    error = pickle.loads(pickle.dumps(UserError("there is no such file.")))
    assert str(error) == "there is no such file."
    assert isinstance(error, UserError)


def test_a_thread_knows_the_program_as_well(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/somewhere/handout/__main__.py", "build"])
    with ThreadPoolExecutor() as pool:
        assert pool.submit(UserError, "it fails.").result().program == "handout"
