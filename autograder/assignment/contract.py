"""Hold what the handout fixes about `class NN`: its functions, their parameters, who uses whom."""

# The parameters of every function, in order; `grad` and `n_epochs` are passed by position too.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "initialize_weights": ("dims",),
    "relu": ("x", "grad"),
    "sigmoid": ("x", "grad"),
    "tanh": ("x", "grad"),
    "softmax": ("x",),
    "activation": ("x", "grad"),
    "forward": ("x",),
    "backward": ("cache", "labels"),
    "loss": ("prediction", "labels"),
    "update": ("grads",),
    "train_loop": ("n_epochs",),
    "compute_loss_and_accuracy": ("X", "y"),
    "evaluate": (),
}

# What students write, in the order of the handout; the rest is given.
GRADED = tuple(name for name in PARAMETERS if name not in ("compute_loss_and_accuracy", "evaluate"))

ACTIVATIONS = ("relu", "sigmoid", "tanh")

# Which graded functions a function may call.  When a check of the one on the left fails, it
# is run again with those on the right answered by the reference: a bug in them must not
# cost points twice.  A function never stands in for itself, nor for one that calls it.
USES: dict[str, tuple[str, ...]] = {
    "activation": ACTIVATIONS,
    "forward": (*ACTIVATIONS, "softmax", "activation"),
    "backward": (*ACTIVATIONS, "activation"),
    "train_loop": tuple(name for name in GRADED if name != "train_loop"),
}

LOG_NAMES = ("train_accuracy", "validation_accuracy", "train_loss", "validation_loss")
