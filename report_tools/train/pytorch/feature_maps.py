"""Keep from a trained network what figures show: its filters, and the feature maps of one image."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from autograder.common.errors import UserError
from report_tools.plan.cnn import Cnn
from report_tools.train.data import Array
from report_tools.train.pytorch import softmax_trap
from report_tools.train.store import Job, Run, Store

SOME_ROWS = 16  # of the validation split


class FirstAndLast:
    """The first and the last convolution that an image goes through, and what they make of it."""

    def __init__(self, model: nn.Module, image: Tensor) -> None:
        """Send one image (1, channels, side, side) through the model, in eval mode."""
        self.seen: list[tuple[nn.Conv2d, Tensor]] = []
        convolutions = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
        hooks = [module.register_forward_hook(self._note) for module in convolutions]
        model.eval()
        try:
            with torch.no_grad():
                model(image)
        finally:
            for hook in hooks:
                hook.remove()
        if not self.seen:
            raise UserError(
                'the network has no convolution whose filters could be kept; set shown_image="none".'
            )

    def _note(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        assert isinstance(module, nn.Conv2d)
        # In the order in which the image meets them, whatever the order of the attributes is.
        self.seen.append((module, output))


def look(job: Job, run: Run, model: nn.Module, prepare: nn.Module, images: Callable[[slice], Tensor]) -> None:
    """Note what only a trained network shows: whether it ends in softmax, and what figures need of it.

    images: gives rows of the validation split as scaled pixels.  All of it in eval mode.
    """
    settings = job.settings
    assert isinstance(settings, Cnn)
    with torch.no_grad():
        outputs = model(prepare(images(slice(0, SOME_ROWS))))
    if remark := softmax_trap.remark(outputs):
        run.facts["remarks"] = [*run.facts.get("remarks", []), remark]
    if settings.shown_image == "none":
        return
    image = images(slice(settings.shown_image, settings.shown_image + 1))
    if not len(image):
        raise UserError(
            f"shown_image={settings.shown_image}: the validation split has {run.rows['valid']} images, "
            "counted from 0."
        )
    Store(Path(job.folder)).write_arrays(run.key, arrays(model, prepare(image), image))
    run.keeps_arrays = True


def arrays(model: nn.Module, prepared: Tensor, image: Tensor) -> dict[str, Array]:
    """Send one image through the model, as it was prepared for it; return the arrays by name.

    image (channels, side, side): as it was.
    filters_first (F, channels, k, k), filters_last (F, k, k): of the first and of the last convolution;
    of the last one means over its channels, which are too many for colours.
    maps_first, maps_last (F, h, w): right after the convolution, in float16, finer than any picture.
    """
    seen = FirstAndLast(model, prepared).seen
    (first, first_map), (last, last_map) = seen[0], seen[-1]
    return {
        "image": _numpy(image[0]),
        "filters_first": _numpy(first.weight),
        "filters_last": _numpy(last.weight.mean(dim=1)),
        "maps_first": _numpy(first_map[0]).astype(np.float16),
        "maps_last": _numpy(last_map[0]).astype(np.float16),
    }


def _numpy(tensor: Tensor) -> Array:
    array: Array = tensor.detach().float().cpu().numpy()
    return array
