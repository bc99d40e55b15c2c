"""Ask PyTorch on which input pixels a unit depends: those at which its derivative is not zero."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from report_tools.plan import geometry
from report_tools.plan.cnn import Cnn
from report_tools.plan.geometry import Volume
from report_tools.plan.layers import Conv, Dropout, Layer, Linear, Pool
from report_tools.train.pytorch import convnet

Windows = list[tuple[int, int, int]]  # kernel, stride, padding of each convolution and pooling


def windows(modules: Iterable[nn.Module]) -> Windows:
    """List the windows that the convolutions and poolings of a network slide over its images."""
    found = []
    for module in modules:
        if isinstance(module, nn.Conv2d):
            found.append((module.kernel_size[0], module.stride[0], int(module.padding[0])))
        elif isinstance(module, nn.MaxPool2d):
            found.append((module.kernel_size, module.stride, module.padding))
    return found


def side_by_gradient(wanted: Windows) -> int:
    """Return the side of the square of pixels at which the derivative of one unit is not zero.

    All weights are 1 and maxima are sums, so that no derivative is zero by accident; the image is so
    large that its borders are not in the way.
    """
    needed = 3  # units in a row at the end: the one in the middle is asked
    for kernel, stride, padding in reversed(wanted):
        # So many more at each end that what is padded is seen by none of them.
        needed = (needed + 2 * padding - 1) * stride + kernel
    image = torch.zeros(1, 1, needed, needed, dtype=torch.float64, requires_grad=True)
    x: Tensor = image
    for kernel, stride, padding in wanted:
        x = functional.conv2d(
            x, torch.ones(1, 1, kernel, kernel, dtype=x.dtype), stride=stride, padding=padding
        )
    middle = x.shape[-1] // 2
    (gradient,) = torch.autograd.grad(x[0, 0, middle, middle], image)
    return int((gradient[0, 0] != 0).any(dim=1).sum())


def table(settings: Cnn, channels: int, side: int) -> list[dict[str, Any]]:
    """List for each layer what arithmetic gives, and, under "pytorch", what PyTorch gives.

    Each row has layer, output, weights, biases, field (the receptive field, None once the image is
    flat) and dense: the weights that a fully connected layer of the same output would have.
    """
    rows = []
    with torch.device("meta"):
        model = convnet.build(settings, channels, side).eval()
    modules = [m for m in model if isinstance(m, nn.Conv2d | nn.MaxPool2d | nn.Linear)]
    x = torch.zeros(1, channels, side, side, device="meta")
    outputs = {}
    for module in model:
        x = module(x)
        outputs[module] = list(x.shape[1:])
    steps = [
        step for step in geometry.follow(settings.layers, channels, side) if not isinstance(step[0], Dropout)
    ]
    for k, ((layer, before, after), module) in enumerate(zip(steps, modules, strict=True), start=1):
        sizes = {name: value.numel() for name, value in module.named_parameters()}
        flat = isinstance(layer, Linear)
        asked = {
            "output": outputs[module],
            "weights": sizes.get("weight", 0),
            "biases": sizes.get("bias", 0),
            "field": None if flat else side_by_gradient(windows(modules[:k])),
        }
        rows.append({"layer": _words(layer, before), **_arithmetic(layer, before, after), "pytorch": asked})
    return rows


def _arithmetic(layer: Layer, before: Volume, after: Volume) -> dict[str, Any]:
    return {
        "output": [after.channels, after.side, after.side] if after.side else [after.channels],
        "weights": geometry.n_weights(layer, before),
        "biases": geometry.n_biases(layer),
        "field": after.field or None,
        "dense": before.size * after.size if isinstance(layer, Conv | Linear) else None,
    }


def _words(layer: Layer, before: Volume) -> str:
    if isinstance(layer, Conv):
        return f"convolution {before.channels}-{layer.out}, kernel {layer.kernel}"
    if isinstance(layer, Linear):
        return f"linear {before.size}-{layer.out}"
    return f"max-pooling {layer.kernel}" if isinstance(layer, Pool) else "dropout"
