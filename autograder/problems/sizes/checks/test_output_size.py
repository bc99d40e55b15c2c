"""Check `output_size`."""

from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import example, given
from autograder.problems.sizes.strategies import FUNCTIONS, geometries


def side(size, kernel, **settings):
    """Make the question for the side of an output, and its name."""
    words = "".join(f", {name}={value}" for name, value in settings.items())
    return lambda file: file.output_size(size, kernel, **settings), f"output_size({size}, {kernel}{words})"


def without_remainder(geometry):
    """Make the image a little smaller, so that the last window ends at its edge."""
    left_over = (geometry["size"] + 2 * geometry.get("padding", 0) - geometry["kernel"]) % geometry["stride"]
    return {**geometry, "size": geometry["size"] - left_over}


@weight(0.5)
@tags("output_size")
@example(geometry={"size": 32, "kernel": 5})
@example(geometry={"size": 7, "kernel": 3})
@given(geometry=geometries(padded=False, strided=False))
def test_windows(student, expect, geometry):
    """output_size: as many windows as fit into the image (R44)"""
    expect.agree(student, FUNCTIONS, *side(**geometry))


@weight(0.3)
@tags("output_size")
@example(geometry={"size": 33, "kernel": 3, "stride": 2})
@example(geometry={"size": 14, "kernel": 5, "stride": 3})
@given(geometry=geometries(padded=False, strided=True))
def test_stride(student, expect, geometry):
    """output_size: windows begin one stride apart (R44)"""
    expect.agree(student, FUNCTIONS, *side(**without_remainder(geometry)))


@weight(0.2)
@tags("output_size")
@example(geometry={"size": 12, "kernel": 3, "stride": 2})
@example(geometry={"size": 12, "kernel": 3, "stride": 4})
@example(geometry={"size": 14, "kernel": 3, "stride": 4})
@given(geometry=geometries(padded=False, strided=True))
def test_left_over(student, expect, geometry):
    """output_size: the size is rounded down, because pixels left over at the end are not used (R44)"""
    whole = without_remainder(geometry)
    left_over = 1 + geometry["size"] % (geometry["stride"] - 1)  # from 1 to stride - 1
    expect.agree(student, FUNCTIONS, *side(**{**whole, "size": whole["size"] + left_over}))


@weight(0.2)
@tags("output_size")
@example(geometry={"size": 32, "kernel": 5, "padding": 2})
@example(geometry={"size": 6, "kernel": 3, "padding": 2})
@given(geometry=geometries(padded=True, strided=False))
def test_padding(student, expect, geometry):
    """output_size: the padding is added on both sides (R44, R45)"""
    expect.agree(student, FUNCTIONS, *side(**geometry))


@weight(0.1)
@tags("output_size")
@example(geometry={"size": 9, "kernel": 3, "stride": 2, "padding": 1})
@example(geometry={"size": 11, "kernel": 3, "stride": 4, "padding": 2})
@given(geometry=geometries(padded=True, strided=True))
def test_padding_and_stride(student, expect, geometry):
    """output_size: the padding is part of the image that the windows move over (R44, R45)"""
    expect.agree(student, FUNCTIONS, *side(**without_remainder(geometry)))


@weight(0.2)
@tags("output_size")
def test_any_kernel(student, expect):
    """output_size: kernels may be even, as large as the image, or a single pixel (R44, R46)"""
    for size, kernel in ((8, 2), (9, 4), (6, 6), (5, 5), (7, 1), (1, 1)):
        question, name = side(size, kernel)
        expect.agree(student, FUNCTIONS, question, name)
        positions = (size, kernel, 1, 0)  # as good as keywords
        expect.agree(student, FUNCTIONS, lambda file, p=positions: file.output_size(*p), name)
