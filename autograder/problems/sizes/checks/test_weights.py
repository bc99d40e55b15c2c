"""Check `n_weights` and `n_weights_dense`."""

from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import example, given
from autograder.checking.later import st
from autograder.problems.sizes.strategies import FUNCTIONS, shapes

CHANNELS = st.integers(2, 12)
KERNELS = st.integers(2, 7)


@weight(0.5)
@tags("n_weights")
@example(in_channels=3, out_channels=32, kernel=5)
@example(in_channels=2, out_channels=4, kernel=3)
@given(in_channels=CHANNELS, out_channels=CHANNELS, kernel=KERNELS)
def test_with_bias(student, expect, in_channels, out_channels, kernel):
    """n_weights: square kernels over all input channels, and one bias for each output channel (R47)"""
    name = f"n_weights({in_channels}, {out_channels}, {kernel})"
    expect.agree(student, FUNCTIONS, lambda file: file.n_weights(in_channels, out_channels, kernel), name)


@weight(0.35)
@tags("n_weights")
@example(in_channels=3, out_channels=32, kernel=5)
@example(in_channels=2, out_channels=4, kernel=3)
@given(in_channels=CHANNELS, out_channels=CHANNELS, kernel=KERNELS)
def test_without_bias(student, expect, in_channels, out_channels, kernel):
    """n_weights: bias=False leaves the biases out (R47)"""
    name = f"n_weights({in_channels}, {out_channels}, {kernel}, bias=False)"
    expect.agree(
        student, FUNCTIONS, lambda file: file.n_weights(in_channels, out_channels, kernel, bias=False), name
    )


@weight(0.15)
@tags("n_weights")
def test_single_channels(student, expect):
    """n_weights: one channel, or a kernel of one pixel, is counted like any other (R47)"""
    for sizes in ((1, 1, 3), (1, 6, 3), (6, 1, 3), (4, 5, 1)):
        for bias in (True, False):
            question = lambda file, s=sizes, b=bias: file.n_weights(*s, b)  # noqa: E731
            expect.agree(student, FUNCTIONS, question, f"n_weights{(*sizes, bias)}")


@weight(0.4)
@tags("n_weights_dense")
@example(shape_in=(3, 8, 8), shape_out=(4, 6, 6))
@example(shape_in=(64, 4, 4), shape_out=(10,))
@given(shape_in=shapes(), shape_out=shapes())
def test_between_shapes(student, expect, shape_in, shape_out):
    """n_weights_dense: one weight for each pair of an input and an output, no biases (R48)"""
    name = f"n_weights_dense({shape_in}, {shape_out})"
    expect.agree(student, FUNCTIONS, lambda file: file.n_weights_dense(shape_in, shape_out), name)


@weight(0.1)
@tags("n_weights_dense")
def test_large_layers(student, expect):
    """n_weights_dense: layers as large as images are counted exactly (R48)"""
    for shape_in, shape_out in (((3, 32, 32), (32, 32, 32)), ((1, 128, 128), (32, 126, 126))):
        question = lambda file, a=shape_in, b=shape_out: file.n_weights_dense(a, b)  # noqa: E731
        expect.agree(student, FUNCTIONS, question, f"n_weights_dense({shape_in}, {shape_out})")
