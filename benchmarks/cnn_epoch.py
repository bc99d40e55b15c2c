"""Measure an epoch of the practical's network: the kit's loop against the plain loop of tutorials.

    python -m benchmarks.cnn_epoch [--data PATH.npz] [--images 2000] [--device auto] [--repeats 3]

Both train the same network on the same images in turn, in one process; the ratio of their medians is
the result, since machines differ and are shared.  Then: what each of the kit's habits brings on this
device, what several runs at once bring, and how much of the device's own peak the training reaches.
Without --data the bundled digits stand in, repeated: no sum depends on what is in a picture.
"""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import click
import msgspec
import numpy as np
import torch
from joblib import Parallel, delayed, parallel_config
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from autograder.common import cores
from report_tools.plan.cnn import Cnn
from report_tools.plan.data_source import data_set
from report_tools.plan.layers import Conv, Linear, Pool
from report_tools.train import data
from report_tools.train.data import Array, Split, Splits
from report_tools.train.pytorch import cnn, convnet, device, optimization, preparation
from report_tools.train.pytorch.cnn import Trainee

FILTERS = (layer for out in (32, 64, 64) for layer in (Conv(out=out, kernel=5, padding=2), Pool(kernel=2)))
LAYERS = (*FILTERS, Linear(out=1000), Linear(out=10))
SETTINGS = Cnn(layers=LAYERS, lr=0.1, batch_size=128, seed=1, epochs=1)
SHAPE = SIDE, _, CHANNELS = 32, 32, 3
FORWARD_AND_BACKWARD = 6  # operations per multiplication of the forward pass, as in plan/estimate.py


class ManyImages(Dataset[tuple[torch.Tensor, int]]):
    """What tutorials give to a DataLoader: one image at a time, made a float32 tensor on the way."""

    def __init__(self, pixels: Array, labels: Array):
        self.pixels, self.labels = pixels, labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        image = torch.from_numpy(self.pixels[index])  # (side, side, channels) uint8
        return image.permute(2, 0, 1).float() / 255, int(self.labels[index])


class Contender(NamedTuple):
    """A network and a function that trains it for an epoch."""

    model: nn.Module
    epoch: Callable[[], object]


def tutorial(images: Split, where: str, workers: int) -> Contender:
    """Make the loop that tutorials show: DataLoader, float32, a loss read back from every batch."""
    torch.manual_seed(SETTINGS.seed)
    model = convnet.build(SETTINGS, CHANNELS, SIDE).to(where)
    pixels = images.x.reshape(-1, *SHAPE)
    loader = DataLoader(
        ManyImages(pixels, images.y.argmax(1)),
        batch_size=SETTINGS.batch_size, shuffle=True, num_workers=workers, pin_memory=where == "cuda",
    )  # fmt: skip
    optimizer = torch.optim.SGD(model.parameters(), lr=SETTINGS.lr)

    def epoch() -> float:
        running = 0.0
        model.train()
        for x, y in loader:
            inputs, labels = x.to(where), y.to(where)
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(inputs), labels)
            loss.backward()
            optimizer.step()
            running += loss.item()
        return running

    return Contender(model, epoch)


def kit(
    images: Split,
    where: str,
    *,
    channels_last: bool = True,
    in_bytes: bool = True,
    compiled: bool = False,
    precision: str = "auto",
) -> Contender:
    """Make the kit's loop, or what it would be without one of its habits."""
    settings = msgspec.structs.replace(SETTINGS, precision=precision)
    torch.manual_seed(settings.seed)
    model = convnet.build(settings, CHANNELS, SIDE)
    model.to(where, memory_format=torch.channels_last if channels_last else torch.contiguous_format)
    on_device = cnn.to_device(images, SHAPE, where, settings.pixel_scale)
    if not in_bytes:
        on_device = on_device._replace(x=on_device.x.float())
    trainee = as_trainee(model, where, settings)
    trained = torch.compile(model) if compiled else model
    if not channels_last:
        trained = nn.Sequential(Contiguous(), model)
    optimizer = optimization.make_optimizer(settings, model.parameters())
    order = torch.Generator().manual_seed(settings.seed)

    def epoch() -> float:
        return cnn.train_epoch(
            settings=settings, trainee=trainee, model=trained, optimizer=optimizer,
            images=on_device, order=order,
        )  # fmt: skip

    return Contender(model, epoch)


class Contiguous(nn.Module):
    """Bring images back to the layout in which a channel is a plane."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Copy the batch (B, channels, side, side)."""
        return x.contiguous()


def as_trainee(model: nn.Module, where: str, settings: Cnn) -> Trainee:
    """Give the network what the kit's loop needs beside it."""
    nothing = Splits(*[Split(np.zeros((0, SIDE * SIDE * CHANNELS)), np.zeros((0, 10)))] * 3, SHAPE)
    return Trainee(model, preparation.make(settings, nothing).to(where), device.precision(settings, where))


def seconds(action: Callable[[], object], where: str) -> float:
    """Time one call, the work of a GPU included."""
    device.synchronize(where)
    start = time.perf_counter()
    action()
    device.synchronize(where)
    return time.perf_counter() - start


def in_turn(contenders: dict[str, Contender], where: str, repeats: int) -> dict[str, float]:
    """Return the median seconds of an epoch of each, measured in turn after one epoch to warm up."""
    for contender in contenders.values():
        contender.epoch()
    measured: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, contender in contenders.items():
            measured[name].append(seconds(contender.epoch, where))
    return {name: statistics.median(each) for name, each in measured.items()}


