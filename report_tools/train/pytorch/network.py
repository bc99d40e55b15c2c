"""Build the network of a run, from its list of layers or from its module, and list what it holds."""

from typing import Any

from torch import nn

from report_tools.plan.cnn import Cnn
from report_tools.train.pytorch import convnet, own_network
from report_tools.train.pytorch.convnet import count

__all__ = ["build", "count"]


def build(
    settings: Cnn, solution: str, channels: int, side: int, n_classes: int
) -> tuple[nn.Module, list[dict[str, Any]]]:
    """Make the network for images (N, channels, side, side), and list its layers."""
    if settings.module:
        own = own_network.build(settings.module, solution, channels, side, n_classes)
        return own, own_network.layer_table(own, channels, side)
    listed = convnet.build(settings, channels, side)
    return listed, convnet.layer_table(listed, channels, side)
