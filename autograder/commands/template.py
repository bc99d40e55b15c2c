"""The command `template`: cut the template out of the references."""

import click


@click.command()
def template() -> None:
    """Cut the students' template out of the references again.

    \b
    Example: python -m autograder template
    """
    from autograder.assignment import config
    from autograder.assignment.template import path_of, write

    click.echo(f"Wrote {write(config.load(), path_of())}.")
