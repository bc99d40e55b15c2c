"""The public tests of the two layers: fewer than those that grade, under the same titles.

Run them with    bash setup.sh python -m pytest template

The only answers they know are those of the handout's worked example and of images simple enough to
do by hand.  They use laws that every right solution obeys, and differences of your own forward.
Read them: each shows how a function is called and what must come out.
"""

import contextlib

import numpy as np
from solution import Convolution2dLayer, MaxPooling2dLayer

from autograder.public_tests.assertions import assert_close, assert_shape, entry

# Whose answers the tests of a function rely on: fix what is on the right first.
RESTS_ON = {
    "Convolution2dLayer.backward": ("Convolution2dLayer.forward",),
    "MaxPooling2dLayer.backward": ("MaxPooling2dLayer.forward",),
}

BETWEEN = (
    "another batch went through forward before backward was called; take x from the cache, not from self"
)


# The worked example of the handout.  Every test makes its own arrays, so that no function
# is blamed for what another did to them.


def image():
    """Make one image of 4 x 4 pixels, 0 to 15."""
    return np.arange(16.0).reshape(1, 1, 4, 4)


def ones():
    """Make a filter of ones."""
    return np.ones((1, 1, 2, 2))


def two_images():
    """Make the image and its negative."""
    return np.concatenate([image(), 15 - image()])


def numbers(*shape):
    """Make quarters from -2 to 2 in this shape, the same every time."""
    return np.random.default_rng(shape).integers(-8, 9, shape) / 4


def distinct(*shape):
    """Make pixels of which no two are the same, all above 0."""
    size = int(np.prod(shape))
    return np.random.default_rng(shape).permutation(size).reshape(shape) / 4 + 0.25


def convolution(weights, stride=1):
    """Make a layer with these weights, (F, C, k, k)."""
    n_filters, n_channels, k, _ = weights.shape
    layer = Convolution2dLayer(
        filter_size=k, stride=stride, n_channels=n_channels, n_filters=n_filters, seed=1
    )
    own = np.shape(getattr(layer, "weights", weights))
    layer.weights = np.array(weights).reshape(own if np.prod(own) == weights.size else weights.shape)
    return layer


def pooling(k=2):
    """Make a pooling layer with windows of k x k."""
    return MaxPooling2dLayer(filter_size=k)


def out_of(layer, x):
    """Return what a layer makes of a batch of images."""
    return entry(layer.forward(x.copy()), "out", "the cache")


def handed(layer, x, out):
    """Return the cache of a batch, with the right x and out in it."""
    cache = {}
    with contextlib.suppress(Exception):  # the tests of forward say what is wrong with it
        cache = layer.forward(x.copy())
    return {**(cache if isinstance(cache, dict) else {}), "x": x.copy(), "out": np.array(out, float)}


def gradient(layer, x, grad_output, out=None):
    """Return what backward makes of a batch of images and the derivative by the output."""
    out = out_of(layer, x) if out is None else out
    return layer.backward(handed(layer, x, out), grad_output.copy())


def assert_gradient(got, want, what):
    """Compare a gradient by the weights; of one channel, it may be (F, k, k) as well as (F, 1, k, k)."""
    want = np.asarray(want, float)
    assert_close(got, want[:, 0] if np.ndim(got) == 3 and want.shape[1] == 1 else want, what)


# Convolution2dLayer.forward


def test_convolution_forward_sizes():
    """Convolution2dLayer.forward: the cache holds x, and out of shape (N, F, h, w) (R37, R32)"""
    x = numbers(2, 1, 6, 6)
    cache = convolution(numbers(4, 1, 3, 3)).forward(x.copy())
    assert_close(entry(cache, "x", "the cache"), x, 'cache["x"]')
    assert_shape(entry(cache, "out", "the cache"), (2, 4, 4, 4), 'cache["out"]')


def test_convolution_forward_worked_example():
    """Convolution2dLayer.forward: out holds the sums of products of each window with each filter (R31)"""
    sums = np.array([[10, 14, 18], [26, 30, 34], [42, 46, 50]])
    layer = convolution(np.concatenate([ones(), 2 * ones()]))
    want = [[sums, 2 * sums], [60 - sums, 2 * (60 - sums)]]
    assert_close(out_of(layer, two_images()), want, "out for the worked example and its negative")


def test_convolution_forward_one_bright_pixel():
    """Convolution2dLayer.forward: out holds the sums of products of each window with each filter (R31)"""
    x = np.zeros((2, 1, 5, 5))
    x[0, 0, 2, 2], x[1, 0, 0, 0] = 1, 1
    kernel = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    corner = np.zeros((3, 3))
    corner[0, 0] = 1  # the first window has the pixel where the filter has its first weight
    want = [[kernel[0, 0, ::-1, ::-1]], [corner]]
    assert_close(out_of(convolution(kernel), x), want, "out for an image with one bright pixel")


