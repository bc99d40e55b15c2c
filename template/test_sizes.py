"""The public tests of the sizes: fewer than those that grade, under the same titles.

Run them with    bash setup.sh python -m pytest template

They know no formulas: they count windows, weights, and the pixels that one unit depends on.
Read them: each shows how a function is called and what must come out.
"""

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from solution import dense_as_convolution, n_weights, n_weights_dense, output_size, receptive_field


def assert_whole(got, want, what):
    """Compare whole numbers; 28, np.int64(28) and 28.0 are all fine."""
    assert got is not None, f"{what} is None: is a `return` missing?"
    assert np.shape(got) == (), f"{what} has shape {np.shape(got)}, but should be one number"
    assert got == want, f"{what} is {got}, but should be {want}"


def assert_same(got, want, what):
    """Compare arrays; the message says what is wrong."""
    assert got is not None, f"{what} is None: is a `return` missing?"
    assert np.shape(got) == want.shape, (
        f"{what} has shape {np.shape(got)}, but should have shape {want.shape}"
    )
    assert np.allclose(got, want, rtol=1e-5), f"{what} is\n{got}\nbut should be\n{want}"


# output_size


def windows(size, kernel, stride=1, padding=0):
    """Count the windows that fit: the first begins at the edge, each of the others one stride further on."""
    return sum(start + kernel <= size + 2 * padding for start in range(0, size + 2 * padding, stride))


def assert_size(size, kernel, **settings):
    """Require as many windows as can be counted."""
    words = "".join(f", {name}={value}" for name, value in settings.items())
    want = windows(size, kernel, **settings)
    assert_whole(output_size(size, kernel, **settings), want, f"output_size({size}, {kernel}{words})")


@pytest.mark.parametrize("kernel", (1, 3, 5))
def test_output_size_windows(kernel):
    """output_size: as many windows as fit into the image (R44)"""
    assert_size(32, kernel)


def test_output_size_stride():
    """output_size: windows begin one stride apart (R44)"""
    for size, kernel, stride in ((33, 3, 2), (11, 3, 2), (14, 5, 3)):
        assert_size(size, kernel, stride=stride)


def test_output_size_left_over():
    """output_size: the size is rounded down, because pixels left over at the end are not used (R44)"""
    for size, kernel, stride in ((12, 3, 2), (12, 3, 4), (14, 3, 4)):
        assert_size(size, kernel, stride=stride)


def test_output_size_padding():
    """output_size: the padding is added on both sides (R44, R45)"""
    for size, kernel, padding in ((32, 5, 2), (6, 3, 2), (8, 3, 1)):
        assert_size(size, kernel, padding=padding)


def test_output_size_padding_and_stride():
    """output_size: the padding is part of the image that the windows move over (R44, R45)"""
    for size, kernel, stride, padding in ((9, 3, 2, 1), (11, 3, 4, 2)):
        assert_size(size, kernel, stride=stride, padding=padding)


def test_output_size_any_kernel():
    """output_size: kernels may be even, as large as the image, or a single pixel (R44, R46)"""
    for size, kernel in ((8, 2), (9, 4), (6, 6), (7, 1)):
        assert_size(size, kernel)
        by_position = output_size(size, kernel, 1, 0)
        assert_whole(by_position, windows(size, kernel), f"output_size({size}, {kernel}, 1, 0)")


# n_weights, n_weights_dense


def counted(in_channels, out_channels, kernel, bias):
    """Count the entries of the arrays that a convolution learns."""
    kernels = np.zeros((out_channels, in_channels, kernel, kernel))
    return kernels.size + (np.zeros(out_channels).size if bias else 0)


def test_n_weights_with_bias():
    """n_weights: square kernels over all input channels, and one bias for each output channel (R47)"""
    for sizes in ((3, 32, 5), (2, 4, 3)):
        assert_whole(n_weights(*sizes), counted(*sizes, True), f"n_weights{sizes}")


def test_n_weights_without_bias():
    """n_weights: bias=False leaves the biases out (R47)"""
    for sizes in ((3, 32, 5), (2, 4, 3)):
        got = n_weights(*sizes, bias=False)
        assert_whole(got, counted(*sizes, False), f"n_weights{(*sizes, 'bias=False')}")


def test_n_weights_single_channels():
    """n_weights: one channel, or a kernel of one pixel, is counted like any other (R47)"""
    for sizes in ((1, 6, 3), (6, 1, 3), (4, 5, 1)):
        assert_whole(n_weights(*sizes, True), counted(*sizes, True), f"n_weights{(*sizes, True)}")


