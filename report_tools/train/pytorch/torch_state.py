"""Hold all that an epoch of PyTorch changes, so that an interrupted training goes on as it was."""

import torch
from torch import nn

from report_tools.plan.cnn import Cnn
from report_tools.train.checkpoint import Checkpoint, State
from report_tools.train.pytorch import device, optimization


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


class Training:
    """All that an epoch changes: weights, optimizer, learning rate, the order of the images, generators."""

    def __init__(self, settings: Cnn, where: str, model: nn.Module):
        self.where, self.model = where, model
        self.optimizer = optimization.make_optimizer(settings, model.parameters())
        self.rate = optimization.Rate(settings, self.optimizer)
        # On the CPU: the same order on every device.
        self.order = torch.Generator().manual_seed(settings.seed)
        self.stopper = Stopper(settings.patience)
        self.stopped = False

    def end_epoch(self, valid_loss: float) -> None:
        """Bring the learning rate to that of the next epoch, and note whether there is to be one."""
        self.stopped = self.stopper.should_stop(valid_loss)
        self.rate.end_epoch(valid_loss)

    def state(self) -> State:
        """Return all of it, for a checkpoint."""
        return State(
            known={},
            objects={
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "rate": self.rate.state_dict(),
                "order": self.order.get_state(),
                "generators": device.random_state(self.where),
                "stopper": vars(self.stopper),
                "stopped": self.stopped,
            },
        )

    def put_back(self, checkpoint: Checkpoint) -> bool:
        """Go on from a checkpoint; return whether there is one."""
        state = checkpoint.restore({})
        if state is None:
            return False
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.rate.load_state_dict(state["rate"])
        self.order.set_state(state["order"])
        device.put_back_random_state(self.where, state["generators"])
        vars(self.stopper).update(state["stopper"])
        self.stopped = state["stopped"]
        return True
