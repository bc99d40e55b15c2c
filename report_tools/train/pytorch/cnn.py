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
from report_tools.train.checkpoint import Checkpoint, State
from report_tools.train.data import Split, Splits
from report_tools.train.pytorch import device, feature_maps, network, preparation, probes, receptive_field
from report_tools.train.pytorch.torch_state import Training
from report_tools.train.store import Job, Run, versions

EVALUATION_PIXELS = 1000 * 32 * 32  # of the images that are evaluated together
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


class Evaluation(NamedTuple):
    """How a network does on a split: mean loss, and the shares of images whose class is its first guess
    (accuracy) or one of its first five (top5)."""

    loss: float
    accuracy: float
    top5: float

    def named(self, split: str) -> dict[str, float]:
        """Name the numbers after the split."""
        return {f"{split}_{name}": value for name, value in self._asdict().items()}


class Trainee(NamedTuple):
    """A network, what is done to its images before it sees them, and the precision it computes in."""

    model: nn.Module
    prepare: nn.Module
    dtype: torch.dtype

    def train(self, mode: bool) -> None:
        """Switch both between training and evaluation."""
        self.model.train(mode)
        self.prepare.train(mode)


def train(job: Job, run: Run, splits: Splits, checkpoint: Checkpoint) -> Iterator[State | None]:
    """Train the network of the recipe; yield the state after each epoch.

    Adds to run.series train_loss, train_accuracy, train_top5 (measured after the epoch, without
    dropout, augmentation and noise), the same for valid, running_loss, the mean over the epoch's
    batches, and lr, the rate of the epoch.  run.start has the same before the first update.
    The order of the images, the weights and everything random depend on settings.seed alone.
    """
    settings = job.settings
    assert isinstance(settings, Cnn)
    torch.manual_seed(settings.seed)
    height, _, channels = (*splits.image_shape, 1)[:3]
    side = settings.input_side(height)
    # Without training only shapes are asked for, and tensors on the meta device have nothing but shapes.
    only_shapes = not settings.epochs and not settings.probes
    with torch.device("meta" if only_shapes else "cpu"):
        model, layers = network.build(settings, job.solution, channels, side, splits.train.y.shape[1])
    run.facts["layers"] = layers
    run.parameters, run.versions = network.count(model), versions("torch")
    if settings.layers and not settings.epochs:
        run.facts["geometry"] = receptive_field.table(settings, channels, side)
    if only_shapes:
        return
    dtype = device.precision(settings, job.device)
    run.facts |= {"device": _device_name(job.device), "precision": str(dtype).removeprefix("torch.")}
    run.facts["said"] = [f"{run.facts['precision']} on {run.facts['device']}"] if settings.epochs else []
    prepare = preparation.make(settings, splits)
    if prepare.affine is not None:
        run.facts["statistics"] = prepare.affine.facts
    model.to(job.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = [
        to_device(part, splits.image_shape, job.device, settings.pixel_scale)
        for part in (splits.train, splits.valid)
    ]
    trainee = Trainee(model, prepare.to(job.device), dtype)
    device.forget_peak_memory(job.device)
    yield from _epochs(
        settings=settings, where=job.device, trainee=trainee, images=images, run=run, checkpoint=checkpoint
    )
    if settings.probes and run.status != "diverged":
        some = images[1].images(slice(0, probes.IMAGES))
        run.facts |= {"probes": probes.look(model, trainee.prepare, settings, some)}
    if settings.epochs and run.status != "diverged":
        trainee.train(False)
        feature_maps.look(job, run, trainee.model, trainee.prepare, images[1].images)


def _epochs(
    *,
    settings: Cnn,
    where: str,
    trainee: Trainee,
    images: list[DeviceSplit],
    run: Run,
    checkpoint: Checkpoint,
) -> Iterator[State | None]:
    training = Training(settings, where, trainee.model)
    trained: Model = trainee.model
    if not training.put_back(checkpoint):
        run.start = _evaluate_both(trainee, images) if settings.epochs else {}
    # Only training is compiled: a model that is evaluated as well is compiled twice, once for each mode.
    for epoch in range(len(run.seconds) + 1, settings.epochs + 1):
        if training.stopped:
            break
        start = time.perf_counter()
        running = train_epoch(
            settings=settings,
            trainee=trainee,
            model=trained,
            optimizer=training.optimizer,
            images=images[0],
            order=training.order,
        )
        numbers = _evaluate_both(trainee, images)
        device.synchronize(where)  # a GPU still works when Python goes on
        seconds = time.perf_counter() - start
        if memory := device.peak_memory(where):
            run.facts["peak_memory"] = memory
        finite = run.add_epoch(seconds, **numbers, running_loss=running, lr=training.rate.now)
        if finite:
            training.end_epoch(numbers["valid_loss"])
        if settings.patience:
            run.facts["best_epoch"] = training.stopper.best_epoch
        yield training.state() if finite else None
        if not finite:
            break
        if trained is trainee.model and device.compile_pays(
            settings, where, settings.epochs - epoch, seconds
        ):
            trained = torch.compile(trainee.model)


def train_epoch(
    *, settings: Cnn, trainee: Trainee, model: Model, optimizer: torch.optim.Optimizer, images: DeviceSplit,
    order: torch.Generator,
) -> float:  # fmt: skip
    """Go through the images once, in a new order; return the mean training loss over the batches.

    model: that of the trainee, or the same one compiled.
    """
    trainee.train(True)  # `evaluate` left it in its other mode
    loss_meter = AverageMeter()
    permutation = torch.randperm(len(images.x), generator=order).to(images.x.device)  # (N,)
    for rows in torch.split(permutation, settings.batch_size):
        x, y = trainee.prepare(images.images(rows)), images.y[rows]  # (B, channels, side, side), (B,)
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=trainee.dtype == torch.bfloat16):
            logits = model(x)  # (B, C)
        loss = functional.cross_entropy(logits.float(), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        loss_meter.update(loss, len(y))
    return loss_meter.average


def _evaluate_both(trainee: Trainee, images: list[DeviceSplit]) -> dict[str, float]:
    found: list[Evaluation] = [evaluate(trainee, part) for part in images]
    return found[0].named("train") | found[1].named("valid")


@torch.no_grad()
def evaluate(trainee: Trainee, images: DeviceSplit) -> Evaluation:
    """Measure the network per image, with dropout, augmentation and noise switched off."""
    trainee.train(False)
    loss_meter, first_meter, five_meter = AverageMeter(), AverageMeter(), AverageMeter()
    # As many images at a time as fit into the same memory, whatever size they are brought to.
    side = trainee.prepare(images.images(slice(0, 1))).shape[2]
    at_once = max(1, EVALUATION_PIXELS // side**2)
    for start in range(0, len(images.y), at_once):
        rows = slice(start, start + at_once)
        x, y = trainee.prepare(images.images(rows)), images.y[rows]  # (B, channels, side, side), (B,)
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=trainee.dtype == torch.bfloat16):
            logits = trainee.model(x).float()  # (B, C)
        loss_meter.update(functional.cross_entropy(logits, y), len(y))
        guesses = logits.topk(min(5, logits.shape[1]), dim=1).indices == y[:, None]  # (B, 5), best first
        first_meter.update(guesses[:, 0].float().mean(), len(y))
        five_meter.update(guesses.any(dim=1).float().mean(), len(y))
    return Evaluation(loss_meter.average, first_meter.average, five_meter.average)


def to_device(split: Split, image_shape: tuple[int, ...], where: str, pixel_scale: float) -> DeviceSplit:
    """Copy a split to the device as images (N, channels, height, width); grey images get one channel."""
    height, width, channels = (*image_shape, 1)[:3]
    x = torch.tensor(split.x).reshape(-1, height, width, channels).to(where)
    # The last number of a pixel's address is its channel, as convolutions read it fastest.
    return DeviceSplit(x.permute(0, 3, 1, 2), torch.tensor(split.y).argmax(1).to(where), pixel_scale)


def _device_name(where: str) -> str:
    return torch.cuda.get_device_name(where) if where.startswith("cuda") else where
