"""Describe one training run: every number that can change its result, and nothing else."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, lt=1)]
Count = Annotated[int, Meta(ge=1)]
CountOrZero = Annotated[int, Meta(ge=0)]
Activation = Literal["relu", "sigmoid", "tanh"]


class StrictTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a recipe, in which an unknown key is a mistake."""


class RunSettings(StrictTable, frozen=True, tag_field="kind", kw_only=True):
    """The settings that every kind of run has.

    pixel_scale: pixels (0 to 255) are divided by it.
    n_train, n_valid: use at most so many rows of the split, the first ones; 0 means all.
    """

    lr: Positive
    batch_size: Count
    seed: CountOrZero
    epochs: CountOrZero
    pixel_scale: Positive = 255
    n_train: CountOrZero = 0
    n_valid: CountOrZero = 0


class Mlp(RunSettings, frozen=True, tag="mlp", kw_only=True):
    """A training of the student's NN.  initialization: "glorot" is the student's own initialize_weights."""

    hidden_dims: Annotated[tuple[Count, ...], Meta(min_length=1)]
    activation: Activation
    initialization: Literal["zero", "normal", "glorot"]
    epsilon: Positive = 1e-6


class GradientCheck(Mlp, frozen=True, tag="gradient-check", kw_only=True):
    """A training of the student's NN, and then a comparison of its gradient with finite differences.

    weight, n_elements: the first elements of this array in row-major order.
    sample: row of the training split; "auto" takes the row with the most informative gradient.
    at_init: check before the first update instead of after the last.
    n_values: the step is 1 / N for each of these N.
    """

    n_values: Annotated[tuple[Positive, ...], Meta(min_length=2)]
    weight: Annotated[str, Meta(pattern="^[Wb][1-9][0-9]*$")] = "W2"
    n_elements: Count = 10
    sample: CountOrZero | Literal["auto"] = "auto"
    at_init: bool = False


class Conv(StrictTable, frozen=True, tag="conv", tag_field="type"):
    """A convolution to `out` channels, followed by the activation."""

    out: Count
    kernel: Count
    stride: Count = 1
    padding: CountOrZero = 0


class Pool(StrictTable, frozen=True, tag="pool", tag_field="type"):
    """A max-pooling layer."""

    kernel: Count


class Linear(StrictTable, frozen=True, tag="linear", tag_field="type"):
    """A fully connected layer to `out` units; the activation follows unless it is the last."""

    out: Count


Layer = Conv | Pool | Linear


class Cnn(RunSettings, frozen=True, tag="cnn", kw_only=True):
    """A training of a convolutional network in PyTorch by stochastic gradient descent.

    dropout: probability before each fully connected layer.  batch_norm: after each convolution.
    noise: standard deviation of the Gaussian noise added to the scaled training pixels.
    patience: stop after so many epochs without a lower validation loss; the numbers of the best
    epoch are then the final ones.  0 never stops.
    precision: "auto" is bfloat16 on a GPU that has it, float32 elsewhere.
    compile: "auto" compiles on a GPU if the run is long enough to earn the time back.
    """

    layers: Annotated[tuple[Layer, ...], Meta(min_length=1)]
    momentum: Share = 0
    activation: Activation = "relu"
    weight_decay: NotNegative = 0
    dropout: Share = 0
    batch_norm: bool = False
    noise: NotNegative = 0
    patience: CountOrZero = 0
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    compile: Literal["auto", "yes", "no"] = "auto"


AnySettings = Mlp | GradientCheck | Cnn
KINDS: dict[str, type[Mlp] | type[GradientCheck] | type[Cnn]] = {
    "mlp": Mlp,
    "gradient-check": GradientCheck,
    "cnn": Cnn,
}
