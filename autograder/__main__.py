"""Offer the commands of the grader: `python -m autograder --help`."""

import sys

if __name__ == "__main__" and sys.argv[1:2] == ["grade"]:
    from autograder.sandbox.process import fork_server

    fork_server.prepare()  # it imports NumPy while this process imports everything else

import click

from autograder import VERSION
from autograder.commands.class_ import class_
from autograder.commands.diff import diff
from autograder.commands.doctor import doctor
from autograder.commands.grade import grade
from autograder.commands.new import new
from autograder.commands.selfcheck import selfcheck
from autograder.commands.similarity import similarity
from autograder.commands.template import template
from autograder.commands.which_assignment import with_assignment
from autograder.commands.zip import zip_command
from autograder.common import terminal, threads


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION)
def commands() -> None:
    """Grade submissions, and look after the grader."""


for command in (grade, class_, diff, similarity, selfcheck, template, doctor, zip_command):
    commands.add_command(with_assignment(command))
commands.add_command(new)  # about no assignment that is there already


def main() -> None:
    """Run a command."""
    threads.use_one()
    terminal.run(commands, "python -m autograder")


if __name__ == "__main__":
    main()
