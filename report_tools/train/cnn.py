"""Train a convolutional network in PyTorch: one loop for the CPU and for a GPU.

The data set fits into the memory of any GPU, so it is copied there once and batches are slices of
it: no worker processes, no copies per batch.  Nothing is read back from the device within an epoch.
"""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from report_tools.plan.cnn import Cnn
from report_tools.train import convnet, device
from report_tools.train.data import Split, Splits
from report_tools.train.store import Job, Run, versions

EVALUATION_ROWS = 1000
Model = Callable[[Tensor], Tensor]


class DeviceSplit(NamedTuple):
    """One split on the device: x (N, channels, side, side) as it is stored, y (N,) class numbers.

    Pixels of one byte take a quarter of the memory, and of the time to fetch a batch, of float32.
    """

    x: Tensor
    y: Tensor
    pixel_scale: float

    def images(self, rows: Tensor | slice) -> Tensor:
        """Return scaled pixels (B, channels, side, side) in float32, channels last."""
        pixels = self.x[rows].to(torch.float32, memory_format=torch.channels_last)
        return pixels / self.pixel_scale  # not in place: pixels in float32 may be the data set itself


class AverageMeter:
    """The mean of a quantity over the rows seen so far, kept on the device until it is asked for."""

    def __init__(self) -> None:
        self.total: Tensor | float = 0.0
        self.rows = 0

    def update(self, mean: Tensor, rows: int) -> None:
        """Add a batch by its mean and its number of rows: the last batch is often shorter."""
        self.total = self.total + mean.detach() * rows
        self.rows += rows

    @property
    def average(self) -> float:
        """Return the mean per row, nan before the first batch."""
        return float(self.total) / self.rows if self.rows else float("nan")


class Stopper:
    """Early stopping: when the validation loss was lowest, and whether that is too long ago."""

    def __init__(self, patience: int):
        self.patience = patience
        self.best_loss, self.best_epoch, self.epoch = float("inf"), 0, 0

    def should_stop(self, valid_loss: float) -> bool:
        """Note one more epoch; True if the last `patience` ones brought no lower loss."""
        self.epoch += 1
        if valid_loss < self.best_loss:
            self.best_loss, self.best_epoch = valid_loss, self.epoch
        return bool(self.patience) and self.epoch - self.best_epoch >= self.patience


def train(job: Job, run: Run, splits: Splits) -> Iterator[None]:
    """Train the network of the recipe; yield after each epoch.

    Adds to run.series train_loss, train_accuracy (both measured after the epoch, without dropout
    and noise), valid_loss, valid_accuracy, and running_loss, the mean over the epoch's batches.
    The order of the images, the weights and the noise depend on settings.seed alone.
    """
    settings = job.settings
    assert isinstance(settings, Cnn)
    torch.manual_seed(settings.seed)
    train_images, valid_images = (
        to_device(s, splits.image_shape, job.device, settings.pixel_scale)
        for s in (splits.train, splits.valid)
    )
    model = convnet.build(settings, train_images.x.shape[1], train_images.x.shape[2])
    run.facts["layers"] = convnet.layer_table(model, train_images.x.shape[1], train_images.x.shape[2])
    run.parameters, run.versions = convnet.count(model), versions("torch")
    model.to(job.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    dtype = device.precision(settings, job.device)
    run.facts |= {"device": _device_name(job.device), "precision": str(dtype).removeprefix("torch.")}
    run.facts["said"] = [f"{run.facts['precision']} on {run.facts['device']}"]
    yield from _epochs(
        settings=settings,
        where=job.device,
        dtype=dtype,
        model=model,
        images=(train_images, valid_images),
        run=run,
    )


def _epochs(
    *,
    settings: Cnn,
    where: str,
    dtype: torch.dtype,
    model: nn.Module,
    images: tuple[DeviceSplit, DeviceSplit],
    run: Run,
) -> Iterator[None]:
    optimizer = torch.optim.SGD(
        model.parameters(), lr=settings.lr, momentum=settings.momentum, weight_decay=settings.weight_decay
    )
    order = torch.Generator().manual_seed(settings.seed)  # on the CPU: the same order on every device
    trained: Model = model
    stopper = Stopper(settings.patience)
    # Only training is compiled: a model that is evaluated as well is compiled twice, once for each mode.
    for epoch in range(1, settings.epochs + 1):
        start = time.perf_counter()
        running = train_epoch(
            settings=settings, model=trained, optimizer=optimizer, images=images[0], order=order, dtype=dtype
        )
        (train_loss, train_accuracy), (valid_loss, valid_accuracy) = (
            evaluate(model, part, dtype) for part in images
        )
        device.synchronize(where)  # a GPU still works when Python goes on
        seconds = time.perf_counter() - start
        finite = run.add_epoch(
            seconds, train_loss=train_loss, train_accuracy=train_accuracy,
            valid_loss=valid_loss, valid_accuracy=valid_accuracy, running_loss=running,
        )  # fmt: skip
        stop = not finite or stopper.should_stop(valid_loss)
        if settings.patience:
            run.facts["best_epoch"] = stopper.best_epoch
        yield
        if stop:
            break
        if trained is model and device.compile_pays(settings, where, settings.epochs - epoch, seconds):
            trained = torch.compile(model)


def train_epoch(
    *,
    settings: Cnn, model: Model, optimizer: torch.optim.Optimizer, images: DeviceSplit,
    order: torch.Generator, dtype: torch.dtype,
) -> float:  # fmt: skip
    """Go through the images once, in a new order; return the mean training loss over the batches."""
    if isinstance(model, nn.Module):  # `evaluate` left it in its other mode
        model.train()
    loss_meter = AverageMeter()
    permutation = torch.randperm(len(images.x), generator=order).to(images.x.device)  # (N,)
    for rows in torch.split(permutation, settings.batch_size):
        x, y = images.images(rows), images.y[rows]  # (B, channels, side, side), (B,)
        if settings.noise:
            x = x + settings.noise * torch.randn_like(x)
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
            logits = model(x)  # (B, C)
        loss = functional.cross_entropy(logits.float(), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        loss_meter.update(loss, len(y))
    return loss_meter.average


@torch.no_grad()
def evaluate(model: nn.Module, images: DeviceSplit, dtype: torch.dtype) -> tuple[float, float]:
    """Return loss and accuracy per image, with dropout and noise switched off."""
    model.eval()
    loss_meter, accuracy_meter = AverageMeter(), AverageMeter()
    for start in range(0, len(images.y), EVALUATION_ROWS):
        rows = slice(start, start + EVALUATION_ROWS)
        x, y = images.images(rows), images.y[rows]  # (B, channels, side, side), (B,)
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
            logits = model(x).float()  # (B, C)
        loss_meter.update(functional.cross_entropy(logits, y), len(y))
        accuracy_meter.update((logits.argmax(1) == y).float().mean(), len(y))
    return loss_meter.average, accuracy_meter.average


def to_device(split: Split, image_shape: tuple[int, ...], where: str, pixel_scale: float) -> DeviceSplit:
    """Copy a split to the device as images (N, channels, height, width); grey images get one channel."""
    height, width, channels = (*image_shape, 1)[:3]
    x = torch.tensor(split.x).reshape(-1, height, width, channels).to(where)
    # The last number of a pixel's address is its channel, as convolutions read it fastest.
    return DeviceSplit(x.permute(0, 3, 1, 2), torch.tensor(split.y).argmax(1).to(where), pixel_scale)


def _device_name(where: str) -> str:
    return torch.cuda.get_device_name(where) if where.startswith("cuda") else where
