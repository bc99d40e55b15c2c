"""The command `new`: the folders of a new problem, and an assignment that grades it."""

import click

from autograder import ROOT


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Make a new problem, and assignments/NAME.toml that grades it.

    NAME is the name of its folder, such as line_fit.  What is written is small but works: two plain
    functions and a class, to be replaced file by file.  CONTRIBUTING.md says how to go on.

    \b
    Example: python -m autograder new line_fit
    """
    from autograder.scaffold import new_problem

    for file in new_problem.write(name):
        click.echo(f"Wrote {file.relative_to(ROOT)}")
    click.echo(
        f"Next: ./setup.sh --dev python -m autograder selfcheck --assignment assignments/{name}.toml, "
        "then edit these files as CONTRIBUTING.md says under Add a problem."
    )
