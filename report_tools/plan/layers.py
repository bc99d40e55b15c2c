"""The layers that a recipe can list for a convolutional network."""

from report_tools.plan.settings import Count, CountOrZero, Share, StrictTable


class Conv(StrictTable, frozen=True, tag="conv", tag_field="type"):
    """A convolution to `out` channels, followed by the activation."""

    out: Count
    kernel: Count
    stride: Count = 1
    padding: CountOrZero = 0


class Pool(StrictTable, frozen=True, tag="pool", tag_field="type"):
    """A max-pooling layer, whose windows do not overlap."""

    kernel: Count


class Linear(StrictTable, frozen=True, tag="linear", tag_field="type"):
    """A fully connected layer to `out` units; the activation follows unless it is the last.

    batch_norm: between the two.
    """

    out: Count
    batch_norm: bool = False


class Dropout(StrictTable, frozen=True, tag="dropout", tag_field="type"):
    """Dropout at this very place, with probability `p`."""

    p: Share


Layer = Conv | Pool | Linear | Dropout
