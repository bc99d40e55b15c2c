"""The settings of runs of the student's own multilayer perceptron."""

import itertools
import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from report_tools.plan.settings import (
    ELSEWHERE,
    Activation,
    Count,
    CountOrZero,
    Engine,
    Positive,
    RunSettings,
    Student,
    Words,
)

STUDENT = Student("mlp", "NN", given=("compute_loss_and_accuracy",))


class Mlp(RunSettings, frozen=True, tag="mlp", kw_only=True):
    """A training of the student's NN.

    initialization: "glorot" is the student's own initialize_weights; "input" is U(-1/√D, 1/√D) in every
    layer, for D inputs of the first.
    log: "iteration" notes every batch, and trains by the kit's own loop, on whole batches alone.
    """

    engine: ClassVar[Engine] = Engine(
        "student.mlp:train",
        ("student.mlp", "student.iterations", "student.student_class", "data"),
        student=STUDENT,
    )

    hidden_dims: Annotated[
        tuple[Count, ...], Meta(min_length=1), Words("hidden layers", phrase="{}", caption="")
    ]
    activation: Annotated[Activation, Words(phrase="{}")]
    initialization: Annotated[
        Literal["zero", "normal", "glorot", "input"], Words("initialisation", "{}", "{} initialisation")
    ]
    log: Annotated[Literal["epoch", "iteration"], Words(caption="numbers of each {}")] = "epoch"
    epsilon: Annotated[Positive, Words(phrase="epsilon {:g}")] = 1e-6

    def multiplications(self, image_shape: tuple[int, ...], n_classes: int) -> int:
        """Count the multiplications of one forward pass of one image."""
        sizes = [math.prod(image_shape), *self.hidden_dims, n_classes]
        return sum(a * b for a, b in itertools.pairwise(sizes))

    def shown(self, n_train: int) -> frozenset[str]:
        """Name the settings of which another value must change the losses; see RunSettings."""
        keys = {"lr", "initialization"} | ({"batch_size"} if self.batch_size < n_train else set())
        if self.initialization != "zero":
            return frozenset(keys | {"hidden_dims", "activation", "seed"})
        # From zero weights nothing random follows; and where 0 stays 0, only the last bias learns,
        # whatever lies before it.
        return frozenset(keys | ({"hidden_dims", "activation"} if self.activation == "sigmoid" else set()))

    @classmethod
    def network(cls, shared: Mapping[str, Any]) -> str:
        """Name the network in a caption, from the settings, as plain data, that all runs of it share."""
        if "hidden_dims" not in shared:
            return "Multilayer perceptrons"
        sizes = "-".join(map(str, shared["hidden_dims"]))
        return f"Multilayer perceptron with hidden layers {sizes} and softmax"


class GradientCheck(Mlp, frozen=True, tag="gradient-check", kw_only=True):
    """A training of the student's NN, and then a comparison of its gradient with finite differences.

    weight, n_elements: the first elements of this array in row-major order.
    sample: row of the training split; "auto" takes the row with the most informative gradient.
    at_init: check before the first update instead of after the last.
    n_values: the step is 1 / N for each of these N.
    """

    engine: ClassVar[Engine] = Engine(
        "student.gradient_check:check",
        ("student.gradient_check", "student.mlp", "student.student_class", "data"),
        student=STUDENT,
    )

    n_values: Annotated[tuple[Positive, ...], Meta(min_length=2), ELSEWHERE]
    weight: Annotated[
        str,
        Meta(pattern="^[Wb][1-9][0-9]*$", description='weights or a bias, such as "W2" or "b1"'),
        ELSEWHERE,
    ] = "W2"
    n_elements: Annotated[Count, ELSEWHERE] = 10
    sample: Annotated[CountOrZero | Literal["auto"], ELSEWHERE] = "auto"
    at_init: Annotated[bool, ELSEWHERE] = False
