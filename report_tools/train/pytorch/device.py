"""Choose where PyTorch computes, and how precisely."""

from typing import Any

import torch

from autograder.common.errors import UserError
from report_tools.plan.cnn import Cnn
from report_tools.train import checkpoint

COMPILE_SECONDS = (
    40  # what torch.compile takes for a network of this size, an assumption to replace by a measurement
)
COMPILE_GAIN = 0.3  # the share of an epoch that it saves, likewise


def choose(wanted: str) -> str:
    """Return the device for "auto" or a name; raises UserError if PyTorch cannot use it here."""
    if wanted == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.zeros(1, device=wanted)
    except (RuntimeError, AssertionError, NotImplementedError):
        raise UserError(
            f"--device {wanted}: PyTorch cannot use this device; use --device cpu or auto."
        ) from None
    return wanted


def precision(settings: Cnn, device: str) -> torch.dtype:
    """Return the type in which products are computed; weights and sums stay float32."""
    if settings.precision == "auto":
        fast = device.startswith("cuda") and torch.cuda.is_bf16_supported()
        return torch.bfloat16 if fast else torch.float32
    return torch.bfloat16 if settings.precision == "bfloat16" else torch.float32


def compile_pays(settings: Cnn, device: str, epochs_left: int, epoch_seconds: float) -> bool:
    """Say whether compiling now saves more time in the epochs left than it takes."""
    if settings.compile != "auto":
        return settings.compile == "yes"
    return device.startswith("cuda") and epochs_left * epoch_seconds * COMPILE_GAIN > COMPILE_SECONDS


def forget_peak_memory(device: str) -> None:
    """Begin to measure the memory of a GPU anew."""
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)


def peak_memory(device: str) -> float | None:
    """Return the most memory that tensors took on a GPU, in GiB; None elsewhere."""
    return torch.cuda.max_memory_allocated(device) / 2**30 if device.startswith("cuda") else None


def random_state(device: str) -> dict[str, Any]:
    """Return the states of all generators that a training may draw from, its own network's among them."""
    state = {"torch": torch.get_rng_state(), **checkpoint.random_state()}
    if device.startswith("cuda"):
        state["cuda"] = torch.cuda.get_rng_state(device)
    if device == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def put_back_random_state(device: str, state: dict[str, Any]) -> None:
    """Have all generators go on from such states."""
    torch.set_rng_state(state["torch"])
    checkpoint.put_back_random_state(state)
    if device.startswith("cuda"):
        torch.cuda.set_rng_state(state["cuda"], device)
    if device == "mps":
        torch.mps.set_rng_state(state["mps"])


def synchronize(device: str) -> None:
    """Wait until a GPU is done, so that a clock read now says the truth."""
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
