"""Check `Convolution2dLayer`.

`backward` is handed what the student's own `forward` returned, with the reference's `x` and `out`
in it, so that a bug in `forward` costs nothing here.
"""

import functools

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.expect import same_numbers
from autograder.checking.inputs import example, given
from autograder.checking.later import st
from autograder.problems.cnn_layers.questions import differentiate, forwarded, out_only
from autograder.problems.cnn_layers.strategies import (
    FULL_SIZE,
    NOT_SQUARE,
    SEVERAL,
    ConvolutionCase,
    convolutions,
)

FORWARD, BACKWARD = "Convolution2dLayer.forward", "Convolution2dLayer.backward"

ORDINARY = ConvolutionCase()
LARGER_FILTER = ConvolutionCase(n_filters=2, filter_size=3, height=6, width=6, seed=1)
# Windows that reach the last row and column, and windows that leave one over.
STRIDE_2 = ConvolutionCase(filter_size=3, stride=2)
LEFT_OVER = ConvolutionCase(filter_size=3, stride=2, height=6, width=6)
STRIDES = convolutions(st.sampled_from([(5, 5), (6, 6), (7, 7)]), stride=st.just(2))
CHANNELS = ConvolutionCase(n_channels=2)
LYING, STANDING = ConvolutionCase(height=4, width=6), ConvolutionCase(height=6, width=4)
ONE_IMAGE = ConvolutionCase(n_images=1)


def agree_forward(student, expect, case):
    """Require the reference's output; whether a dimension has disappeared is judged by the check of R36."""
    agree_on_cache(expect, forwarded(student, case), case, any_ones=True)


def agree_on_cache(expect, got, case, any_ones=False):
    """Require the reference's output in a cache."""

    def question(layer):
        return layer.forward(case.x)

    expect.answer(got, case.reference, question, "cache", only=out_only, any_ones=any_ones)


def differentiated(student, case):
    """Return the student's gradient for a case; several checks look at the same one."""
    return student.once((BACKWARD, case), lambda: differentiate(case)(case.student(student)))


def agree_on(expect, got, case, question, name="the gradient"):
    """Require the reference's answer to a question about the gradient.

    Whether it has a dimension for its only channel, as the weights have, is judged by the check of R36.
    """
    expect.answer(got, case.reference, question, name, gradient=True, any_ones=True)


def agree_backward(student, expect, case):
    """Require the reference's gradient."""
    agree_on(expect, differentiated(student, case), case, differentiate(case))


@functools.lru_cache(maxsize=500)
def slopes(case):
    """Nudge every weight; return how fast the loss changes then, as the weights."""
    step, layer = 1e-3, case.reference()
    slope = np.zeros(case.weights.shape)
    for place in np.ndindex(slope.shape):
        losses = []
        for nudge in (step, -step):
            layer.weights = case.weights.copy()
            layer.weights[place] += nudge
            losses.append(np.sum(layer.forward(case.x)["out"] * case.grad_output))
        slope[place] = (losses[0] - losses[1]) / (2 * step)
    return slope


@weight(0.5)
@tags(FORWARD)
@example(case=ORDINARY)
@example(case=LARGER_FILTER)
@given(case=convolutions())
def test_forward_sizes(student, expect, case):
    """Convolution2dLayer.forward: the cache holds x, and out of shape (N, F, h, w) (R37, R32)"""
    cache = forwarded(student, case)
    expect.dictionary(cache, ("x", "out"), "cache")
    out = expect.numbers(cache["out"], case.output_shape, 'cache["out"]')
    expect.true(np.any(out), 'cache["out"] is zero everywhere.')
    expect.close(cache["x"], case.x, 'cache["x"]')


@weight(1.6)
@tags(FORWARD)
@example(case=ORDINARY)
@example(case=LARGER_FILTER)
@example(case=FULL_SIZE)
@given(case=convolutions())
def test_forward_values(student, expect, case):
    """Convolution2dLayer.forward: out holds the sums of products of each window with each filter (R31)"""
    agree_forward(student, expect, case)


@weight(0.6)
@tags(FORWARD)
@example(case=STRIDE_2)
@example(case=LEFT_OVER)
@given(case=STRIDES)
def test_forward_stride(student, expect, case):
    """Convolution2dLayer.forward: stride 2 takes every second window and ignores the rest (R31, R32, R33)"""
    agree_forward(student, expect, case)


@weight(0.6)
@tags(FORWARD)
@example(case=CHANNELS)
@given(case=convolutions(n_channels=SEVERAL))
def test_forward_channels(student, expect, case):
    """Convolution2dLayer.forward: each channel has its own weights, and all channels are summed (R31, R34)"""
    agree_forward(student, expect, case)


@weight(0.3)
@tags(FORWARD)
@example(case=LYING)
@example(case=STANDING)
@given(case=convolutions(NOT_SQUARE))
def test_forward_not_square(student, expect, case):
    """Convolution2dLayer.forward: images need not be square (R31, R35)"""
    agree_forward(student, expect, case)


@weight(0.15)
@tags(FORWARD)
@example(case=ONE_IMAGE)
@given(case=convolutions(n_images=st.just(1)))
def test_forward_one_image(student, expect, case):
    """Convolution2dLayer.forward: one image is a batch like any other (R31, R36)"""
    agree_on_cache(expect, forwarded(student, case), case)


