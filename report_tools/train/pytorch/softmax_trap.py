"""Recognise a network whose outputs went through softmax before a loss that applies it again."""

import math

import torch
from torch import Tensor

TOLERANCE = 1e-2  # bfloat16 has three digits


def lowest_loss(n_classes: int) -> float:
    """Return the loss of a perfect answer after two softmaxes: ln(e + C - 1) - 1, 1.4612 for ten classes."""
    return math.log(math.e + n_classes - 1) - 1


def remark(outputs: Tensor) -> str:
    """Say it in one sentence if the outputs (N, C) are probabilities in every row; else return ""."""
    sums = outputs.float().sum(dim=1)  # (N,)
    are_probabilities = bool((outputs >= 0).all()) and torch.allclose(
        sums, torch.ones_like(sums), atol=TOLERANCE
    )
    if not are_probabilities:
        return ""
    lowest = lowest_loss(outputs.shape[1])
    return (
        "The network ends in a softmax, and the cross-entropy applies one itself: such a loss never falls "
        f"below {lowest:.4f} per example, and cannot be compared with others. Let forward return the logits."
    )
