"""Choose how the weights move: the optimizer, and its learning rate from epoch to epoch."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer, lr_scheduler

from report_tools.plan.cnn import Cnn
from report_tools.plan.training import Exponential, Plateau


def make_optimizer(settings: Cnn, parameters: Iterable[nn.Parameter]) -> Optimizer:
    """Make the optimizer; all that the recipe does not say is PyTorch's default."""
    if settings.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=settings.lr, weight_decay=settings.weight_decay)
    return torch.optim.SGD(
        parameters, lr=settings.lr, momentum=settings.momentum, weight_decay=settings.weight_decay
    )


class Rate:
    """The learning rate of an optimizer, which a schedule changes after each epoch."""

    def __init__(self, settings: Cnn, optimizer: Optimizer):
        self.optimizer = optimizer
        schedule = settings.schedule
        self.exponential = self.plateau = None
        if isinstance(schedule, Exponential):
            self.exponential = lr_scheduler.ExponentialLR(optimizer, schedule.factor)
        elif isinstance(schedule, Plateau):
            self.plateau = lr_scheduler.ReduceLROnPlateau(
                optimizer, factor=schedule.factor, patience=schedule.patience
            )

    def state_dict(self) -> dict[str, Any]:
        """Return what the schedule depends on; the rate itself is part of the optimizer."""
        schedule = self.exponential or self.plateau
        return dict(schedule.state_dict()) if schedule else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from such a state."""
        schedule = self.exponential or self.plateau
        if schedule:
            schedule.load_state_dict(state)

    @property
    def now(self) -> float:
        """Return the rate of the epoch that is being done."""
        return float(self.optimizer.param_groups[0]["lr"])

    def end_epoch(self, valid_loss: float) -> None:
        """Go on to the rate of the next epoch."""
        if self.exponential is not None:
            self.exponential.step()
        if self.plateau is not None:
            self.plateau.step(valid_loss)
