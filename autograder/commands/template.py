"""The command `template`: cut the template out of the references."""

import click


@click.command()
def template() -> None:
    """Cut the students' template out of the references again.

    First the defaults in [network] of assignment.toml are written into the references.

    \b
    Example: python -m autograder template
    """
    from autograder.assignment import config, defaults
    from autograder.assignment.template import path_of, write

    assignment = config.load()
    for name in defaults.write(assignment):
        click.echo(f"Wrote the values of [network] into reference/{name}.")
    click.echo(f"Wrote {write(assignment, path_of())}.")
