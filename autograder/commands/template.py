"""The command `template`: cut the template out of the reference."""

import click


@click.command()
def template() -> None:
    """Cut template/solution.py out of reference/solution.py again.

    \b
    Example: python -m autograder template
    """
    from autograder.assignment.template import write

    click.echo(f"Wrote {write()}.")
