"""The command `doctor`: what works on this machine."""

import json
import sys

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead.")
def doctor(as_json: bool) -> None:
    """List what works on this machine and what does not; exit with 1 if anything does not.

    \b
    Example: python -m autograder doctor
    """
    from autograder.doctor import lines

    found = []
    for works, line in lines():
        found.append({"works": works, "what": line})
        if not as_json:
            click.echo(f"{'[OK]  ' if works else '[FAIL]'} {line}")
    if as_json:
        click.echo(json.dumps(found, indent=1))
    sys.exit(0 if all(one["works"] for one in found) else 1)
