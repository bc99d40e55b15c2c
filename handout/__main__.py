"""Run `python -m handout build` or `python -m handout kit`."""

from pathlib import Path

import click

from autograder import ROOT
from autograder.assignment import config
from autograder.commands.which_assignment import with_assignment
from autograder.common import packages, terminal

SETUP = "./setup.sh --dev"
OUT = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "dist", show_default="dist"
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build what students and markers read, from assignment.toml and handout/."""


@main.command()
@OUT
def build(out: Path) -> None:
    """Write the handout and the marking guide, each as HTML and PDF."""
    with packages.needed("handout", SETUP):
        from handout import building

        for path in building.build(config.load(), out):
            click.echo(_short(path))


@main.command(name="kit")
@OUT
def make_kit(out: Path) -> None:
    """Write student-kit-VERSION.zip: the handout, the template, and what a student needs around them."""
    with packages.needed("handout", SETUP):
        from handout import kit

        click.echo(_short(kit.write(config.load(), out)))


for command in (build, make_kit):
    with_assignment(command)


def _short(path: Path) -> str:
    """Write a path below the current folder without the folder."""
    here = Path.cwd()
    return str(path.resolve().relative_to(here)) if path.resolve().is_relative_to(here) else str(path)


if __name__ == "__main__":
    terminal.run(main, "python -m handout")
