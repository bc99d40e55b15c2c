"""Look at a network after its training, or before it: what a recipe names in `probes`.

Each probe returns what the store keeps of it under its name, for one kind of figure or table.
"""

import base64
import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from report_tools.plan.cnn import Cnn, Probe
from report_tools.train.pytorch.receptive_field import side_by_gradient, windows

IMAGES = 1000  # of the validation split
FIELD_IMAGES = 200
SHIFTS = range(9)  # pixels
SAMPLES = 8
MASKS = 500

# The network, what prepares its images, the settings, and scaled images (N, channels, side, side).
Look = Callable[[nn.Sequential, nn.Module, Cnn, Tensor], Any]


def look(model: nn.Sequential, prepare: nn.Module, settings: Cnn, images: Tensor) -> dict[str, Any]:
    """Do every probe that the settings name; the network is left as it was, in evaluation mode."""
    found: dict[str, Any] = {}
    for name in settings.probes:
        model.eval()
        prepare.eval()
        found[name] = PROBES[name](model, prepare, settings, images)
    model.eval()
    return found


def receptive_field(model: nn.Sequential, prepare: nn.Module, settings: Cnn, images: Tensor) -> Any:
    """Return for the middle unit after each convolution and pooling how much each pixel matters to it.

    map: (side, side), the mean over images and channels of the derivative's absolute value, as a share
    of the largest.  side: of the field by the rule; centre: the pixel in its middle.
    """
    x = prepare(images[:FIELD_IMAGES]).requires_grad_()
    found, y, passed = [], x, []
    for module in model:
        y = module(y)
        if not isinstance(module, nn.Conv2d | nn.MaxPool2d):
            continue
        passed.append(module)
        middle = y.shape[-1] // 2
        (gradient,) = torch.autograd.grad(y[:, :, middle, middle].sum(), x, retain_graph=True)
        strength = gradient.abs().mean(dim=(0, 1))
        strength = strength / strength.max().clamp_min(1e-30)
        found.append(
            {
                "layer": "conv" if isinstance(module, nn.Conv2d) else "pool",
                "map": [[round(float(value), 4) for value in row] for row in strength],
                "side": side_by_gradient(windows(passed)),
                "centre": _centre(passed, middle),
            }
        )
    return found


def _centre(passed: list[nn.Module], unit: int) -> float:
    """Return the coordinate of the input pixel, or between two, around which the field of a unit lies."""
    first = last = unit
    for kernel, stride, padding in reversed(windows(passed)):
        first, last = first * stride - padding, last * stride - padding + kernel - 1
    return (first + last) / 2


@torch.no_grad()
def shift(model: nn.Sequential, prepare: nn.Module, settings: Cnn, images: Tensor) -> Any:
    """Return for each shift to the right, in pixels, what becomes of the answers and of the features.

    changed: the share of images whose answer is another one.  moved: by how much the input of the first
    linear layer changes, relative to its length.  What leaves the image is lost, and black comes in.
    """
    features, answers = _features(model, prepare(images)), None
    rows = []
    for distance in SHIFTS:
        moved = functional.pad(images, (distance, 0))[..., : images.shape[-1]]
        x = prepare(moved)
        now, answer = _features(model, x), model(x).argmax(dim=1)
        answers = answer if answers is None else answers
        length = features.norm(dim=1).clamp_min(1e-12)
        rows.append(
            {
                "shift": distance,
                "changed": float((answer != answers).float().mean()),
                "moved": float(((now - features).norm(dim=1) / length).mean()),
            }
        )
    return rows


def _features(model: nn.Sequential, x: Tensor) -> Tensor:
    """Return what the first linear layer gets, or the end of a network without one: (N, units)."""
    for module in model:
        if isinstance(module, nn.Linear):
            break
        x = module(x)
    return x.flatten(1)


