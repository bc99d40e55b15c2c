"""Compare stored runs with the published numbers, metric by metric.

    python -m report_tools run hyperparameters --data mnist --pixel-scale 256 --set lr=0.05 --out results
    python benchmarks/report_published.py results

Prints one line per run that has a published counterpart and was done on the published data.
"""

from pathlib import Path

import click

from report_tools.draw import published, recipe_results
from report_tools.plan import recipe


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--edition", default="mnist")
def main(folder: Path, edition: str) -> None:
    """Print the student's number, the published one and the difference."""
    for name in recipe.load_edition(edition).recipes:
        results = recipe_results.read(folder, name)
        for labelled in results.runs if results else ():
            found = published.find(results, labelled)
            for metric in found.values if found and not published.obstacle(results) else ():
                mine, theirs = (
                    recipe_results.final(labelled.run, metric),
                    published.final(results, labelled, metric),
                )
                if mine is not None and theirs is not None and labelled.run.status == "complete":
                    line = f"{mine:.5f}  published {theirs:.5f}  difference {mine - theirs:+.5f}"
                    print(f"{name:16} {labelled.label:28} {metric:15} {line}")


if __name__ == "__main__":
    main()
