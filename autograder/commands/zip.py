"""The command `zip`: the file that makes Gradescope grade."""

import json
import sys
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from autograder import VERSION

if TYPE_CHECKING:
    from autograder.gradescope.package import Packed


@click.command("zip")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=f"autograder-{VERSION}.zip",
    show_default=True,
    help="The zip.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def zip_command(out: Path, as_json: bool) -> None:
    """Pack the autograder for Gradescope.

    First the reference must get full marks and the template none; otherwise nothing is
    written, and the exit status is 1.

    \b
    Example: python -m autograder zip --out winter.zip
    """
    from autograder.assignment import config
    from autograder.gradescope import package
    from autograder.gradescope.smoke_test import SmokeTestFailed

    try:
        packed = package.pack(config.load(), out)
    except SmokeTestFailed as reason:
        if as_json:
            click.echo(json.dumps({"refused": str(reason)}))
        click.echo(f"autograder: no zip was written: {reason}", err=True)
        sys.exit(1)
    click.echo(_as_json(packed) if as_json else _as_text(packed))


def _as_json(packed: "Packed") -> str:
    content = {
        "zip": str(packed.path),
        "bytes": packed.path.stat().st_size,
        "sha256": packed.sha256,
        "files": packed.sizes,
        "warnings": packed.warnings,
        "next": packed.next_step,
    }
    return json.dumps(content, indent=1)


def _as_text(packed: "Packed") -> str:
    """List what the zip holds, folder by folder, and what to do with it."""
    sizes: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for name, size in packed.sizes.items():
        folder = PurePosixPath(name).parent
        where = name if folder == PurePosixPath() else f"{folder}/"
        sizes[where] += size
        count[where] += 1
    lines = [
        f"{where:30} {size / 1000:6.1f} kB" + (f"  {count[where]} files" if where.endswith("/") else "")
        for where, size in sizes.items()
    ]
    size = packed.path.stat().st_size
    return "\n".join(
        [
            *lines,
            "",
            f"{packed.path}: {size} bytes, sha256 {packed.sha256}",
            "It holds the reference, the hidden checks and the term's seed: for the staff only.",
            *(f"Warning: {warning}" for warning in packed.warnings),
            f"Next: {packed.next_step}",
        ]
    )