@torch.no_grad()
def samples(model: nn.Sequential, prepare: nn.Module, settings: Cnn, images: Tensor) -> Any:
    """Return the first images as they are, and as the network sees them in training.

    Both are bytes (N, side, side, channels) in base64.  Standardised pixels go below 0: each image is
    stretched to the range from black to white.
    """
    images = images[:SAMPLES]
    prepare.train()
    seen = prepare(images)
    if settings.standardize != "no":
        low, high = seen.amin((1, 2, 3), keepdim=True), seen.amax((1, 2, 3), keepdim=True)
        seen = (seen - low) / (high - low).clamp_min(1e-12)
        return {"before": _bytes(images * settings.pixel_scale / 255), "after": _bytes(seen)}
    scale = settings.pixel_scale / 255
    return {"before": _bytes(images * scale), "after": _bytes(seen * scale)}


def _bytes(images: Tensor) -> dict[str, Any]:
    pixels = (images.clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return {"shape": list(pixels.shape), "pixels": base64.b64encode(pixels.tobytes()).decode()}


@torch.no_grad()
def equivalence(model: nn.Sequential, prepare: nn.Module, settings: Cnn, images: Tensor) -> Any:
    """Compare the linear layers with convolutions that have their weights; both must give the same."""
    x = prepare(images[:64])
    largest = float((model(x).flatten(1) - as_convolutions(model, x)(x).flatten(1)).abs().max())
    what = "the linear layers as convolutions, largest difference of an output"
    return [_check(what, largest, "below 1e-5", largest < 1e-5)]


def as_convolutions(model: nn.Sequential, x: Tensor) -> nn.Sequential:
    """Return the network with each linear layer replaced by a convolution that has its weights.

    The first one's kernel is as large as the image that it gets, the others' kernel is 1.  Larger images
    than x then give not one answer, but one for each place.
    """
    modules: list[nn.Module] = []
    for module in model:
        if isinstance(module, nn.Flatten):
            continue
        if isinstance(module, nn.Linear):
            channels, side = x.shape[1], x.shape[2]
            conv = nn.Conv2d(channels, module.out_features, side).to(module.weight.device)
            conv.weight.data = module.weight.data.reshape(conv.weight.shape).clone()
            conv.bias.data = module.bias.data.clone()
            modules.append(conv)
        else:
            modules.append(copy.deepcopy(module))
        x = modules[-1](x)
    return nn.Sequential(*modules).eval()


@torch.no_grad()
def dropout(model: nn.Sequential, prepare: nn.Module, settings: Cnn, images: Tensor) -> Any:
    """Show what dropout does in its two modes: the same images twice, and the mean over many masks."""
    places = [k for k, module in enumerate(model) if isinstance(module, nn.Dropout)]
    if not places:
        return []
    # What comes before the first mask is always the same.
    x, model = model[: places[0]](prepare(images[:64])), model[places[0] :]
    right = model(x)
    again = float((model(x) - right).abs().max())
    for module in model:
        module.train(isinstance(module, nn.Dropout))  # batch norm must not learn from these images
    twice = float((model(x) - model(x)).abs().max())
    outputs = torch.stack([model(x) for _ in range(MASKS)])  # (masks, N, classes)
    error = float((outputs.mean(dim=0) - right).abs().mean())
    noise = float(outputs.std(dim=0).mean())
    # Before the last layer, dropout keeps the mean; the mean over masks is then off by noise / sqrt(masks).
    bound = 3 * noise / MASKS**0.5
    return [
        _check("evaluation mode: the same images twice, largest difference", again, "0", again == 0),
        _check("training mode: the same images twice, largest difference", twice, "above 0", twice > 0),
        _check(
            f"mean over {MASKS} masks against evaluation mode, mean difference",
            error, f"below {bound:.2g}, three standard errors", error < bound,
        ),
    ]  # fmt: skip


def _check(what: str, value: float, expected: str, holds: bool) -> dict[str, Any]:
    return {"check": what, "value": value, "expected": expected, "holds": holds}


PROBES: dict[Probe, Look] = {
    "receptive-field": receptive_field,
    "shift": shift,
    "samples": samples,
    "equivalence": equivalence,
    "dropout": dropout,
}