def test_n_weights_dense_between_shapes():
    """n_weights_dense: one weight for each pair of an input and an output, no biases (R48)"""
    for shape_in, shape_out in (((3, 8, 8), (4, 6, 6)), ((64, 4, 4), (10,)), ((5,), (2, 3))):
        inputs, outputs = np.zeros(shape_in), np.zeros(shape_out)
        pairs = sum(1 for _ in itertools.product(inputs.flat, outputs.flat))
        assert_whole(n_weights_dense(shape_in, shape_out), pairs, f"n_weights_dense({shape_in}, {shape_out})")


# receptive_field


def seen(layers):
    """Count along one side the pixels that the first unit of the last layer depends on."""
    pixels = {0}
    for kernel, stride in reversed(layers):
        pixels = {unit * stride + offset for unit in pixels for offset in range(kernel)}
    return max(pixels) - min(pixels) + 1


def assert_field(layers):
    """Require the number of pixels that can be counted."""
    assert_whole(receptive_field(list(layers)), seen(layers), f"receptive_field({layers})")


def test_receptive_field_stride_of_one():
    """receptive_field: with strides of one, each layer adds its kernel size minus one (R49)"""
    for layers in ([(5, 1)], [(5, 1), (5, 1)], [(3, 1), (3, 1), (4, 1)]):
        assert_field(layers)


def test_receptive_field_strides():
    """receptive_field: the strides of all earlier layers are multiplied (R49)"""
    for layers in ([(3, 2), (3, 1)], [(2, 2), (3, 2), (3, 3), (2, 1)]):
        assert_field(layers)


def test_receptive_field_networks():
    """receptive_field: convolutions and pooling in turn, as in real networks (R49)"""
    for depth in range(1, 7):
        assert_field(([(5, 1), (2, 2)] * 3)[:depth])


def test_receptive_field_no_layers():
    """receptive_field: without layers the field is one pixel, and a kernel of one adds nothing (R49)"""
    for layers in ([], [(1, 1)]):
        assert_field(layers)


def test_receptive_field_changes_nothing():
    """receptive_field: layers is unchanged (R49, R23)"""
    layers = [(5, 1), (2, 2)]
    receptive_field(layers)
    assert layers == [(5, 1), (2, 2)], (
        f"layers was [(5, 1), (2, 2)] before the call, but is {layers} after it"
    )


# dense_as_convolution


def dense_layer(n_out, *shape):
    """Make the weights of a fully connected layer for images of this shape; no two are equal."""
    return np.arange(1.0, 1 + n_out * np.prod(shape)).reshape(n_out, -1)


def test_dense_as_convolution_kernels():
    """dense_as_convolution: each row of weights becomes a kernel of shape (C, H, W) (R50)"""
    kernels = dense_as_convolution(dense_layer(2, 2, 2, 3), (2, 2, 3))
    first = [[[1.0, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]]
    second = [[[13.0, 14, 15], [16, 17, 18]], [[19, 20, 21], [22, 23, 24]]]
    assert_same(kernels, np.array([first, second]), "dense_as_convolution(weights, (2, 2, 3))")


def test_dense_as_convolution_same_answers():
    """dense_as_convolution: the convolution answers as the layer does for a flattened image (R50)"""
    weights, image = dense_layer(4, 3, 4, 5), np.arange(60.0).reshape(3, 4, 5) % 7
    kernels = np.asarray(dense_as_convolution(weights, (3, 4, 5)))
    assert kernels.shape == (4, 3, 4, 5), (
        f"the kernels have shape {kernels.shape}, but should have shape (4, 3, 4, 5)"
    )
    answers = np.array([np.sum(kernel * image) for kernel in kernels])
    assert_same(answers, weights @ image.ravel(), "the answers of the convolution")


def test_dense_as_convolution_single_sides():
    """dense_as_convolution: a single output, channel or pixel keeps its dimension (R50)"""
    for n_out, shape in ((1, (2, 3, 4)), (3, (1, 3, 2)), (2, (5, 1, 1))):
        kernels = dense_as_convolution(dense_layer(n_out, *shape), shape)
        assert np.shape(kernels) == (n_out, *shape), (
            f"the kernels have shape {np.shape(kernels)}, but should have shape {(n_out, *shape)}"
        )


def test_dense_as_convolution_changes_nothing():
    """dense_as_convolution: weights is unchanged (R50, R23)"""
    weights = dense_layer(2, 2, 3, 4)
    dense_as_convolution(weights, (2, 3, 4))
    assert_same(weights, dense_layer(2, 2, 3, 4), "weights after the call")
