"""The command `doctor`: what works on this machine."""

import sys

import click


@click.command()
def doctor() -> None:
    """List what works on this machine and what does not."""
    from autograder.doctor import lines

    failed = 0
    for works, line in lines():
        click.echo(f"{'[OK]  ' if works else '[FAIL]'} {line}")
        failed += not works
    sys.exit(1 if failed else 0)
