"""Compute, from the training rows alone, the numbers by which images are standardised.

No validation or test image is looked at here: its numbers must not reach the network, not even by way
of a mean.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SLICE_ROWS = 5000  # of rows at a time, so that no copy of all of them is needed


class Affine(NamedTuple):
    """What is subtracted from a row of pixels (D,), and what the rest is multiplied by.

    factor: (D,) for each pixel on its own, or a symmetric matrix (D, D) for ZCA.
    facts: what the store keeps, and a caption can say.
    """

    mean: Array
    factor: Array
    facts: dict[str, Any]


def channel(rows: Array, pixel_scale: float, image_shape: tuple[int, ...]) -> Affine:
    """Give each channel of the training rows (N, D), divided by the scale, mean 0 and deviation 1."""
    n_channels = image_shape[2] if len(image_shape) > 2 else 1
    mean, square = np.zeros(n_channels), np.zeros(n_channels)
    for part in _slices(rows, pixel_scale):
        pixels = part.reshape(-1, n_channels)  # (rows * side * side, channels)
        mean += pixels.sum(axis=0, dtype=float)
        square += np.square(pixels, dtype=float).sum(axis=0)
    count = rows.size / n_channels
    mean /= count
    deviation = np.sqrt(np.maximum(square / count - mean**2, 0))
    facts = {"mean": mean.tolist(), "deviation": deviation.tolist()}
    # A channel without any variation stays at 0.
    factor = 1 / np.where(deviation > 0, deviation, 1)
    n_pixels = rows.shape[1] // n_channels
    return Affine(np.tile(mean, n_pixels), np.tile(factor, n_pixels), _facts("channel", rows, facts))


def zca(rows: Array, pixel_scale: float, epsilon: float) -> Affine:
    """Whiten the training rows (N, D), divided by the scale: multiply by U diag((l + epsilon)^-1/2) U^T.

    U, l are the eigenvectors and eigenvalues of their covariance.  The covariance becomes
    U diag(l / (l + epsilon)) U^T, the identity as far as epsilon is small beside l: directions in
    which the images hardly differ are left alone, instead of being blown up to noise.
    """
    mean = sum(part.sum(axis=0, dtype=float) for part in _slices(rows, pixel_scale)) / len(rows)  # (D,)
    values, vectors = _principal(rows, pixel_scale, mean)
    # Of fewer rows than pixels no more directions are known; in all others the rows do not differ.
    others = np.eye(len(mean)) - vectors @ vectors.T if len(values) < len(mean) else 0.0
    matrix = (vectors / np.sqrt(values + epsilon)) @ vectors.T + others / np.sqrt(epsilon)  # (D, D)
    kept = values / (values + epsilon)
    facts = {
        "epsilon": epsilon,
        "mean": [float(np.mean(mean))],
        "eigenvalues": [float(values[-1]), float(values[0])],
        "whitened_directions": int((kept > 0.9).sum()),
        "directions": len(mean),
    }
    return Affine(mean, matrix, _facts("zca", rows, facts))


def _principal(rows: Array, pixel_scale: float, mean: Array) -> tuple[Array, Array]:
    """Return the eigenvalues (K,) of the covariance, in rising order, and the eigenvectors (D, K)."""
    if len(rows) < len(mean):
        _, singular, vectors = np.linalg.svd(rows / pixel_scale - mean, full_matrices=False)
        return (singular**2 / len(rows))[::-1], vectors[::-1].T
    values, vectors = np.linalg.eigh(covariance(rows, pixel_scale, mean))
    return np.maximum(values, 0), vectors  # round-off can put a zero just below


def covariance(rows: Array, pixel_scale: float, mean: Array) -> Array:
    """Return the covariance (D, D) of rows (N, D) / scale around a mean (D,), dividing by N."""
    total = np.zeros((rows.shape[1], rows.shape[1]))
    for part in _slices(rows, pixel_scale):
        centred = part - mean
        total += centred.T @ centred
    return total / len(rows)


def permutation(n_pixels: int, seed: int) -> Array:
    """Draw the one order in which `permute` puts the pixels of every image."""
    return np.random.default_rng(seed).permutation(n_pixels)


def _slices(rows: Array, pixel_scale: float) -> Iterator[Array]:
    for start in range(0, len(rows), SLICE_ROWS):
        yield rows[start : start + SLICE_ROWS] / pixel_scale


def _facts(kind: str, rows: Array, facts: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "split": "training", "rows": len(rows), **facts}
