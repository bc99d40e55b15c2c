"""Say which data set a run uses."""

import msgspec


class DataSource(msgspec.Struct, frozen=True):
    """A data set and how it is split, without its images.

    path: of the .npz file; empty for the bundled digits.
    sha256: of images and labels, so that a renamed or repacked file is the same data set.
    comparable: the labels are those that the edition's published numbers were computed with.
    valid_one_in: the last row in so many of the training images are the validation split.
    """

    name: str
    path: str
    sha256: str
    comparable: bool
    valid_one_in: int
