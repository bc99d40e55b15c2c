"""Follow an image through the layers by arithmetic alone: sizes, weights, receptive fields.

PyTorch is asked for the same numbers in train/pytorch/convnet.py, and the two must agree.
"""

from collections.abc import Iterator
from typing import NamedTuple

from autograder.common.errors import UserError
from report_tools.plan.layers import Conv, Layer, Linear, Pool


class Volume(NamedTuple):
    """What lies between two layers: so many channels of side × side numbers, or a flat row of units.

    side: 0 once it is flat.  field: the side of the square of input pixels that one number depends
    on.  jump: how many input pixels lie between two neighbouring numbers.
    """

    channels: int
    side: int
    field: int = 1
    jump: int = 1

    @property
    def size(self) -> int:
        """Count the numbers."""
        return self.channels * max(self.side, 1) ** 2


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Count the places of a window along one side, from edge to edge of what is padded."""
    # Counted, not computed: students get this file, and may be asked for the formula.
    return len(range(-padding, size + padding - kernel + 1, stride))


def after(layer: Layer, before: Volume) -> Volume:
    """Return what comes out of a layer."""
    if isinstance(layer, Linear):
        return Volume(layer.out, 0, 0, 0)
    if not isinstance(layer, Conv | Pool):
        return before  # dropout changes no size
    conv = layer if isinstance(layer, Conv) else Conv(before.channels, layer.kernel, layer.kernel)
    side = output_size(before.side, conv.kernel, conv.stride, conv.padding)
    field = before.field + (conv.kernel - 1) * before.jump
    return Volume(conv.out, side, field, before.jump * conv.stride)


def follow(layers: tuple[Layer, ...], channels: int, side: int) -> Iterator[tuple[Layer, Volume, Volume]]:
    """Go through the layers with what enters and what leaves each of them.

    Raises UserError if a layer does not fit what comes before it.
    """
    before = Volume(channels, side)
    for k, layer in enumerate(layers, start=1):
        if isinstance(layer, Conv | Pool) and not before.side:
            raise UserError(f"layer {k}: no convolution or pooling can follow a linear layer.")
        out = after(layer, before)
        if isinstance(layer, Conv | Pool) and out.side < 1:
            raise UserError(f"layer {k}: nothing is left of the image; use a smaller stride or more padding.")
        yield layer, before, out
        before = out


def n_weights(layer: Layer, before: Volume) -> int:
    """Count the weights without the biases: kernel² × channels for each filter, or inputs × outputs."""
    if isinstance(layer, Conv):
        return layer.kernel**2 * before.channels * layer.out
    return before.size * layer.out if isinstance(layer, Linear) else 0


def n_biases(layer: Layer) -> int:
    """Count the biases, one for each filter or unit."""
    return layer.out if isinstance(layer, Conv | Linear) else 0