def test_convolution_forward_stride():
    """Convolution2dLayer.forward: stride 2 takes every second window and ignores the rest (R31, R32, R33)"""
    assert_close(
        out_of(convolution(ones(), stride=2), image()), [[[[10, 18], [42, 50]]]], "out with stride 2"
    )
    x, weights = numbers(2, 1, 6, 6), numbers(2, 1, 3, 3)
    every = out_of(convolution(weights), x)
    got = out_of(convolution(weights, stride=2), x)
    assert_close(
        got, every[:, :, ::2, ::2], "out with stride 2, compared with every second entry of stride 1,"
    )


def test_convolution_forward_channels():
    """Convolution2dLayer.forward: each channel has its own weights, and all channels are summed (R31, R34)"""
    x, weights = numbers(2, 3, 5, 5), numbers(2, 3, 2, 2)
    alone = [out_of(convolution(weights[:, c : c + 1]), x[:, c : c + 1]) for c in range(3)]
    assert_close(
        out_of(convolution(weights), x), sum(alone), "out, compared with the sum of each channel on its own,"
    )


def test_convolution_forward_not_square():
    """Convolution2dLayer.forward: images need not be square (R31, R35)"""
    x, layer = numbers(2, 1, 5, 5), convolution(numbers(2, 1, 2, 2))
    whole = out_of(layer, x)
    assert_close(out_of(layer, x[:, :, :3]), whole[:, :, :2], "out for the upper half of an image")
    assert_close(out_of(layer, x[..., :3]), whole[..., :2], "out for the left half of an image")


def test_convolution_forward_one_image():
    """Convolution2dLayer.forward: one image is a batch like any other (R31, R36)"""
    x, layer = numbers(3, 1, 5, 5), convolution(numbers(2, 1, 2, 2))
    assert_close(
        out_of(layer, x[:1]),
        out_of(layer, x)[:1],
        "out for one image, compared with the same image in a batch,",
    )


def test_convolution_forward_filter_size():
    """Convolution2dLayer.forward: a filter may be one pixel, or as large as the image (R31, R35)"""
    x, weights = numbers(3, 1, 4, 4), numbers(2, 1, 4, 4)
    dense = x.reshape(3, 16) @ weights.reshape(2, 16).T
    got = out_of(convolution(weights), x)
    assert_close(got, dense.reshape(3, 2, 1, 1), "out for a filter as large as the image")
    got = out_of(convolution(np.full((1, 1, 1, 1), 2.5)), x)
    assert_close(got, 2.5 * x, "out for a filter of one pixel")


def test_convolution_forward_changes_nothing():
    """Convolution2dLayer.forward: the output is right, and x is unchanged (R31, R23)"""
    x = numbers(2, 1, 4, 4)
    before = x.copy()
    convolution(ones()).forward(x)
    assert np.array_equal(x, before), "forward changes x; make a new array instead"


# Convolution2dLayer.backward


def test_convolution_backward_worked_example():
    """Convolution2dLayer.backward: the gradient of weights is the sum over images and windows (R38)"""
    sums = np.array([[45.0, 54.0], [81.0, 90.0]])
    got = gradient(convolution(ones()), image(), np.ones((1, 1, 3, 3)), np.zeros((1, 1, 3, 3)))
    assert_gradient(got, [[sums]], "the gradient of the worked example")
    two = gradient(convolution(ones()), two_images(), np.ones((2, 1, 3, 3)), np.zeros((2, 1, 3, 3)))
    assert_gradient(two, [[np.full((2, 2), 135.0)]], "the gradient of the worked example and its negative")


def test_convolution_backward_one_window():
    """Convolution2dLayer.backward: the gradient of weights is the sum over images and windows (R38)"""
    x, layer = numbers(2, 1, 5, 5), convolution(numbers(3, 1, 2, 2))
    grad_output = np.zeros((2, 3, 4, 4))
    grad_output[1, 2, 3, 0] = 1
    want = np.zeros((3, 1, 2, 2))
    want[2, 0] = x[1, 0, 3:5, 0:2]
    got = gradient(layer, x, grad_output, np.zeros(grad_output.shape))
    assert_gradient(got, want, "the gradient when a single output matters")


