"""The settings of runs of a convolutional network in PyTorch."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from report_tools.plan import geometry, own_module
from report_tools.plan.layers import Conv, Layer, Linear
from report_tools.plan.settings import (
    ELSEWHERE,
    Activation,
    CountOrZero,
    Engine,
    NotNegative,
    Positive,
    RunSettings,
    Share,
    Words,
)
from report_tools.plan.training import (
    Augmentation,
    Crop,
    Schedule,
    say_augmentations,
    say_schedule,
    say_standardization,
)

OWN_CLASS = r"^$|^[^:/\\]+\.py:\w+$"
Probe = Literal["receptive-field", "shift", "samples", "equivalence", "dropout"]
ROOM = (
    "cnn", "convnet", "preparation", "augmentation", "statistics", "optimization", "probes",
    "receptive_field", "network", "own_network", "feature_maps", "torch_state",
)  # fmt: skip
MODULES = (*(f"pytorch.{module}" for module in ROOM), "data")


class Cnn(RunSettings, frozen=True, tag="cnn", kw_only=True):
    """A training of a network in PyTorch by stochastic gradient descent, or by Adam.

    The network is a list of layers, or a class of its own: module = "mynet.py:Net".

    The images are, in this order, augmented (in training only), standardised, made noisy (in
    training only), resized and permuted.

    schedule: how the learning rate changes after an epoch; without one it stays.
    dropout: probability before each fully connected layer; as one of the layers it stands where you
    put it.  batch_norm: after each convolution.
    standardize: "channel" and "zca" subtract and divide by what is computed from the training split
    alone, "image" gives each channel of each image mean 0 and deviation 1.
    zca_epsilon: added to the variances before ZCA divides by their roots.
    noise: standard deviation of the Gaussian noise added to the training pixels.
    resize: the side that images are brought to; 0 leaves them.
    permute: all images have their pixels in another order, one and the same, drawn from the seed.
    probes: what is looked at when training is over; without training (0 epochs), at the start.
    shown_image: of this image of the validation split the feature maps are kept after training, and
    with them the filters.
    patience: stop after so many epochs without a lower validation loss; the numbers of the best
    epoch are then the final ones.  0 never stops.
    precision: "auto" is bfloat16 on a GPU that has it, float32 elsewhere.
    compile: "auto" compiles on a GPU if the run is long enough to earn the time back.
    """

    engine: ClassVar[Engine] = Engine("pytorch.cnn:train", MODULES, uses_torch=True)

    layers: Annotated[tuple[Layer, ...], ELSEWHERE] = ()
    module: Annotated[
        str,
        Meta(pattern=OWN_CLASS, description='a Python file and its class, such as "mynet.py:Net"'),
        Words(caption=""),
    ] = ""
    activation: Annotated[Activation, Words(phrase="{}", always=True)] = "relu"
    optimizer: Annotated[Literal["sgd", "adam"], Words(phrase="{}")] = "sgd"
    momentum: Share = 0
    schedule: Annotated[Schedule | None, Words(say=say_schedule)] = None
    weight_decay: NotNegative = 0
    dropout: Share = 0
    batch_norm: bool = False
    augment: Annotated[tuple[Augmentation, ...], Words("augmentation", say=say_augmentations)] = ()
    standardize: Annotated[
        Literal["no", "channel", "image", "zca"], Words("standardisation", say=say_standardization)
    ] = "no"
    zca_epsilon: Annotated[Positive, Words("epsilon of ZCA", "ε {:g}")] = 0.01
    noise: NotNegative = 0
    resize: Annotated[CountOrZero, Words("side", "side {}")] = 0
    permute: Annotated[bool, Words("permuted pixels")] = False
    probes: Annotated[tuple[Probe, ...], ELSEWHERE] = ()
    shown_image: Annotated[CountOrZero | Literal["none"], ELSEWHERE] = "none"
    patience: CountOrZero = 0
    precision: Annotated[Literal["auto", "float32", "bfloat16"], ELSEWHERE] = "auto"
    compile: Annotated[Literal["auto", "yes", "no"], ELSEWHERE] = "auto"

    def __post_init__(self) -> None:
        """Refuse what would be ignored without a word."""
        if self.optimizer == "adam" and self.momentum:
            raise ValueError("momentum belongs to sgd; Adam has its own")
        if bool(self.layers) == bool(self.module):
            raise ValueError("a network is either a list of layers or a module, FILE.py:Class")
        if self.module and (self.dropout or self.batch_norm):
            raise ValueError("dropout and batch_norm belong to layers; a module has its own")
        if self.module and self.probes:
            raise ValueError("probes look at a list of layers, not into a module")

    def input_side(self, side: int) -> int:
        """Return the side of the images that the network sees, for data whose images have this one."""
        cuts = [one.size for one in self.augment if isinstance(one, Crop) and one.size]
        return self.resize or (cuts[-1] if cuts else side)

    def multiplications(self, image_shape: tuple[int, ...], n_classes: int) -> int:
        """Count the multiplications of one forward pass of one image; what a module does is not known."""
        channels = image_shape[2] if len(image_shape) > 2 else 1
        count = 0
        for layer, before, after in geometry.follow(self.layers, channels, self.input_side(image_shape[0])):
            # Each weight of a filter is used once for every place that the filter is put.
            places = after.side**2 if isinstance(layer, Conv) else 1
            count += geometry.n_weights(layer, before) * places
        return count

    def shown(self, n_train: int) -> frozenset[str]:
        """Name the settings of which another value must change the losses; see RunSettings."""
        n_linear = sum(isinstance(layer, Linear) for layer in self.layers)
        has_conv = any(isinstance(layer, Conv) for layer in self.layers)
        used = {
            "batch_size": self.batch_size < n_train,
            "activation": has_conv or n_linear > 1,  # the last layer has none
            "batch_norm": has_conv,
            "dropout": n_linear > 0,
        }
        always = ("lr", "optimizer", "momentum", "weight_decay", "noise", "seed")
        return frozenset({*always, *(key for key, is_used in used.items() if is_used)})

    @classmethod
    def unsaid(cls, shared: Mapping[str, Any]) -> frozenset[str]:
        """Leave out the activation where a module has its own, or where networks differ."""
        return frozenset() if shared.get("module") == "" else frozenset({"activation"})

    @property
    def looks_at_images(self) -> bool:
        """Say whether its numbers depend on a data set: those of a layer table do not."""
        return bool(self.epochs or self.probes)

    def own_files(self, solution: Path) -> tuple[Path, ...]:
        """Name the file of the module."""
        return (own_module.find(self.module, solution),) if self.module else ()

    @classmethod
    def network(cls, shared: Mapping[str, Any]) -> str:
        """Name the network in a caption, from the settings, as plain data, that all runs of it share."""
        if shared.get("module"):
            file, _, name = shared["module"].partition(":")
            return f"{name} of {file}"
        if not shared.get("layers"):
            return "Networks"
        if all(layer["type"] in ("linear", "dropout") for layer in shared["layers"]):
            return "Perceptron with layers " + "-".join(
                str(each["out"]) for each in shared["layers"] if "out" in each
            )
        return "CNN " + ", ".join(_layer(layer) for layer in shared["layers"])


def _layer(layer: dict[str, Any]) -> str:
    if layer["type"] == "conv":
        return f"conv {layer['out']} k{layer['kernel']} s{layer['stride']} p{layer['padding']}"
    words = {"pool": "max-pool {kernel}", "linear": "linear {out}", "dropout": "dropout {p:g}"}
    return words[layer["type"]].format(**layer)
