"""A residual network of depthwise-separable convolutions.

A depthwise convolution looks at the surroundings of a pixel in each channel by itself, a convolution
with kernel 1 then mixes the channels (Howard and others, MobileNets, 2017).  Each block adds what went
in to what came out (He and others, Deep residual learning, 2015).
"""

from torch import Tensor, nn

WIDTHS = ((64, 128), (128, 128), (128, 256), (256, 512), (512, 512))  # of the blocks, in and out


class Separable(nn.Sequential):
    """A depthwise convolution with kernel 3, then one with kernel 1; batch norm after each."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__(
            nn.Conv2d(n_in, n_in, 3, padding=1, groups=n_in, bias=False),  # (N, n_in, H, W)
            nn.BatchNorm2d(n_in),
            nn.SiLU(),
            nn.Conv2d(n_in, n_out, 1, bias=False),  # (N, n_out, H, W)
            nn.BatchNorm2d(n_out),
        )


class Block(nn.Module):
    """Two separable convolutions, and a shortcut around them."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.first = Separable(n_in, n_out)
        self.second = Separable(n_out, n_out)
        # Where the number of channels changes, a convolution with kernel 1 makes the shortcut fit.
        self.shortcut = nn.Conv2d(n_in, n_out, 1, bias=False) if n_in != n_out else nn.Identity()
        self.activation = nn.SiLU()

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, n_in, H, W) to (N, n_out, H, W)."""
        inside = self.second(self.activation(self.first(x)))  # (N, n_out, H, W)
        out: Tensor = self.activation(inside + self.shortcut(x))  # (N, n_out, H, W)
        return out


class Net(nn.Module):
    """A first convolution, five blocks with pooling between them, the mean over the image, a linear layer."""

    def __init__(self, channels: int, n_classes: int) -> None:
        super().__init__()
        width = WIDTHS[0][0]
        self.stem = nn.Sequential(
            nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()
        )
        blocks: list[nn.Module] = []
        for n_in, n_out in WIDTHS:
            blocks += [Block(n_in, n_out), nn.MaxPool2d(2)]
        self.blocks = nn.Sequential(*blocks[:-1])  # after the last block the mean takes the place of pooling
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.2)
        self.classify = nn.Linear(WIDTHS[-1][1], n_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (N, channels, H, W) to logits (N, n_classes)."""
        x = self.blocks(self.stem(x))  # (N, 512, H / 16, W / 16)
        x = self.pool(x).flatten(1)  # (N, 512)
        logits: Tensor = self.classify(self.dropout(x))  # (N, n_classes)
        return logits
