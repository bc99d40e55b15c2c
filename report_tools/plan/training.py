"""How a network is trained in PyTorch: what is done to its images, and how its learning rate changes."""

from typing import Annotated, Any

from msgspec import Meta

from report_tools.plan.settings import Count, CountOrZero, NotNegative, Positive, StrictTable

Degrees = Annotated[float, Meta(ge=0, le=180)]
Turn = Annotated[float, Meta(ge=0, le=0.5)]
Range = tuple[NotNegative, NotNegative]


class Crop(StrictTable, frozen=True, tag="crop", tag_field="type"):
    """A square cut out at a random place.

    padding: so many black pixels are added at each border first.  size: of the square; 0 is the
    size of the image.  Without training it is cut from the middle.
    """

    padding: CountOrZero = 0
    size: CountOrZero = 0


class Flip(StrictTable, frozen=True, tag="flip", tag_field="type"):
    """A mirror image, of a share of the images: left and right, or upside down."""

    vertical: bool = False
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5


class Rotation(StrictTable, frozen=True, tag="rotation", tag_field="type"):
    """A rotation by up to so many degrees to either side; the corners become black."""

    degrees: Degrees


class Jitter(StrictTable, frozen=True, tag="jitter", tag_field="type"):
    """Random colours: brightness and contrast times factors of these ranges, the hue turned.

    hue: by up to this share of the circle of colours, to either side.
    """

    brightness: Range = (1, 1)
    contrast: Range = (1, 1)
    hue: Turn = 0


Augmentation = Crop | Flip | Rotation | Jitter


class Exponential(StrictTable, frozen=True, tag="exponential", tag_field="type"):
    """A learning rate that is multiplied by `factor` after each epoch."""

    factor: Positive


class Plateau(StrictTable, frozen=True, tag="plateau", tag_field="type"):
    """A learning rate that is multiplied by `factor` when the validation loss stops falling.

    patience: so many epochs without a lower loss are waited for.
    """

    factor: Positive = 0.1
    patience: Count = 1


Schedule = Exponential | Plateau


def say_augmentations(plain: list[dict[str, Any]]) -> str:
    """Say what is done to the images, from the settings as plain data."""
    words = {
        "crop": "random crop (padding {padding})",
        "flip": "mirrored ({share:.0%})",
        "rotation": "rotated by up to {degrees:g}°",
        "jitter": "colours changed (brightness {brightness}, contrast {contrast}, hue {hue:g})",
    }
    said = [words[one["type"]].format(**one) for one in plain]
    return f"augmentation: {', '.join(said)}" if said else "no augmentation"


def say_standardization(plain: str) -> str:
    """Say how images are standardised, from the setting as plain data."""
    return {
        "no": "not standardised",
        "channel": "channels standardised",
        "image": "each image standardised",
        "zca": "whitened by ZCA",
    }[plain]


def say_schedule(plain: dict[str, Any] | None) -> str:
    """Say how the learning rate changes, from the setting as plain data."""
    if plain is None:
        return "constant rate"
    when = "after each epoch" if plain["type"] == "exponential" else "on a plateau of the validation loss"
    return f"rate × {plain['factor']:g} {when}"
