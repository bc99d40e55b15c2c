"""Check `MaxPooling2dLayer`.

`backward` is handed what the student's own `forward` returned, with the reference's `x` and `out`
in it, so that a bug in `forward` costs nothing here.
"""

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.expect import same_numbers
from autograder.checking.inputs import example, given
from autograder.checking.later import st
from autograder.problems.cnn_layers.questions import differentiate, forwarded, out_only
from autograder.problems.cnn_layers.strategies import (
    EVEN_NOT_SQUARE,
    FULL_SIZE_POOLING,
    ODD_SQUARE,
    PoolingCase,
    poolings,
)

FORWARD, BACKWARD = "MaxPooling2dLayer.forward", "MaxPooling2dLayer.backward"

ORDINARY = PoolingCase(n_channels=2)
ODD = PoolingCase(height=5, width=5)
REPEATING = PoolingCase(height=5, width=5, repeating=True)
THREE = PoolingCase(n_channels=2, filter_size=3, height=6, width=6)
THREES = poolings(st.sampled_from([(6, 6), (9, 9)]), filter_size=st.just(3))
NEGATIVE = PoolingCase(darkest=-200)
NEGATIVES = poolings(darkest=st.sampled_from([-400, -20]))  # all pixels below zero, and nearly half of them
LYING, STANDING = PoolingCase(height=4, width=6), PoolingCase(height=6, width=4)
ONE_IMAGE = PoolingCase(n_images=1)

# Windows in which every pixel is the largest, as in the black margin of a digit; three are; two are; one is.
TIES = np.array(
    [
        [0.0, 0.0, 2.0, 2.0],
        [0.0, 0.0, 1.0, 2.0],
        [3.0, 0.5, 0.25, 1.0],
        [3.0, 1.5, 0.75, 0.5],
    ]
)


def agree_forward(student, expect, case, only=out_only):
    """Require the reference's output."""
    got = forwarded(student, case)
    expect.answer(got, case.reference, lambda layer: layer.forward(case.x), "cache", only=only)


def agree_backward(student, expect, case):
    """Require the reference's gradient."""
    expect.agree(student, case, differentiate(case), "the gradient", gradient=True)


