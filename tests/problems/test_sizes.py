"""The sizes against counting, perturbing, and numbers that are known."""

import itertools
import re

import numpy as np
import pytest

from autograder.assignment import contract
from autograder.problems.sizes.strategies import PRACTICAL, VGG16
from handout import example
from reference import sizes

GEOMETRIES = list(itertools.product(range(1, 12), range(1, 6), range(1, 4), range(3)))


def test_output_size_is_what_can_be_counted():
    for size, kernel, stride, padding in GEOMETRIES:
        padded = np.zeros(size + 2 * padding)
        starts = [
            start for start in range(0, len(padded), stride) if len(padded[start : start + kernel]) == kernel
        ]
        if starts:
            assert sizes.output_size(size, kernel, stride, padding) == len(starts)


def convolve(image, kernel, stride):
    """Add up windows of a row of pixels."""
    starts = range(0, len(image) - kernel + 1, stride)
    return np.array([image[start : start + kernel].sum() for start in starts])


def moved_by(layers, length):
    """Nudge one pixel after the other; count those that move the unit in the middle of the last layer."""
    moving = 0
    for pixel in range(length):
        row = np.eye(length)[pixel]
        for kernel, stride in layers:
            row = convolve(row, kernel, stride)
        moving += row[len(row) // 2] != 0
    return moving


@pytest.mark.parametrize(
    "layers", [[(5, 1), (5, 1)], [(3, 2), (3, 1), (2, 2)], [(2, 2), (3, 3), (4, 1)], PRACTICAL[:4]]
)
def test_receptive_field_is_what_moves_a_unit(layers):
    assert sizes.receptive_field(layers) == moved_by(layers, 80)


def test_receptive_fields_of_known_networks():
    assert [sizes.receptive_field(PRACTICAL[:depth]) for depth in range(1, 7)] == [5, 6, 14, 16, 32, 36]
    pools = [depth for depth in range(1, len(VGG16) + 1) if VGG16[depth - 1] == (2, 2)]
    assert [sizes.receptive_field(VGG16[:depth]) for depth in pools] == [6, 16, 44, 100, 212]


def test_weights_of_the_practicals_network():
    convolutions = [sizes.n_weights(*layer) for layer in ((3, 32, 5), (32, 64, 5), (64, 64, 5))]
    dense = [sizes.n_weights_dense((n_in,), (n_out,)) + n_out for n_in, n_out in ((1024, 1000), (1000, 10))]
    assert [*convolutions, *dense] == [2432, 51264, 102464, 1025000, 10010]
    assert sum([*convolutions, *dense]) == 1191170
    in_place = [((3, 32, 32), (32, 32, 32)), ((32, 16, 16), (64, 16, 16)), ((64, 8, 8), (64, 8, 8))]
    assert [sizes.n_weights_dense(*shapes) for shapes in in_place] == [100663296, 134217728, 16777216]


def test_weights_are_what_arrays_hold():
    for z, out, k, bias in itertools.product((1, 2, 3), (1, 4), (1, 2, 5), (True, False)):
        held = np.zeros((out, z, k, k)).size + bias * np.zeros(out).size
        assert sizes.n_weights(z, out, k, bias) == held


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 2, 2), (2, 3, 4)])
def test_a_dense_layer_is_a_convolution_as_large_as_the_image(shape):
    generator = np.random.default_rng(1)
    weights, image = generator.normal(size=(5, np.prod(shape))), generator.normal(size=shape)
    kernels = sizes.dense_as_convolution(weights, shape)
    answers = [(kernel * image).sum() for kernel in kernels]
    np.testing.assert_allclose(answers, weights @ image.ravel())


def test_the_worked_example_is_right():
    """By the numbers of the practical's table, which are known."""
    printed = example.sections(contract.problem("sizes"))
    rows = [line.split() for line in printed["layers"].splitlines()[1:]]
    assert [row[1:] for row in rows] == [
        ["32x32x32", "2,432", "5"],
        ["32x16x16", "0", "6"],
        ["64x16x16", "51,264", "14"],
        ["64x8x8", "0", "16"],
    ]
    assert printed["dense"] == "100,663,296 weights"
    numbers = [float(number) for number in re.findall(r"\d+\.", printed["kernels"])]
    assert numbers == list(range(12)), "in this order"
