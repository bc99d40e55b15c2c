"""Build a network from a PyTorch class that a recipe names, and list what it holds."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from autograder.common.errors import UserError
from report_tools.plan import own_module
from report_tools.train import loading
from report_tools.train.pytorch.convnet import size, words

RESIZING = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
INDENT = "\u2003"  # an em space: Markdown, LaTeX and Typst drop ordinary ones


def build(module: str, solution: str, channels: int, side: int, n_classes: int) -> nn.Module:
    """Make the network of "FILE.py:Class" for images (N, channels, side, side).

    Its constructor gets those of channels, side and n_classes that it names.
    Raises UserError with one sentence if the class or its output is not as it must be.
    """
    path, name = own_module.find(module, Path(solution)), module.partition(":")[2]
    made = loading.load(str(path), name, as_graded=False)  # PyTorch is what it is about
    if not issubclass(made, nn.Module):
        raise UserError(f"{path.name}: {name} is not a subclass of torch.nn.Module.")
    given = _accepted(made, {"channels": channels, "side": side, "n_classes": n_classes})
    call = f"{name}({', '.join(f'{key}={value}' for key, value in given.items())})"
    with _one_sentence(f"{path.name}: {call} fails"):
        model: nn.Module = made(**given)
    _check_output(model, path, (2, channels, side, side), n_classes)
    return model


def _accepted(made: type, offered: dict[str, int]) -> dict[str, int]:
    known = inspect.signature(made).parameters.values()
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in known):
        return offered
    names = {each.name for each in known}
    return {key: value for key, value in offered.items() if key in names}


@contextmanager
def _one_sentence(beginning: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # it is somebody else's code: anything may come
        first_line = (str(error).strip().splitlines() or [""])[0].rstrip(".")
        raise UserError(f"{beginning}: {type(error).__name__}: {first_line}.") from error


def _check_output(model: nn.Module, path: Path, shape: tuple[int, ...], n_classes: int) -> None:
    """Send two images of zeros through, so that a wrong size is a sentence and not a traceback."""
    with _one_sentence(f"{path.name}: the network fails for images of shape {shape}"):
        out, _ = _outputs(model, shape)
    if not isinstance(out, Tensor) or out.shape != (shape[0], n_classes):
        got = f"shape {tuple(out.shape)}" if isinstance(out, Tensor) else type(out).__name__
        raise UserError(
            f"{path.name}: forward must return logits of shape (N, {n_classes}); for N = {shape[0]} "
            f"it returned {got}."
        )


def _outputs(model: nn.Module, shape: tuple[int, ...]) -> tuple[Any, dict[int, Tensor]]:
    """Return what the model makes of images of zeros, and what each of its modules does, by its id."""
    outputs: dict[int, Tensor] = {}

    def note(module: nn.Module, inputs: Any, output: Any) -> None:
        if isinstance(output, Tensor):
            outputs[id(module)] = output

    hooks = [module.register_forward_hook(note) for module in model.modules()]
    # On the meta device a network is built without memory for its weights.
    where = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    was_training = model.training
    model.eval()  # batch norm must not learn from images of zeros
    try:
        with torch.no_grad():
            return model(torch.zeros(shape, device=where)), outputs
    finally:
        model.train(was_training)
        for hook in hooks:
            hook.remove()


def layer_table(model: nn.Module, channels: int, side: int) -> list[dict[str, Any]]:
    """List the modules as they are nested, with the output that PyTorch gives for one image.

    Each row has layer, output (channels × height × width) and parameters; a module that holds others
    has none of its own there, so that the column adds up.
    """
    _, outputs = _outputs(model, (1, channels, side, side))
    own = sum(parameter.numel() for parameter in model.parameters(recurse=False))
    above = [{"layer": type(model).__name__, "output": "", "parameters": own}] if own else []
    return above + list(_rows(model, outputs, 0))


def _rows(module: nn.Module, outputs: dict[int, Tensor], depth: int) -> Iterator[dict[str, Any]]:
    for name, child in module.named_children():
        holds_others = any(True for _ in child.children())
        own = sum(parameter.numel() for parameter in child.parameters(recurse=not holds_others))
        if not (holds_others or own or isinstance(child, RESIZING)):
            continue  # an activation, say: neither parameters nor another size
        output = outputs.get(id(child))
        yield {
            "layer": f"{INDENT * depth}{name}: {type(child).__name__ if holds_others else words(child)}",
            "output": size(output) if output is not None else "",
            "parameters": own if own or not holds_others else None,
        }
        yield from _rows(child, outputs, depth + 1)
