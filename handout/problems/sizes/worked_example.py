"""Print every number of the sizes' worked example, computed by your solution.py.

Run it with    bash setup.sh python template/worked_example_sizes.py
"""

import numpy as np
from solution import dense_as_convolution, n_weights, n_weights_dense, output_size, receptive_field

# Kernel, stride, padding and output channels; pooling has no weights.
network = [
    ("conv1", 5, 1, 2, 32),
    ("pool1", 2, 2, 0, None),
    ("conv2", 5, 1, 2, 64),
    ("pool2", 2, 2, 0, None),
]
image = (3, 32, 32)


def show(*words):
    """Print one row of a table."""
    print("".join(f"{word!s:>12}" for word in words))


def layers():
    """Print side, weights and receptive field, layer by layer."""
    channels, side = image[:2]
    show("layer", "output", "weights", "field")
    for depth, (name, kernel, stride, padding, n_out) in enumerate(network, start=1):
        side = int(output_size(side, kernel, stride, padding))
        weights = int(n_weights(channels, n_out, kernel)) if n_out else 0
        channels = n_out or channels
        field = int(receptive_field([layer[1:3] for layer in network[:depth]]))
        show(name, f"{channels}x{side}x{side}", f"{weights:,}", field)


def main():
    """Print the example in the order of the handout."""
    print("# layers")
    layers()
    print("# dense, in the place of conv1")
    print(f"{int(n_weights_dense(image, (32, 32, 32))):,} weights")
    print("# kernels of a dense layer for images of 1 x 2 x 3")
    print(np.array2string(np.asarray(dense_as_convolution(np.arange(12.0).reshape(2, 6), (1, 2, 3)))))


if __name__ == "__main__":
    try:
        main()
    except NotImplementedError as error:
        print(f"Not written yet: {error}")