def peak(where: str, dtype: torch.dtype) -> float:
    """Measure the operations per second of one large product of matrices in this precision."""
    size = 8192 if where.startswith("cuda") else 2048
    matrix = torch.rand(size, size, device=where).to(dtype)
    matrix @ matrix
    return 2 * size**3 / min(seconds(lambda: matrix @ matrix, where) for _ in range(5))


def accuracy(model: nn.Module, images: Split, where: str) -> float:
    """Return the share of images that the network gets right."""
    on_device = cnn.to_device(images, SHAPE, where, SETTINGS.pixel_scale)
    return cnn.evaluate(as_trainee(model, where, SETTINGS), on_device).accuracy


def one_run(images: Split, where: str, epochs: int) -> float:
    """Train in this process and return the seconds of all epochs but the first."""
    contender = kit(images, where)
    contender.epoch()
    return seconds(lambda: [contender.epoch() for _ in range(epochs)], where)


def at_once(images: Split, where: str, runs: int, epochs: int) -> float:
    """Return the seconds that so many runs take side by side, each with its share of the cores."""
    threads = max(1, cores.available() // runs)
    with parallel_config(backend="loky", inner_max_num_threads=threads):
        return max(Parallel(n_jobs=runs)(delayed(one_run)(images, where, epochs) for _ in range(runs)))


def read(path: str, count: int) -> tuple[Split, Split]:
    """Return so many training images, and a thousand others."""
    source = data.find(path, data_set("cifar10", "--data"), valid_one_in=5)
    splits = data.split(source, 0, 1000)
    rows = np.arange(count) % len(splits.train.x)
    return Split(splits.train.x[rows], splits.train.y[rows]), splits.valid


def report_peak(epoch: float, count: int, where: str) -> None:
    """Print how much of the device's own peak the training reaches."""
    dtype = device.precision(SETTINGS, where)
    reached = FORWARD_AND_BACKWARD * SETTINGS.multiplications(SHAPE, 10) * count / epoch
    most = peak(where, dtype)
    print(
        f"{reached / 1e9:,.0f} GFLOP/s, {reached / most:.0%} of a large product of matrices in "
        f"{str(dtype).removeprefix('torch.')} ({most / 1e9:,.0f} GFLOP/s)"
    )


def report_habits(images: Split, where: str, repeats: int) -> None:
    """Print what each habit of the kit's loop brings on this device."""
    contenders = {
        "as it is": kit(images, where),
        "without channels_last": kit(images, where, channels_last=False),
        "images in float32, not in bytes": kit(images, where, in_bytes=False),
    }
    if device.precision(SETTINGS, where) != torch.float32:
        contenders["float32, not bfloat16"] = kit(images, where, precision="float32")
    measured = in_turn(contenders, where, repeats)
    for name, each in measured.items():
        print(f"  {name}: {each:.2f} s, {each / measured['as it is']:.2f} times")
    compiled = kit(images, where, compiled=True)
    try:
        first = seconds(compiled.epoch, where)
    except Exception as error:  # without a compiler, say; whatever it is, the rest can still be measured
        print(f"  torch.compile: not available here ({type(error).__name__})")
        return
    measured = in_turn({"as it is": contenders["as it is"], "compiled": compiled}, where, repeats)
    ratio = measured["compiled"] / measured["as it is"]
    print(
        f"  torch.compile: {measured['compiled']:.2f} s, {ratio:.2f} times; "
        f"compiling took {first - measured['compiled']:.0f} s"
    )


@click.command()
@click.option("--data", "path", default="digits", show_default=True, help="digits, cifar10, or PATH.npz.")
@click.option("--images", "count", type=click.IntRange(128), help="Per epoch. [default: 2000; GPU: 50000]")
@click.option("--device", "wanted", default="auto", show_default=True)
@click.option("--repeats", default=3, show_default=True)
@click.option("--workers", default=None, type=int, help="Of the DataLoader. [default: 0; GPU: 2]")
@click.option("--runs", default=None, type=int, help="At once. [default: the cores; GPU: 3]")
def main(
    path: str, count: int | None, wanted: str, repeats: int, workers: int | None, runs: int | None
) -> None:
    """Print the comparison."""
    where = device.choose(wanted)
    on_gpu = where != "cpu"
    count = count or (50_000 if on_gpu else 2_000)
    workers = workers if workers is not None else 2 * on_gpu
    runs = runs or (3 if on_gpu else cores.available())
    images, others = read(path, count)
    name = torch.cuda.get_device_name(where) if where.startswith("cuda") else where
    print(
        f"{name}, {cores.available()} cores, PyTorch {torch.__version__}, {count:,} images an epoch, "
        f"batch {SETTINGS.batch_size}"
    )
    contenders = {"kit": kit(images, where), "tutorial": tutorial(images, where, workers)}
    measured = in_turn(contenders, where, repeats)
    print(f"the kit's loop: {measured['kit']:.2f} s an epoch")
    print(f"a tutorial's (DataLoader, {workers} workers, float32): {measured['tutorial']:.2f} s an epoch")
    print(f"ratio: {measured['tutorial'] / measured['kit']:.2f}")
    rates = [f"{accuracy(one.model, others, where):.1%}" for one in contenders.values()]
    print(f"accuracy on {len(others.y):,} other images after {repeats + 1} epochs: {' and '.join(rates)}")
    report_peak(measured["kit"], count, where)
    print("the kit's loop, one habit changed at a time:")
    report_habits(images, where, repeats)
    together, alone = at_once(images, where, runs, repeats), one_run(images, where, repeats)
    print(f"{runs} runs at once: {runs * alone / together:.2f} times as fast as one after the other")


if __name__ == "__main__":
    main()