@weight(0.15)
@tags(FORWARD)
@example(case=ConvolutionCase(filter_size=5))
@given(case=convolutions(st.just((5, 5)), filter_size=st.sampled_from([1, 4, 5])))
def test_forward_filter_size(student, expect, case):
    """Convolution2dLayer.forward: a filter may be one pixel, or as large as the image (R31, R35)"""
    agree_forward(student, expect, case)


@weight(0.1)
@tags(FORWARD)
def test_forward_changes_no_argument(student, expect):
    """Convolution2dLayer.forward: the output is right, and x is unchanged (R31, R23)"""
    layer = ORDINARY.student(student)
    cache = layer.forward(ORDINARY.x)
    expect.unchanged(layer, FORWARD)
    agree_on_cache(expect, cache, ORDINARY)


@weight(3.2)
@tags(BACKWARD)
@example(case=ORDINARY)
@example(case=LARGER_FILTER)
@example(case=FULL_SIZE)
@given(case=convolutions())
def test_backward_values(student, expect, case):
    """Convolution2dLayer.backward: the gradient of weights is the sum over images and windows (R38)"""
    agree_backward(student, expect, case)


@weight(1)
@tags(BACKWARD)
@example(case=ORDINARY)
@example(case=LARGER_FILTER)
@given(case=convolutions())
def test_backward_finite_differences(student, expect, case):
    """Convolution2dLayer.backward: the gradient agrees with finite differences of the loss (R38)"""
    got = differentiated(student, case)
    name = "the gradient, compared with finite differences of the loss,"
    expect.close(got, slopes(case), name, gradient=True, any_ones=True)


@weight(0.8)
@tags(BACKWARD)
@example(case=ORDINARY)
@given(case=convolutions())
def test_backward_doubled_batch(student, expect, case):
    """Convolution2dLayer.backward: repeating the batch doubles the gradient (R38)"""
    doubled = {name: np.concatenate([value, value]) for name, value in case.cache().items()}
    grad_output = np.concatenate([case.grad_output, case.grad_output])

    def question(layer):
        return layer.backward(doubled, grad_output)

    got = question(case.student(student))
    agree_on(expect, got, case, question, "the gradient for twice the batch")


@weight(1)
@tags(BACKWARD)
@example(case=STRIDE_2)
@example(case=LEFT_OVER)
@given(case=STRIDES)
def test_backward_stride(student, expect, case):
    """Convolution2dLayer.backward: with stride 2, each gradient is matched with its own window (R38, R33)"""
    agree_backward(student, expect, case)


@weight(0.8)
@tags(BACKWARD)
@example(case=CHANNELS)
@given(case=convolutions(n_channels=SEVERAL))
def test_backward_channels(student, expect, case):
    """Convolution2dLayer.backward: every channel of every filter has its own gradient (R38, R34)"""
    agree_backward(student, expect, case)


@weight(0.4)
@tags(BACKWARD)
@example(case=LYING)
@example(case=STANDING)
@given(case=convolutions(NOT_SQUARE))
def test_backward_not_square(student, expect, case):
    """Convolution2dLayer.backward: images need not be square (R38, R35)"""
    agree_backward(student, expect, case)


@weight(0.3)
@tags(BACKWARD)
@example(case=ONE_IMAGE)
@given(case=convolutions(n_images=st.just(1)))
def test_backward_one_image(student, expect, case):
    """Convolution2dLayer.backward: for one image, too, the gradient has the shape of weights (R38, R36)"""
    layer = case.student(student)
    got, shape = differentiate(case)(layer), np.shape(layer.weights)

    def as_weights(gradient):
        return gradient.reshape(shape)  # (F, k, k), if a student's weights are so

    expect.answer(got, case.reference, differentiate(case), "the gradient", only=as_weights, gradient=True)


@weight(0.2)
@tags(BACKWARD)
def test_backward_uses_its_cache(student, expect):
    """Convolution2dLayer.backward: it uses the cache it is given, not the last call of forward (R38, R37)"""
    case, other = ORDINARY, ConvolutionCase(seed=1)
    layer = case.student(student)
    layer.attempt("forward", case.x, hand_on_to="backward")
    layer.attempt("forward", other.x)
    got = differentiate(case)(layer)
    remembered = case.reference().backward(other.cache(), case.grad_output)
    expect.true(
        not same_numbers(np.ravel(got), np.ravel(remembered)),
        "Before backward, another batch went through forward; your gradient is for that batch (R37).",
        "Take x from the cache that backward is given, not from self.",
    )
    agree_on(expect, got, case, differentiate(case))


@weight(0.3)
@tags(BACKWARD)
def test_backward_changes_nothing(student, expect):
    """Convolution2dLayer.backward: right, and cache, grad_output and weights are unchanged (R38, R23)"""
    layer = ORDINARY.student(student)
    got = differentiate(ORDINARY)(layer)
    expect.unchanged(layer, BACKWARD)
    expect.true(
        same_numbers(np.ravel(layer.weights), np.ravel(ORDINARY.weights)),
        f"`{BACKWARD}` changes `weights` (R23).",
        "Only return the gradient: backward takes no step.",
    )
    agree_on(expect, got, ORDINARY, differentiate(ORDINARY))
