"""Check `receptive_field`."""

from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import example, given
from autograder.problems.sizes.strategies import FUNCTIONS, PRACTICAL, VGG16, layers


def asked(network):
    """Make the question for the field of these layers, and its name."""
    # A list of its own: the check of R23 asks whether it is changed, and no other does.
    return lambda file: file.receptive_field(list(network)), f"receptive_field({network})"


@weight(0.5)
@tags("receptive_field")
@example(network=[(5, 1), (5, 1)])
@example(network=[(3, 1), (3, 1), (4, 1)])
@given(network=layers(strides=False))
def test_stride_of_one(student, expect, network):
    """receptive_field: with strides of one, each layer adds its kernel size minus one (R49)"""
    expect.agree(student, FUNCTIONS, *asked(network))


@weight(0.7)
@tags("receptive_field")
@example(network=[(3, 2), (3, 1)])
@example(network=[(2, 2), (3, 2), (3, 3), (2, 1)])
@given(network=layers(strides=True))
def test_strides(student, expect, network):
    """receptive_field: the strides of all earlier layers are multiplied (R49)"""
    expect.agree(student, FUNCTIONS, *asked(network))


@weight(0.5)
@tags("receptive_field")
def test_networks(student, expect):
    """receptive_field: convolutions and pooling in turn, as in real networks (R49)"""
    for network in (PRACTICAL, VGG16):
        for depth in (1, 2, 3, len(network) - 1, len(network)):
            expect.agree(student, FUNCTIONS, *asked(network[:depth]))


@weight(0.15)
@tags("receptive_field")
def test_no_layers(student, expect):
    """receptive_field: without layers the field is one pixel, and a kernel of one adds nothing (R49)"""
    for network in ([], [(1, 1)], [(1, 1), (1, 2), (3, 1)]):
        expect.agree(student, FUNCTIONS, *asked(network))


@weight(0.15)
@tags("receptive_field")
def test_changes_no_argument(student, expect):
    """receptive_field: layers is unchanged (R49, R23)"""
    network = PRACTICAL[:3]
    file = FUNCTIONS.student(student)
    got = file.receptive_field(network)
    expect.unchanged(file, "receptive_field")
    expect.answer(got, FUNCTIONS.reference, *asked(network))
