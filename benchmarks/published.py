"""Train the reference for one epoch on real MNIST and compare with published figures.

Settings: hidden layers (784, 256), relu, lr 7e-4, batch 64, seed 500, pixels divided by 256.
"""

import sys
from pathlib import Path

import click
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from reference.solution import NN, load_data

PUBLISHED = {"zero": 2.302421418707069, "glorot": 1.8435794766083398, "normal": 1.9508511146793015}


class ZeroNN(NN):
    """Start from zero."""

    def initialize_weights(self, dims):
        """Fill every W and b with zeros."""
        super().initialize_weights(dims)
        self.weights = {name: np.zeros_like(value) for name, value in self.weights.items()}


class NormalNN(NN):
    """Start from the standard normal distribution."""

    def initialize_weights(self, dims):
        """Draw every W from N(0, 1)."""
        super().initialize_weights(dims)
        np.random.seed(self.seed)
        for name, value in self.weights.items():
            if name.startswith("W"):
                self.weights[name] = np.random.normal(size=value.shape)


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
def main(file: Path) -> None:
    """Print the loss after one epoch beside the published one, for each initialisation."""
    data = load_data(file, pixel_scale=256)
    for name, network in (("zero", ZeroNN), ("glorot", NN), ("normal", NormalNN)):
        logs = network(seed=500, data=data).train_loop(1)
        loss, accuracy = logs["train_loss"][0], logs["train_accuracy"][0]
        print(
            f"{name:8} loss {loss:.15f}   published {PUBLISHED[name]:.15f}   "
            f"difference {loss - PUBLISHED[name]:+.1e}   accuracy {accuracy:.5f}"
        )


if __name__ == "__main__":
    main()
