"""Say which data set a run uses."""

from typing import Annotated

import msgspec
from msgspec import Meta

from autograder import ROOT
from autograder.common import toml_file
from autograder.common.errors import UserError
from report_tools.plan.settings import Count, StrictTable

N_CLASSES = 10  # of every data set here
DATA_SETS = ROOT / "report_tools" / "recipes" / "data.toml"


class DataSet(StrictTable, frozen=True):
    """A public data set: a table of recipes/data.toml.

    torchvision: the class of torchvision.datasets that downloads it and checks what came.
    image_shape: height and width, and the number of channels where there are several.
    n_train, n_test: rows of its two parts.
    labels_sha256: of the training labels, then the test labels, as bytes; by it a file is recognised
    whatever its name.  Without it, by the number and the shape of its images.
    """

    title: str
    torchvision: str
    image_shape: Annotated[tuple[Count, ...], Meta(min_length=2, max_length=3)]
    n_train: Count
    n_test: Count
    labels_sha256: str = ""


class DataSource(msgspec.Struct, frozen=True):
    """A data set and how it is split, without its images.

    path: of the .npz file; empty for the bundled digits.
    image_shape: of its images; the digits are enlarged to it.
    sha256: of images and labels, so that a renamed or repacked file is the same data set.
    comparable: it is the data set that the published numbers were computed with.
    valid_one_in: the last row in so many of the training images are the validation split; 0: the
    test images are.
    """

    name: str
    path: str
    image_shape: tuple[int, ...]
    sha256: str
    comparable: bool
    valid_one_in: int


# Of runs that make their own examples.
NO_IMAGES = DataSource("points of its own", "", (), "", comparable=True, valid_one_in=0)


def data_sets() -> dict[str, DataSet]:
    """Read the data sets that are known by name."""
    tables = toml_file.read(DATA_SETS)
    return toml_file.convert(tables, dict[str, DataSet], DATA_SETS.name)


def data_set(name: str, source: str) -> DataSet:
    """Return a data set by its name; raises UserError that begins with `source` if there is none."""
    known = data_sets()
    if name not in known:
        raise UserError(f"{source}: there is no data set {name!r}; {DATA_SETS.name} has {', '.join(known)}.")
    return known[name]
