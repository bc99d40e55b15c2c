"""The command `doctor`: what works on this machine."""

import sys

import click


@click.command()
def doctor() -> None:
    """List what works on this machine and what does not."""
    from autograder.doctor import show

    sys.exit(0 if show() else 1)
