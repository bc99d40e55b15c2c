"""What images are standardised by comes from the training rows, and does what its name says."""

import numpy as np
import pytest

from report_tools.train.pytorch import statistics


@pytest.fixture(scope="module")
def rows():
    """Coloured images (400, 4, 4, 3) of one byte whose pixels depend on each other, as rows."""
    random = np.random.default_rng(3)
    mixed = random.normal(size=(400, 48)) @ random.normal(size=(48, 48)) * 12 + 120
    return np.clip(mixed, 0, 255).astype(np.uint8)


def test_channels_get_mean_0_and_deviation_1(rows):
    found = statistics.channel(rows, 255, (4, 4, 3))
    standard = ((rows / 255 - found.mean) * found.factor).reshape(-1, 3)
    assert np.allclose(standard.mean(axis=0), 0, atol=1e-12)
    assert np.allclose(standard.std(axis=0), 1)
    pixels = (rows / 255).reshape(-1, 3)
    assert found.facts["mean"] == pytest.approx(pixels.mean(axis=0))
    assert found.facts["deviation"] == pytest.approx(pixels.std(axis=0))
    assert (found.facts["split"], found.facts["rows"]) == ("training", 400)


def test_a_channel_without_variation_stays_at_0():
    found = statistics.channel(np.full((5, 4), 7, dtype=np.uint8), 255, (2, 2))
    assert np.all((7 / 255 - found.mean) * found.factor == pytest.approx(0))


def test_whitened_rows_have_the_identity_as_covariance(rows):
    found = statistics.zca(rows, 255, 1e-9)
    white = (rows / 255 - found.mean) @ found.factor
    assert np.allclose(np.cov(white.T, bias=True), np.eye(48), atol=1e-5)
    assert np.allclose(found.factor, found.factor.T)  # ZCA, not PCA: the images stay images


def test_regularisation_leaves_directions_alone_that_hardly_vary(rows):
    epsilon = 0.01
    found = statistics.zca(rows, 255, epsilon)
    white = (rows / 255 - found.mean) @ found.factor
    values, vectors = np.linalg.eigh(np.cov(rows.T / 255, bias=True))
    expected = (vectors * (values / (values + epsilon))) @ vectors.T
    assert np.allclose(np.cov(white.T, bias=True), expected)
    assert found.facts["whitened_directions"] == (values > 9 * epsilon).sum()
    assert 0 < found.facts["whitened_directions"] < 48


def test_fewer_rows_than_pixels_are_whitened_as_far_as_they_reach(rows):
    found = statistics.zca(rows[:20], 255, 0.01)
    values, vectors = np.linalg.eigh(np.cov(rows[:20].T / 255, bias=True))
    expected = (vectors / np.sqrt(np.maximum(values, 0) + 0.01)) @ vectors.T
    assert np.allclose(found.factor, expected, atol=1e-6)
    white = (rows[:20] / 255 - found.mean) @ found.factor
    assert np.abs(white).max() < 20  # what the rows do not have is not blown up


def test_a_permutation_is_one_and_the_same_for_a_seed():
    order = statistics.permutation(16, seed=5)
    assert sorted(order) == list(range(16))
    assert np.array_equal(order, statistics.permutation(16, seed=5))
    assert not np.array_equal(order, statistics.permutation(16, seed=6))
