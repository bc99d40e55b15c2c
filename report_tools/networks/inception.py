"""A small inception network: in each block, kernels of several sizes look at the same image.

The convolutions with kernel 1 keep the wide kernels cheap (Szegedy and others, Going deeper with
convolutions, 2014); batch norm follows every convolution, as in the authors' later versions.
"""

import torch
from torch import Tensor, nn


class Conv(nn.Sequential):
    """A convolution that keeps the size of the image, batch norm and ReLU."""

    def __init__(self, n_in: int, n_out: int, kernel: int) -> None:
        super().__init__(
            nn.Conv2d(n_in, n_out, kernel, padding=kernel // 2, bias=False),  # (N, n_out, H, W)
            nn.BatchNorm2d(n_out),
            nn.ReLU(),
        )


class Inception(nn.Module):
    """Four branches, side by side, whose channels are joined; each gives `width` of them."""

    def __init__(self, n_in: int, width: int) -> None:
        super().__init__()
        self.one = Conv(n_in, width, 1)
        self.three = nn.Sequential(Conv(n_in, width, 1), Conv(width, width, 3))
        self.five = nn.Sequential(Conv(n_in, width // 2, 1), Conv(width // 2, width, 5))
        self.pool = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), Conv(n_in, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, n_in, H, W) to (N, 4 width, H, W)."""
        return torch.cat([self.one(x), self.three(x), self.five(x), self.pool(x)], dim=1)


class Net(nn.Module):
    """Two convolutions, three inception blocks with pooling between, the mean of each map, a linear layer."""

    def __init__(self, channels: int, n_classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(Conv(channels, 32, 3), Conv(32, 64, 3), nn.MaxPool2d(2))
        self.blocks = nn.Sequential(
            Inception(64, 32),  # (N, 128, H / 2, W / 2)
            nn.MaxPool2d(2),
            Inception(128, 64),  # (N, 256, H / 4, W / 4)
            nn.MaxPool2d(2),
            Inception(256, 128),  # (N, 512, H / 8, W / 8)
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.2)
        self.classify = nn.Linear(512, n_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, channels, H, W) to logits (N, n_classes)."""
        x = self.pool(self.blocks(self.stem(x))).flatten(1)  # (N, 512)
        logits: Tensor = self.classify(self.dropout(x))  # (N, n_classes)
        return logits
