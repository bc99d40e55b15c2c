"""Prepare a batch of images for the network: augment, standardise, add noise, resize, permute."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from report_tools.plan.cnn import Cnn
from report_tools.train.data import Splits
from report_tools.train.pytorch import statistics
from report_tools.train.pytorch.augmentation import augment, cut_middle
from report_tools.train.pytorch.statistics import Affine

WHITE = 255


class Preparation(nn.Module):  # type: ignore[misc]
    """What is done to a batch (B, C, H, W) of scaled pixels before the network sees it.

    In the mode of training it augments and adds noise; in the mode of evaluation it does not.
    """

    def __init__(self, settings: Cnn, affine: Affine | None, image_shape: tuple[int, ...]):
        super().__init__()
        self.settings = settings
        self.affine = affine
        if affine is not None:
            self.register_buffer("mean", _channels_first(torch.tensor(affine.mean), image_shape).float())
            self.register_buffer("factor", _channels_first(torch.tensor(affine.factor), image_shape).float())
        if settings.permute:
            side = settings.input_side(image_shape[0])
            self.register_buffer("order", torch.tensor(statistics.permutation(side**2, settings.seed)))

    def forward(self, x: Tensor) -> Tensor:
        """Return the batch as the network sees it."""
        settings = self.settings
        if self.training:
            x = augment(x, settings.augment, WHITE / settings.pixel_scale)
        else:
            x = cut_middle(x, settings.augment)
        x = self._standardise(x)
        if settings.noise and self.training:
            x = x + settings.noise * torch.randn_like(x)
        if settings.resize and settings.resize != x.shape[2]:
            x = functional.interpolate(x, size=settings.resize, mode="bilinear", antialias=True)
        return x.flatten(2)[:, :, self.order].reshape(x.shape) if settings.permute else x

    def _standardise(self, x: Tensor) -> Tensor:
        if self.settings.standardize == "image":
            mean, deviation = x.mean((2, 3), keepdim=True), x.std((2, 3), keepdim=True, correction=0)
            return (x - mean) / deviation.clamp_min(1e-6)  # an image of one colour stays at 0
        if self.affine is None:
            return x
        flat = x.flatten(1) - self.mean  # (B, D), channels first
        flat = flat @ self.factor if self.factor.ndim == 2 else flat * self.factor
        return flat.reshape(x.shape)


def make(settings: Cnn, splits: Splits) -> Preparation:
    """Make the preparation; what has to be computed for it is computed from the training split."""
    rows, shape = splits.train.x, splits.image_shape
    affine = None
    if settings.standardize == "channel":
        affine = statistics.channel(rows, settings.pixel_scale, shape)
    elif settings.standardize == "zca":
        affine = statistics.zca(rows, settings.pixel_scale, settings.zca_epsilon)
    return Preparation(settings, affine, shape)


def _channels_first(values: Tensor, image_shape: tuple[int, ...]) -> Tensor:
    """Bring pixels (D,) or (D, D) from the order of the data (height, width, channels) to PyTorch's."""
    if len(image_shape) < 3:
        return values
    order = torch.arange(len(values)).reshape(image_shape).permute(2, 0, 1).flatten()
    return values[order] if values.ndim == 1 else values[order][:, order]