def windows(array, k=2):
    """Cut a batch of images into the pixels of each window, (N, C, h, w, k k)."""
    n, c, height, width = array.shape
    cut = array.reshape(n, c, height // k, k, width // k, k).swapaxes(3, 4)
    return cut.reshape(n, c, height // k, width // k, k * k)


@weight(0.8)
@tags(FORWARD)
@example(case=ORDINARY)
@example(case=FULL_SIZE_POOLING)
@given(case=poolings())
def test_forward_values(student, expect, case):
    """MaxPooling2dLayer.forward: the cache holds x, and the largest pixel of every window (R37, R40, R39)"""
    agree_forward(student, expect, case, only=lambda cache: cache)


@weight(0.4)
@tags(FORWARD)
@example(case=ODD)
@given(case=poolings(ODD_SQUARE))
def test_forward_odd_sizes(student, expect, case):
    """MaxPooling2dLayer.forward: leftover rows and columns are dropped (R39)"""
    agree_forward(student, expect, case)


@weight(0.3)
@tags(FORWARD)
@example(case=THREE)
@given(case=THREES)
def test_forward_filter_size(student, expect, case):
    """MaxPooling2dLayer.forward: windows are filter_size pixels wide, for any filter_size (R39)"""
    agree_forward(student, expect, case)


@weight(0.2)
@tags(FORWARD)
@example(case=NEGATIVE)
@given(case=NEGATIVES)
def test_forward_negative(student, expect, case):
    """MaxPooling2dLayer.forward: negative pixels are pixels like any other (R39)"""
    agree_forward(student, expect, case)


@weight(0.1)
@tags(FORWARD)
@example(case=LYING)
@example(case=STANDING)
@given(case=poolings(EVEN_NOT_SQUARE))
def test_forward_not_square(student, expect, case):
    """MaxPooling2dLayer.forward: images need not be square (R39, R35)"""
    agree_forward(student, expect, case)


@weight(0.1)
@tags(FORWARD)
@example(case=ONE_IMAGE)
@given(case=poolings(n_images=st.just(1)))
def test_forward_one_image(student, expect, case):
    """MaxPooling2dLayer.forward: one image is a batch like any other (R39, R36)"""
    agree_forward(student, expect, case)


@weight(0.1)
@tags(FORWARD)
def test_forward_changes_no_argument(student, expect):
    """MaxPooling2dLayer.forward: the output is right, and x is unchanged (R39, R23)"""
    layer = ORDINARY.student(student)
    cache = layer.forward(ORDINARY.x)
    expect.unchanged(layer, FORWARD)
    expect.answer(cache, ORDINARY.reference, lambda layer: layer.forward(ORDINARY.x), "cache", only=out_only)


@weight(2.2)
@tags(BACKWARD)
@example(case=ORDINARY)
@example(case=FULL_SIZE_POOLING)
@given(case=poolings())
def test_backward_values(student, expect, case):
    """MaxPooling2dLayer.backward: each gradient goes to the largest pixel of its window (R40, R41)"""
    agree_backward(student, expect, case)


@weight(1)
@tags(BACKWARD)
@example(case=ODD)
@example(case=REPEATING)
@given(case=poolings(ODD_SQUARE))
def test_backward_odd_sizes(student, expect, case):
    """MaxPooling2dLayer.backward: leftover rows and columns get a gradient of zero (R41, R39)"""
    agree_backward(student, expect, case)


@weight(0.8)
@tags(BACKWARD)
@example(case=THREE)
@given(case=THREES)
def test_backward_filter_size(student, expect, case):
    """MaxPooling2dLayer.backward: windows are filter_size pixels wide, for any filter_size (R41, R39)"""
    agree_backward(student, expect, case)


@weight(0.2)
@tags(BACKWARD)
@example(case=NEGATIVE)
@given(case=NEGATIVES)
def test_backward_negative(student, expect, case):
    """MaxPooling2dLayer.backward: negative pixels are pixels like any other (R41)"""
    agree_backward(student, expect, case)


@weight(0.4)
@tags(BACKWARD)
def test_backward_ties(student, expect):
    """MaxPooling2dLayer.backward: ties all get the gradient, or one does, or they share it (R41, R42)"""
    x = np.array([[TIES, TIES[::-1]], [TIES[:, ::-1], TIES.T]])  # (N, C, H, W)
    out = np.max(windows(x), axis=4)  # (N, C, h, w)
    grad_output = np.array([1.5, -2.0, 0.75, 3.0] * 4).reshape(out.shape)
    got = student.MaxPooling2dLayer(filter_size=2).backward({"x": x, "out": out}, grad_output)
    got = windows(expect.numbers(got, x.shape, "the gradient"))
    largest = windows(x) == out[..., None]
    for place in np.ndindex(out.shape):
        n_largest, whole = int(np.sum(largest[place])), grad_output[place]
        fair = {1, n_largest}  # the gradient of each pixel that gets one is the whole, or its share of it
        receiving = got[place][largest[place]]
        shares = [np.all(expect.is_close(receiving, whole / parts, gradient=True)) for parts in fair]
        nonzero = receiving[receiving != 0]
        one = nonzero.size == 1 and expect.is_close(nonzero, whole, gradient=True)[0]
        expect.true(
            not np.any(got[place][~largest[place]]) and bool(any(shares) or one),
            f"In a window whose {n_largest} largest pixels are equal and whose gradient is {whole:g}, "
            f"you pass on {np.array2string(got[place])} (R42).",
            "Give it to all of these pixels, or to one, or divide it among them; all others get 0.",
        )


@weight(0.3)
@tags(BACKWARD)
@example(case=PoolingCase(whole=True))
@given(case=poolings(whole=st.just(True)))
def test_backward_whole_numbers(student, expect, case):
    """MaxPooling2dLayer.backward: the gradient of integer pixels is not rounded (R41, R43)"""
    agree_backward(student, expect, case)


@weight(0.4)
@tags(BACKWARD)
@example(case=LYING)
@example(case=STANDING)
@given(case=poolings(EVEN_NOT_SQUARE))
def test_backward_not_square(student, expect, case):
    """MaxPooling2dLayer.backward: images need not be square (R41, R35)"""
    agree_backward(student, expect, case)


@weight(0.2)
@tags(BACKWARD)
@example(case=ONE_IMAGE)
@given(case=poolings(n_images=st.just(1)))
def test_backward_one_image(student, expect, case):
    """MaxPooling2dLayer.backward: one image is a batch like any other (R41, R36)"""
    agree_backward(student, expect, case)


@weight(0.2)
@tags(BACKWARD)
def test_backward_uses_its_cache(student, expect):
    """MaxPooling2dLayer.backward: it uses the cache it is given, not the last call of forward (R41, R37)"""
    case, other = ORDINARY, PoolingCase(n_channels=2, seed=1)
    layer = case.student(student)
    layer.attempt("forward", case.x, hand_on_to="backward")
    layer.attempt("forward", other.x)
    got = differentiate(case)(layer)
    remembered = case.reference().backward(other.cache(), case.grad_output)
    expect.true(
        not same_numbers(got, remembered),
        "Before backward, another batch went through forward; your gradient is for that batch (R37).",
        "Take x and out from the cache that backward is given, not from self.",
    )
    expect.answer(got, case.reference, differentiate(case), "the gradient", gradient=True)


@weight(0.3)
@tags(BACKWARD)
def test_backward_changes_no_argument(student, expect):
    """MaxPooling2dLayer.backward: right, and cache and grad_output are unchanged (R41, R23)"""
    layer = ORDINARY.student(student)
    got = differentiate(ORDINARY)(layer)
    expect.unchanged(layer, BACKWARD)
    expect.answer(got, ORDINARY.reference, differentiate(ORDINARY), "the gradient", gradient=True)