def test_convolution_backward_differences():
    """Convolution2dLayer.backward: the gradient agrees with finite differences of the loss (R38)"""
    x, weights, grad_output = numbers(2, 1, 4, 4), numbers(2, 1, 2, 2), numbers(2, 2, 3, 3)
    slopes = np.zeros(weights.shape)
    for place in np.ndindex(slopes.shape):
        nudged = weights.copy()
        nudged[place] += 1  # a large step is exact: out is linear in the weights
        change = out_of(convolution(nudged), x) - out_of(convolution(weights), x)
        slopes[place] = np.sum(change * grad_output)
    got = gradient(convolution(weights), x, grad_output)
    assert_gradient(got, slopes, "the gradient, compared with finite differences of the loss,")


def test_convolution_backward_doubled_batch():
    """Convolution2dLayer.backward: repeating the batch doubles the gradient (R38)"""
    x, grad_output, layer = numbers(2, 1, 4, 4), numbers(2, 2, 3, 3), convolution(numbers(2, 1, 2, 2))
    once = np.asarray(gradient(layer, x, grad_output))
    twice = gradient(layer, np.concatenate([x, x]), np.concatenate([grad_output, grad_output]))
    assert_close(twice, 2 * once, "the gradient for twice the batch")


def test_convolution_backward_stride():
    """Convolution2dLayer.backward: with stride 2, each gradient is matched with its own window (R38, R33)"""
    got = gradient(convolution(ones(), stride=2), image(), np.ones((1, 1, 2, 2)), [[[[10, 18], [42, 50]]]])
    assert_gradient(got, [[[[20, 24], [36, 40]]]], "the gradient with stride 2")


def test_convolution_backward_channels():
    """Convolution2dLayer.backward: every channel of every filter has its own gradient (R38, R34)"""
    x = np.concatenate([image(), 10 * image()], axis=1)
    got = gradient(convolution(np.ones((1, 2, 2, 2))), x, np.ones((1, 1, 3, 3)), np.zeros((1, 1, 3, 3)))
    sums = np.array([[45, 54], [81, 90]])
    assert_close(got, [[sums, 10 * sums]], "the gradient for two channels")


def test_convolution_backward_not_square():
    """Convolution2dLayer.backward: images need not be square (R38, R35)"""
    got = gradient(convolution(ones()), image()[:, :, :2], np.ones((1, 1, 1, 3)), np.zeros((1, 1, 1, 3)))
    assert_gradient(got, [[[[3, 6], [15, 18]]]], "the gradient for an image of 2 x 4 pixels")
    got = gradient(convolution(ones()), image()[..., :2], np.ones((1, 1, 3, 1)), np.zeros((1, 1, 3, 1)))
    assert_gradient(got, [[[[12, 15], [24, 27]]]], "the gradient for an image of 4 x 2 pixels")


def test_convolution_backward_one_image():
    """Convolution2dLayer.backward: for one image, too, the gradient has the shape of weights (R38, R36)"""
    layer = convolution(np.concatenate([ones(), ones()]))
    got = gradient(layer, image(), np.ones((1, 2, 3, 3)), np.zeros((1, 2, 3, 3)))
    want = np.reshape([[45.0, 54.0], [81.0, 90.0]] * 2, np.shape(layer.weights))
    assert_close(got, want, "the gradient for one image")


def test_convolution_backward_cache():
    """Convolution2dLayer.backward: it uses the cache it is given, not the last call of forward (R38, R37)"""
    layer, out = convolution(ones()), np.zeros((1, 1, 3, 3))
    cache = handed(layer, image(), out)
    handed(layer, 2 * image(), out)
    got = layer.backward(cache, np.ones((1, 1, 3, 3)))
    assert np.sum(got) == 270, BETWEEN


def test_convolution_backward_changes_nothing():
    """Convolution2dLayer.backward: right, and cache, grad_output and weights are unchanged (R38, R23)"""
    layer, grad_output = convolution(ones()), np.ones((1, 1, 3, 3))
    cache = handed(layer, image(), np.zeros((1, 1, 3, 3)))
    there, weights = set(cache), np.array(layer.weights)
    layer.backward(cache, grad_output)
    assert set(cache) == there, "backward adds keys to the cache or removes them"
    assert np.array_equal(cache["x"], image()) and not np.any(cache["out"]), (
        "backward changes the cache; make new arrays instead"
    )
    assert np.all(grad_output == 1), "backward changes grad_output; make a new array instead"
    assert np.array_equal(layer.weights, weights), (
        "backward changes weights, but should only return the gradient"
    )


# MaxPooling2dLayer.forward


