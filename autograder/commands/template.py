"""The command `template`: cut the template out of the references."""

import click


@click.command()
def template() -> None:
    """Cut the students' template out of the references again.

    First the references get the defaults that [network] of assignment.toml says.

    \b
    Example: python -m autograder template
    """
    from autograder.assignment import config, defaults
    from autograder.assignment.template import path_of, write

    assignment = config.load()
    for name in defaults.write(assignment):
        click.echo(f"Wrote what [network] says into reference/{name}.")
    click.echo(f"Wrote {write(assignment, path_of())}.")
