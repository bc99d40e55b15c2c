"""Build the convolutional network that a recipe lists, and say what each layer holds."""

from typing import Any

import torch
from torch import Tensor, nn

from report_tools.plan import geometry
from report_tools.plan.cnn import Cnn
from report_tools.plan.geometry import Volume
from report_tools.plan.layers import Conv, Dropout, Layer, Linear
from report_tools.plan.settings import Activation

ACTIVATIONS: dict[Activation, type[nn.Module]] = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


LISTED = (nn.Conv2d, nn.BatchNorm2d, nn.BatchNorm1d, nn.MaxPool2d, nn.Linear)


def build(settings: Cnn, channels: int, side: int) -> nn.Sequential:
    """Build the network for images (N, channels, side, side), with PyTorch's own initialisation.

    Every convolution is followed by batch norm (if asked for) and the activation, every linear
    layer by batch norm (where listed) and, but for the last, the activation; dropout stands before
    each linear layer, or where it is listed.  Raises UserError if a layer does not fit what comes before it.
    """
    modules: list[nn.Module] = []
    last = max((k for k, layer in enumerate(settings.layers) if isinstance(layer, Linear)), default=-1)
    for k, (layer, before, _) in enumerate(geometry.follow(settings.layers, channels, side)):
        modules += _modules(settings, layer, before, is_last=k == last)
    return nn.Sequential(*modules)


def _modules(settings: Cnn, layer: Layer, before: Volume, is_last: bool) -> list[nn.Module]:
    if isinstance(layer, Conv):
        return _conv(settings, layer, before.channels)
    if isinstance(layer, Linear):
        return _linear(settings, layer, before, is_last)
    return [nn.Dropout(layer.p)] if isinstance(layer, Dropout) else [nn.MaxPool2d(layer.kernel)]


def _conv(settings: Cnn, layer: Conv, channels: int) -> list[nn.Module]:
    conv = nn.Conv2d(channels, layer.out, layer.kernel, stride=layer.stride, padding=layer.padding)
    # Before the activation, as its authors have it.
    norm = [nn.BatchNorm2d(layer.out)] if settings.batch_norm else []
    return [conv, *norm, ACTIVATIONS[settings.activation]()]


def _linear(settings: Cnn, layer: Linear, before: Volume, is_last: bool) -> list[nn.Module]:
    # Only the first linear layer still sees an image.
    modules: list[nn.Module] = [nn.Flatten()] if before.side else []
    if settings.dropout:
        modules.append(nn.Dropout(settings.dropout))
    modules.append(nn.Linear(before.size, layer.out))
    if layer.batch_norm:
        modules.append(nn.BatchNorm1d(layer.out))
    return [*modules, *([] if is_last else [ACTIVATIONS[settings.activation]()])]


def layer_table(model: nn.Sequential, channels: int, side: int) -> list[dict[str, Any]]:
    """List the layers that hold parameters or change the size, with the output PyTorch gives for one image.

    Each row has layer, output (channels × height × width) and parameters.
    """
    rows = []
    # The sizes come from PyTorch itself, so that the table checks the arithmetic of `build`.
    x = torch.zeros(1, channels, side, side)
    model.eval()  # batch norm must not learn from this image of zeros
    for module in model:
        with torch.no_grad():
            x = module(x)
        if isinstance(module, LISTED):
            rows.append({"layer": words(module), "output": size(x), "parameters": count(module)})
    return rows


def count(module: nn.Module) -> int:
    """Count the trained numbers."""
    return sum(parameter.numel() for parameter in module.parameters())


def size(x: Tensor) -> str:
    """Write what one image has become: channels × height × width."""
    return " × ".join(map(str, x.shape[1:]))


def words(module: nn.Module) -> str:
    """Name a layer with its settings; one that is none of the common ones goes by its class."""
    if isinstance(module, nn.Conv2d):
        (kernel, _), (stride, _), padding = module.kernel_size, module.stride, module.padding[0]
        options = f", stride {stride}" * (stride != 1) + f", padding {padding}" * (padding != 0)
        options += ", depthwise" * (module.groups == module.in_channels > 1)
        return f"convolution {module.in_channels}-{module.out_channels}, kernel {kernel}{options}"
    if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
        return f"batch norm {module.num_features}"
    if isinstance(module, nn.MaxPool2d):
        return f"max-pooling {module.kernel_size}"
    if not isinstance(module, nn.Linear):
        return type(module).__name__
    return f"linear {module.in_features}-{module.out_features}"