def test_pooling_forward_worked_example():
    """MaxPooling2dLayer.forward: the cache holds x, and the largest pixel of every window (R37, R40, R39)"""
    x = np.concatenate([two_images(), 2 * two_images()], axis=1)
    cache = pooling().forward(x.copy())
    assert_close(entry(cache, "x", "the cache"), x, 'cache["x"]')
    one, other = np.array([[5, 7], [13, 15]]), np.array([[15, 13], [7, 5]])
    want = [[one, 2 * one], [other, 2 * other]]
    assert_close(entry(cache, "out", "the cache"), want, "out for the worked example and its negative")


def test_pooling_forward_twice():
    """MaxPooling2dLayer.forward: the cache holds x, and the largest pixel of every window (R37, R40, R39)"""
    x = distinct(2, 2, 8, 8)
    want = x.reshape(2, 2, 2, 4, 2, 4).max(axis=(3, 5))
    assert_close(out_of(pooling(), out_of(pooling(), x)), want, "out after two poolings in a row")


def test_pooling_forward_odd_sizes():
    """MaxPooling2dLayer.forward: leftover rows and columns are dropped (R39)"""
    x, layer = distinct(2, 2, 5, 5), pooling()
    got = out_of(layer, x)
    assert_close(
        got, out_of(layer, x[:, :, :4, :4]), "out for 5 x 5 pixels, compared with their first 4 x 4,"
    )


def test_pooling_forward_filter_size():
    """MaxPooling2dLayer.forward: windows are filter_size pixels wide, for any filter_size (R39)"""
    x = np.arange(36.0).reshape(1, 1, 6, 6)
    assert_close(out_of(pooling(3), x), [[[[14, 17], [32, 35]]]], "out with windows of 3 x 3")


def test_pooling_forward_negative():
    """MaxPooling2dLayer.forward: negative pixels are pixels like any other (R39)"""
    assert_close(out_of(pooling(), image() - 20), [[[[-15, -13], [-7, -5]]]], "out for negative pixels")


def test_pooling_forward_not_square():
    """MaxPooling2dLayer.forward: images need not be square (R39, R35)"""
    assert_close(out_of(pooling(), image()[:, :, :2]), [[[[5, 7]]]], "out for an image of 2 x 4 pixels")
    assert_close(out_of(pooling(), image()[..., :2]), [[[[5], [13]]]], "out for an image of 4 x 2 pixels")


def test_pooling_forward_one_image():
    """MaxPooling2dLayer.forward: one image is a batch like any other (R39, R36)"""
    x, layer = distinct(2, 2, 4, 4), pooling()
    assert_close(
        out_of(layer, x[:1]),
        out_of(layer, x)[:1],
        "out for one image, compared with the same image in a batch,",
    )


def test_pooling_forward_changes_nothing():
    """MaxPooling2dLayer.forward: the output is right, and x is unchanged (R39, R23)"""
    x = image().copy()
    pooling().forward(x)
    assert np.array_equal(x, image()), "forward changes x; make a new array instead"


# MaxPooling2dLayer.backward


def test_pooling_backward_worked_example():
    """MaxPooling2dLayer.backward: each gradient goes to the largest pixel of its window (R40, R41)"""
    out, grad_output = np.array([[[[5, 7], [13, 15]]]]), np.array([[[[0.5, -1.0], [2.0, 4.0]]]])
    want = np.zeros(image().shape)
    want[0, 0, 1::2, 1::2] = grad_output[0, 0]
    assert_close(gradient(pooling(), image(), grad_output, out), want, "the gradient of the worked example")


def test_pooling_backward_differences():
    """MaxPooling2dLayer.backward: each gradient goes to the largest pixel of its window (R40, R41)"""
    x, grad_output, layer = distinct(2, 2, 4, 4), numbers(2, 2, 2, 2), pooling()
    slopes, step = np.zeros(x.shape), 1 / 16  # no two pixels are closer than 1 / 4
    for place in np.ndindex(x.shape):
        nudged = x.copy()
        nudged[place] += step
        slopes[place] = np.sum((out_of(layer, nudged) - out_of(layer, x)) * grad_output) / step
    got = gradient(layer, x, grad_output)
    assert_close(got, slopes, "the gradient, compared with finite differences of the loss,")


def test_pooling_backward_odd_sizes():
    """MaxPooling2dLayer.backward: leftover rows and columns get a gradient of zero (R41, R39)"""
    x, grad_output = distinct(1, 1, 5, 5), np.ones((1, 1, 2, 2))
    out = x[:, :, :4, :4].reshape(1, 1, 2, 2, 2, 2).max(axis=(3, 5))
    got = gradient(pooling(), x, grad_output, out)
    assert_shape(got, x.shape, "the gradient")
    assert not np.any(got[:, :, 4]) and not np.any(got[..., 4]), (
        "leftover rows or columns have a gradient that is not zero"
    )
    assert np.sum(got) == 4, f"the gradient adds up to {np.sum(got)}, but grad_output adds up to 4"


