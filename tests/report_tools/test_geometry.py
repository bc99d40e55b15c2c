"""Sizes, weights and receptive fields by arithmetic, against counting and against known networks."""

import numpy as np
import pytest

from report_tools.plan import geometry
from report_tools.plan.layers import Conv, Dropout, Linear, Pool

# The network of the practical, with its published sizes: 1,191,170 parameters in all.
PRACTICAL = (
    Conv(32, 5, padding=2), Pool(2), Conv(64, 5, padding=2), Pool(2), Conv(64, 5, padding=2), Pool(2),
    Linear(1000), Dropout(0.5), Linear(10),
)  # fmt: skip


def vgg16():
    for channels, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        yield from [Conv(channels, 3, padding=1)] * count
        yield Pool(2)


def test_the_network_of_the_practical():
    steps = list(geometry.follow(PRACTICAL, 3, 32))
    parameters = [geometry.n_weights(layer, before) + geometry.n_biases(layer) for layer, before, _ in steps]
    assert parameters == [2_432, 0, 51_264, 0, 102_464, 0, 1_025_000, 0, 10_010]
    assert sum(parameters) == 1_191_170
    assert [after.field for _, _, after in steps[:6]] == [5, 6, 14, 16, 32, 36]
    assert [(after.channels, after.side) for _, _, after in steps[:6]] == [
        (32, 32), (32, 16), (64, 16), (64, 8), (64, 8), (64, 4)
    ]  # fmt: skip
    dense = [before.size * after.size for layer, before, after in steps if isinstance(layer, Conv)]
    assert dense == [100_663_296, 134_217_728, 16_777_216]


def test_vgg16_after_its_poolings():
    steps = list(geometry.follow(tuple(vgg16()), 3, 400))
    pools = [after for layer, _, after in steps if isinstance(layer, Pool)]
    assert [after.field for after in pools] == [6, 16, 44, 100, 212]
    assert (pools[-1].channels, pools[-1].side) == (512, 12)


@pytest.mark.parametrize("kernel", range(1, 12))
def test_sizes_are_what_is_counted_place_by_place(kernel):
    for size in (kernel, 12, 17):
        for stride in (1, 2, 3):
            for padding in (0, 1, 3):
                last = size + 2 * padding - kernel  # where the window can begin at most
                places = len(range(0, last + 1, stride))
                assert geometry.output_size(size, kernel, stride, padding) == places


@pytest.mark.parametrize("kernel", range(1, 12))
def test_only_an_odd_kernel_keeps_the_size(kernel):
    keeps = [p for p in range(kernel) if geometry.output_size(32, kernel, padding=p) == 32]
    assert keeps == ([(kernel - 1) // 2] if kernel % 2 else [])


def test_a_field_is_what_moves_an_output():
    layers = (Conv(1, 5), Pool(3), Conv(1, 3, stride=2), Conv(1, 2))
    after = list(geometry.follow(layers, 1, 60))[-1][2]
    side = after.field + 2 * after.jump
    base = np.zeros(side)
    seen = []
    for pixel in range(side):
        moved = base.copy()
        moved[pixel] = 1
        seen.append(_one_dimension(layers, moved)[0] != _one_dimension(layers, base)[0])
    assert sum(seen) == after.field


def _one_dimension(layers, x):
    for layer in layers:
        stride = layer.kernel if isinstance(layer, Pool) else layer.stride
        places = geometry.output_size(len(x), layer.kernel, stride)
        x = np.array([x[i * stride : i * stride + layer.kernel].sum() for i in range(places)])
    return x
