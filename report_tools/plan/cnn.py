"""The settings of runs of a convolutional network in PyTorch."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from report_tools.plan.settings import (
    ELSEWHERE,
    Activation,
    Count,
    CountOrZero,
    Engine,
    NotNegative,
    RunSettings,
    Share,
    StrictTable,
    Words,
)


class Conv(StrictTable, frozen=True, tag="conv", tag_field="type"):
    """A convolution to `out` channels, followed by the activation."""

    out: Count
    kernel: Count
    stride: Count = 1
    padding: CountOrZero = 0


class Pool(StrictTable, frozen=True, tag="pool", tag_field="type"):
    """A max-pooling layer."""

    kernel: Count


class Linear(StrictTable, frozen=True, tag="linear", tag_field="type"):
    """A fully connected layer to `out` units; the activation follows unless it is the last."""

    out: Count


Layer = Conv | Pool | Linear


class Cnn(RunSettings, frozen=True, tag="cnn", kw_only=True):
    """A training of a convolutional network in PyTorch by stochastic gradient descent.

    dropout: probability before each fully connected layer.  batch_norm: after each convolution.
    noise: standard deviation of the Gaussian noise added to the scaled training pixels.
    patience: stop after so many epochs without a lower validation loss; the numbers of the best
    epoch are then the final ones.  0 never stops.
    precision: "auto" is bfloat16 on a GPU that has it, float32 elsewhere.
    compile: "auto" compiles on a GPU if the run is long enough to earn the time back.
    """

    engine: ClassVar[Engine] = Engine(
        "cnn:train", ("cnn", "convnet", "data"), uses_torch=True, uses_solution=False
    )

    layers: Annotated[tuple[Layer, ...], Meta(min_length=1), ELSEWHERE]
    activation: Annotated[Activation, Words(phrase="{}", always=True)] = "relu"
    momentum: Share = 0
    weight_decay: NotNegative = 0
    dropout: Share = 0
    batch_norm: bool = False
    noise: NotNegative = 0
    patience: CountOrZero = 0
    precision: Annotated[Literal["auto", "float32", "bfloat16"], ELSEWHERE] = "auto"
    compile: Annotated[Literal["auto", "yes", "no"], ELSEWHERE] = "auto"

    def multiplications(self, image_shape: tuple[int, ...], n_classes: int) -> int:
        """Count the multiplications of one forward pass of one image."""
        side, count = image_shape[0], 0
        channels = image_shape[2] if len(image_shape) > 2 else 1
        for layer in self.layers:
            if isinstance(layer, Conv):
                side = (side + 2 * layer.padding - layer.kernel) // layer.stride + 1
                count += side**2 * layer.kernel**2 * channels * layer.out
                channels = layer.out
            elif isinstance(layer, Pool):
                side //= layer.kernel
            else:
                count += channels * side**2 * layer.out
                channels, side = layer.out, 1
        return count

    @classmethod
    def network(cls, shared: Mapping[str, Any]) -> str:
        """Name the network in a caption, from the settings, as plain data, that all runs of it share."""
        if "layers" not in shared:
            return "CNNs"
        return "CNN " + ", ".join(_layer(layer) for layer in shared["layers"])


def _layer(layer: dict[str, Any]) -> str:
    if layer["type"] == "conv":
        return f"conv {layer['out']} k{layer['kernel']} s{layer['stride']} p{layer['padding']}"
    return f"max-pool {layer['kernel']}" if layer["type"] == "pool" else f"linear {layer['out']}"
