"""Offer the commands of the grader: `python -m autograder --help`."""

import sys

import click

from autograder import VERSION
from autograder.commands.class_ import class_
from autograder.commands.diff import diff
from autograder.commands.doctor import doctor
from autograder.commands.grade import grade
from autograder.commands.selfcheck import selfcheck
from autograder.commands.similarity import similarity
from autograder.commands.template import template
from autograder.commands.zip import zip_command
from autograder.common import threads
from autograder.common.errors import UserError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION)
def commands() -> None:
    """Grade submissions, and look after the grader."""


for command in (grade, class_, diff, similarity, selfcheck, template, doctor, zip_command):
    commands.add_command(command)


def main() -> None:
    """Run a command; a mistake of the user is one sentence and exit status 2."""
    threads.use_one()
    try:
        commands(prog_name="python -m autograder")
    except UserError as error:
        click.echo(f"autograder: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