def test_pooling_backward_filter_size():
    """MaxPooling2dLayer.backward: windows are filter_size pixels wide, for any filter_size (R41, R39)"""
    x = np.arange(36.0).reshape(1, 1, 6, 6)
    want = np.zeros(x.shape)
    want[0, 0, 2::3, 2::3] = 1
    got = gradient(pooling(3), x, np.ones((1, 1, 2, 2)), [[[[14, 17], [32, 35]]]])
    assert_close(got, want, "the gradient with windows of 3 x 3")


def test_pooling_backward_negative():
    """MaxPooling2dLayer.backward: negative pixels are pixels like any other (R41)"""
    got = gradient(pooling(), image() - 20, np.ones((1, 1, 2, 2)), [[[[-15, -13], [-7, -5]]]])
    want = np.zeros(image().shape)
    want[0, 0, 1::2, 1::2] = 1
    assert_close(got, want, "the gradient for negative pixels")


def test_pooling_backward_ties():
    """MaxPooling2dLayer.backward: ties all get the gradient, or one does, or they share it (R41, R42)"""
    x = np.array([[[[0.0, 3.0], [3.0, 1.0]]]])
    got = gradient(pooling(), x, np.array([[[[2.0]]]]), [[[[3.0]]]])
    assert_shape(got, x.shape, "the gradient")
    handed_on = tuple(np.ravel(got))
    allowed = [(0, 2, 2, 0), (0, 2, 0, 0), (0, 0, 2, 0), (0, 1, 1, 0)]
    assert handed_on in allowed, f"in a window of 0, 3, 3, 1 the gradient 2 is passed on as {handed_on}"


def test_pooling_backward_whole_numbers():
    """MaxPooling2dLayer.backward: the gradient of integer pixels is not rounded (R41, R43)"""
    layer, x = pooling(), image().astype(int)
    cache = {**handed(layer, x, [[[[5, 7], [13, 15]]]]), "x": x.copy()}
    got = layer.backward(cache, np.full((1, 1, 2, 2), 0.5))
    assert np.sum(got) == 2, f"four gradients of 0.5 should add up to 2, but yours add up to {np.sum(got)}"


def test_pooling_backward_not_square():
    """MaxPooling2dLayer.backward: images need not be square (R41, R35)"""
    got = gradient(pooling(), image()[:, :, :2], np.array([[[[1.0, 2.0]]]]), [[[[5, 7]]]])
    assert_close(got, [[[[0, 0, 0, 0], [0, 1, 0, 2]]]], "the gradient for an image of 2 x 4 pixels")
    got = gradient(pooling(), image()[..., :2], np.array([[[[1.0], [2.0]]]]), [[[[5], [13]]]])
    assert_close(got, [[[[0, 0], [0, 1], [0, 0], [0, 2]]]], "the gradient for an image of 4 x 2 pixels")


def test_pooling_backward_one_image():
    """MaxPooling2dLayer.backward: one image is a batch like any other (R41, R36)"""
    got = gradient(pooling(), image(), np.ones((1, 1, 2, 2)), [[[[5, 7], [13, 15]]]])
    assert_shape(got, image().shape, "the gradient")


def test_pooling_backward_cache():
    """MaxPooling2dLayer.backward: it uses the cache it is given, not the last call of forward (R41, R37)"""
    layer = pooling()
    cache = handed(layer, image(), [[[[5, 7], [13, 15]]]])
    handed(layer, 15 - image(), [[[[15, 13], [7, 5]]]])
    got = layer.backward(cache, np.ones((1, 1, 2, 2)))
    assert np.sum(np.asarray(got)[0, 0, 1::2, 1::2]) == 4, BETWEEN


def test_pooling_backward_changes_nothing():
    """MaxPooling2dLayer.backward: right, and cache and grad_output are unchanged (R41, R23)"""
    layer, grad_output = pooling(), np.ones((1, 1, 2, 2))
    cache = handed(layer, image(), [[[[5, 7], [13, 15]]]])
    there = set(cache)
    layer.backward(cache, grad_output)
    assert set(cache) == there, "backward adds keys to the cache or removes them"
    assert np.array_equal(cache["x"], image()), "backward changes the cache; make new arrays instead"
    assert np.all(grad_output == 1), "backward changes grad_output; make a new array instead"
