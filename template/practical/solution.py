"""Sizes of a convolutional network, counted before anything is run.

Images and kernels are square where only one side is given.  A shape is (C, H, W): channels, rows,
columns.  A layer, for the receptive field, is a pair (kernel, stride), pooling like convolution.
"""

import math


def output_size(size, kernel, stride=1, padding=0):
    """Return the side of the output of a convolution or a pooling (R44, R45, R46).

    size: the side of the image.  kernel: the side of the window.  stride: how far it moves.
    padding: rows and columns of zeros added on each side.
    """
    # Your code here, in place of the next line.
    raise NotImplementedError("output_size: see the handout, 1.1")


def n_weights(in_channels, out_channels, kernel, bias=True):
    """Return how many numbers a convolution learns (R47).

    kernel: the side of its square kernels.  bias: whether each output channel has one.
    """
    # Your code here, in place of the next line.
    raise NotImplementedError("n_weights: see the handout, 1.2")


def n_weights_dense(shape_in, shape_out):
    """Return how many weights a fully connected layer has between two shapes, without biases (R48).

    shape_in, shape_out: tuples of whole numbers, such as (C, H, W).
    """
    # Your code here, in place of the next line.
    raise NotImplementedError("n_weights_dense: see the handout, 1.2")


def receptive_field(layers):
    """Return the side of the square of pixels that one unit of the last layer depends on (R49).

    layers: a list of pairs (kernel, stride), from the first layer to the last.
    """
    # Your code here, in place of the next line.
    raise NotImplementedError("receptive_field: see the handout, 1.3")


def dense_as_convolution(weights, shape):
    """Return the kernels of the convolution that computes the same as a fully connected layer (R50).

    weights: (n_out, C * H * W), of a layer whose input is an image flattened channel by channel,
    row by row.  shape: the tuple (C, H, W).  Returns an array (n_out, C, H, W).
    """
    # Your code here, in place of the next line.
    raise NotImplementedError("dense_as_convolution: see the handout, 1.4")
