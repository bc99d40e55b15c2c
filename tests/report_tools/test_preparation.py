"""What is done to images before the network sees them, image by image."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs ./setup.sh --report")

from report_tools.plan.cnn import Cnn  # noqa: E402
from report_tools.plan.layers import Linear  # noqa: E402
from report_tools.plan.training import Crop, Exponential, Flip, Jitter, Plateau, Rotation  # noqa: E402
from report_tools.train.data import Split, Splits  # noqa: E402
from report_tools.train.pytorch import augmentation, optimization, preparation  # noqa: E402


def settings(**changes):
    return Cnn(lr=0.1, batch_size=8, seed=1, epochs=1, layers=(Linear(2),), **changes)


@pytest.fixture
def splits():
    random = np.random.default_rng(0)
    parts = [
        Split(random.integers(0, 256, (n, 6 * 6 * 3), dtype=np.uint8), np.eye(2)[[0] * n]) for n in (40, 9, 9)
    ]
    return Splits(*parts, (6, 6, 3))


@pytest.fixture
def images():
    """Sixty-four coloured images whose every pixel is another one."""
    torch.manual_seed(0)
    return torch.rand(64, 3, 8, 8)


def as_images(split):
    return torch.tensor(split.x).reshape(-1, 6, 6, 3).permute(0, 3, 1, 2) / 255


def test_a_crop_is_a_part_of_the_padded_image_at_a_place_of_its_own(images):
    cut = augmentation.crop(images, Crop(padding=2))
    assert cut.shape == images.shape
    padded = torch.nn.functional.pad(images, (2, 2, 2, 2))
    places = set()
    for before, after in zip(padded, cut, strict=True):
        fits = [
            (i, j) for i in range(5) for j in range(5) if torch.equal(before[:, i : i + 8, j : j + 8], after)
        ]
        assert len(fits) == 1
        places |= set(fits)
    assert len(places) > 15
    assert augmentation.crop(images, Crop(size=5)).shape == (64, 3, 5, 5)


def test_half_of_the_images_are_mirrored(images):
    for how, axis in ((Flip(), 3), (Flip(vertical=True), 2)):
        turned = augmentation.flip(images, how)
        same = (turned == images).flatten(1).all(dim=1)
        mirrored = (turned == images.flip(axis)).flatten(1).all(dim=1)
        assert torch.all(same ^ mirrored)
        assert 20 < mirrored.sum() < 44
    assert torch.equal(augmentation.flip(images, Flip(share=1)), images.flip(3))


def test_a_rotation_by_nothing_changes_nothing_and_the_middle_stays(images):
    assert torch.allclose(augmentation.rotate(images, Rotation(0)), images, atol=1e-5)
    lone = torch.zeros(50, 1, 9, 9)
    lone[:, :, 4, 4] = 1
    turned = augmentation.rotate(lone, Rotation(180))
    assert torch.allclose(turned[:, 0, 4, 4], torch.ones(50), atol=1e-5)
    lone[:, :, 4, 6] = 1  # two pixels to the right: it goes around, and stays at its distance
    seen = augmentation.rotate(lone, Rotation(180)).sum(dim=(0, 1)) - turned.sum(dim=(0, 1))
    away = [math.hypot(i - 4, j - 4) for i in range(9) for j in range(9) if seen[i, j] > 0.01]
    assert 0.8 < min(away) < max(away) < 3.2
    assert len(away) > 8


def test_brightness_is_a_factor_and_contrast_keeps_the_mean(images):
    dark = augmentation.jitter(images, Jitter(brightness=(0.5, 0.5)))
    assert torch.allclose(dark, images / 2)
    flat = augmentation.jitter(images, Jitter(contrast=(0, 0)))
    assert torch.allclose(flat, augmentation.lightness(images).mean(dim=(2, 3), keepdim=True).expand_as(flat))
    assert augmentation.jitter(images, Jitter(brightness=(3, 3))).max() <= 1


def test_a_hue_is_turned_around_grey(images):
    pale = 0.4 + 0.1 * images  # far from the limits, so that nothing is cut off
    turned = augmentation.jitter(pale, Jitter(hue=0.5))
    assert torch.allclose(augmentation.lightness(turned), augmentation.lightness(pale), atol=1e-3)
    assert (turned - pale).abs().max() > 0.02
    grey = images[:, :1].expand(-1, 3, -1, -1)
    assert torch.allclose(augmentation.jitter(grey, Jitter(hue=0.5)), grey, atol=1e-2)
    full = augmentation.turn_hue(torch.tensor([0.0, 2 * math.pi]))
    assert torch.allclose(full, torch.eye(3).expand(2, 3, 3), atol=1e-5)


def test_augmentation_and_noise_are_for_training_only(splits):
    prepare = preparation.make(settings(augment=(Crop(padding=2), Flip()), noise=0.1), splits)
    x = as_images(splits.valid)
    prepare.train(False)
    assert torch.equal(prepare(x), x)
    prepare.train(True)
    assert not torch.equal(prepare(x), x)
    middle = preparation.make(settings(augment=(Crop(size=4),)), splits).eval()
    assert torch.equal(middle(x), x[:, :, 1:5, 1:5])


@pytest.mark.parametrize("kind", ["channel", "zca"])
def test_standardising_uses_the_training_split_and_each_pixel_keeps_its_channel(splits, kind):
    prepare = preparation.make(settings(standardize=kind, zca_epsilon=1e-4), splits).eval()
    x = prepare(as_images(splits.train))
    rows = splits.train.x / 255 - prepare.affine.mean
    rows = rows @ prepare.affine.factor if kind == "zca" else rows * prepare.affine.factor
    assert torch.allclose(x.permute(0, 2, 3, 1).flatten(1), torch.tensor(rows).float(), atol=1e-3)
    assert prepare.affine.facts["rows"] == 40
    if kind == "channel":
        assert torch.allclose(x.mean((0, 2, 3)), torch.zeros(3), atol=1e-5)
        assert torch.allclose(x.std((0, 2, 3), correction=0), torch.ones(3), atol=1e-5)
        assert prepare(as_images(splits.valid)).mean((0, 2, 3)).abs().max() > 1e-3  # not by its own mean


def test_an_image_can_be_standardised_by_itself(splits):
    x = preparation.make(settings(standardize="image"), splits).eval()(as_images(splits.valid))
    assert torch.allclose(x.mean((2, 3)), torch.zeros(9, 3), atol=1e-5)
    assert torch.allclose(x.std((2, 3), correction=0), torch.ones(9, 3), atol=1e-4)


def test_permuted_images_hold_the_same_pixels_in_another_order(splits):
    prepare = preparation.make(settings(permute=True), splits)
    x = as_images(splits.valid)
    shuffled = prepare(x)
    assert not torch.equal(shuffled, x)
    assert torch.equal(shuffled.flatten(2).sort().values, x.flatten(2).sort().values)
    assert torch.equal(prepare(x), shuffled)


def test_resizing_keeps_a_plain_image_plain(splits):
    one = settings(resize=11, augment=(Crop(size=4),))
    assert one.input_side(6) == 11
    x = preparation.make(one, splits).eval()(torch.full((2, 3, 6, 6), 0.25))
    assert x.shape == (2, 3, 11, 11)
    assert torch.allclose(x, torch.tensor(0.25))


def rates(losses, **changes):
    one = settings(**changes)
    optimizer = optimization.make_optimizer(one, [torch.nn.Parameter(torch.zeros(1))])
    rate, found = optimization.Rate(one, optimizer), []
    for loss in losses:
        found.append(rate.now)
        optimizer.step()
        rate.end_epoch(loss)
    return found


def test_the_learning_rate_follows_its_schedule():
    assert rates([1, 1, 1]) == [0.1] * 3
    assert rates([1, 1, 1], schedule=Exponential(0.5)) == pytest.approx([0.1, 0.05, 0.025])
    # Two epochs without a lower loss are more than the one that is waited for.
    assert rates([3, 2, 2, 2, 2], schedule=Plateau()) == pytest.approx([0.1, 0.1, 0.1, 0.1, 0.01])


def test_momentum_and_adam_are_what_they_are_called():
    weight = [torch.nn.Parameter(torch.zeros(1))]
    assert isinstance(optimization.make_optimizer(settings(optimizer="adam"), weight), torch.optim.Adam)
    sgd = optimization.make_optimizer(settings(momentum=0.9), weight)
    assert sgd.param_groups[0]["momentum"] == 0.9
    with pytest.raises(ValueError, match="momentum belongs to sgd"):
        settings(optimizer="adam", momentum=0.9)
