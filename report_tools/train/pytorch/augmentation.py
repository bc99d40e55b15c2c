"""Change a batch of images at random, each on its own draw, where the batch lies: CPU or GPU."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from report_tools.plan.training import Augmentation, Crop, Flip, Jitter, Rotation

# Lightness and two axes of colour, from red, green and blue (NTSC): a change of hue turns these two.
YIQ = torch.tensor([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])


def augment(x: Tensor, how: tuple[Augmentation, ...], white: float) -> Tensor:
    """Apply the changes in their order to images (B, C, H, W) of pixels between 0 and `white`."""
    for one in how:
        x = _CHANGES[type(one)](x, one, white)
    return x


def cut_middle(x: Tensor, how: tuple[Augmentation, ...]) -> Tensor:
    """Cut images (B, C, H, W) to the size that training sees, without anything random."""
    for one in how:
        if isinstance(one, Crop) and one.size:
            top = (x.shape[2] - one.size) // 2
            left = (x.shape[3] - one.size) // 2
            x = x[:, :, top : top + one.size, left : left + one.size]
    return x


def crop(x: Tensor, how: Crop, white: float = 1) -> Tensor:
    """Cut a square out of each padded image, at a place of its own."""
    size = how.size or x.shape[2]
    padded = functional.pad(x, (how.padding,) * 4)  # (B, C, H + 2p, W + 2p)
    free = padded.shape[2] - size + 1
    top, left = torch.randint(free, (2, len(x), 1), device=x.device)  # (B, 1) each
    steps = torch.arange(size, device=x.device)
    image = torch.arange(len(x), device=x.device)[:, None, None]
    # Indexing by three arrays puts the channels last: (B, size, size, C).
    cut = padded[image, :, (top + steps)[:, :, None], (left + steps)[:, None, :]]
    return cut.permute(0, 3, 1, 2)


def flip(x: Tensor, how: Flip, white: float = 1) -> Tensor:
    """Mirror each image with the probability `share`."""
    mirrored = x.flip(2 if how.vertical else 3)
    chosen = torch.rand(len(x), 1, 1, 1, device=x.device) < how.share
    return torch.where(chosen, mirrored, x)


def rotate(x: Tensor, how: Rotation, white: float = 1) -> Tensor:
    """Turn each image around its middle by an angle of its own, with bilinear interpolation."""
    angle = (2 * torch.rand(len(x), device=x.device) - 1) * math.radians(how.degrees)  # (B,)
    zero = torch.zeros_like(angle)
    rows = [torch.cos(angle), -torch.sin(angle), zero, torch.sin(angle), torch.cos(angle), zero]
    grid = functional.affine_grid(
        torch.stack(rows, 1).reshape(-1, 2, 3), list(x.shape), align_corners=False
    )  # (B, H, W, 2)
    return functional.grid_sample(x, grid, align_corners=False)


def jitter(x: Tensor, how: Jitter, white: float = 1) -> Tensor:
    """Change brightness, then contrast, then hue; pixels stay between 0 and white.

    The hue is turned around the grey axis of YIQ, which leaves lightness and grey images alone.
    """
    x = (x * _factor(x, how.brightness)).clamp(0, white)
    grey = lightness(x).mean(dim=(1, 2, 3), keepdim=True)
    x = (grey + (x - grey) * _factor(x, how.contrast)).clamp(0, white)
    if how.hue and x.shape[1] == 3:
        angle = (2 * torch.rand(len(x), device=x.device) - 1) * how.hue * 2 * math.pi  # (B,)
        x = torch.einsum("bij,bjhw->bihw", turn_hue(angle), x).clamp(0, white)
    return x


def lightness(x: Tensor) -> Tensor:
    """Return images (B, 1, H, W) of how light a pixel is."""
    if x.shape[1] != 3:
        return x.mean(dim=1, keepdim=True)
    return torch.einsum("c,bchw->bhw", YIQ[0].to(x), x).unsqueeze(1)


def turn_hue(angle: Tensor) -> Tensor:
    """Return matrices (B, 3, 3) that turn the hue of red, green and blue by these angles (B,)."""
    one, zero, cos, sin = torch.ones_like(angle), torch.zeros_like(angle), torch.cos(angle), torch.sin(angle)
    turn = torch.stack([one, zero, zero, zero, cos, -sin, zero, sin, cos], 1).reshape(-1, 3, 3)
    yiq = YIQ.to(angle)
    return torch.linalg.inv(yiq) @ turn @ yiq


def _factor(x: Tensor, between: tuple[float, float]) -> Tensor:
    low, high = between
    return low + (high - low) * torch.rand(len(x), 1, 1, 1, device=x.device)


_CHANGES: dict[type[Augmentation], Callable[[Tensor, Any, float], Tensor]] = {
    Crop: crop,
    Flip: flip,
    Rotation: rotate,
    Jitter: jitter,
}
