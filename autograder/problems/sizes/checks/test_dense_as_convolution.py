"""Check `dense_as_convolution`."""

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import example, given
from autograder.problems.sizes.strategies import FUNCTIONS, dense_layer, dense_layers

NAME = "dense_as_convolution(weights, shape)"


def asked(layer):
    """Make the question for the kernels of a fully connected layer."""
    return lambda file: file.dense_as_convolution(layer["weights"], layer["shape"])


@weight(0.6)
@tags("dense_as_convolution")
@example(layer=dense_layer(2, (2, 3, 4)))
@example(layer=dense_layer(3, (3, 2, 2)))
@given(layer=dense_layers())
def test_kernels(student, expect, layer):
    """dense_as_convolution: each row of weights becomes a kernel of shape (C, H, W) (R50)"""
    expect.agree(student, FUNCTIONS, asked(layer), NAME)


@weight(0.2)
@tags("dense_as_convolution")
def test_same_answers(student, expect):
    """dense_as_convolution: the convolution answers as the layer does for a flattened image (R50)"""
    layer, image = dense_layer(4, (3, 4, 5)), np.arange(60.0).reshape(3, 4, 5) % 7
    kernels = asked(layer)(student)
    kernels = expect.numbers(kernels, (4, 3, 4, 5), NAME)
    answers = np.sum(kernels * image, axis=(1, 2, 3))  # (4,): the only position of so large a kernel
    expect.close(answers, layer["weights"] @ image.ravel(), "the answers of the convolution")


@weight(0.1)
@tags("dense_as_convolution")
def test_single_sides(student, expect):
    """dense_as_convolution: a single output, channel or pixel keeps its dimension (R50)"""
    for n_out, shape in ((1, (2, 3, 4)), (3, (1, 3, 2)), (2, (5, 1, 1)), (1, (1, 1, 1))):
        expect.agree(student, FUNCTIONS, asked(dense_layer(n_out, shape)), NAME)


@weight(0.1)
@tags("dense_as_convolution")
def test_changes_no_argument(student, expect):
    """dense_as_convolution: weights is unchanged (R50, R23)"""
    layer = dense_layer(2, (2, 3, 4))
    file = FUNCTIONS.student(student)
    got = asked(layer)(file)
    expect.unchanged(file, "dense_as_convolution")
    expect.answer(got, FUNCTIONS.reference, asked(layer), NAME)
