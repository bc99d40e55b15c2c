"""Print every number of the layers' worked example, computed by your solution.py.

Run it with    bash setup.sh python template/worked_example_cnn_layers.py
"""

import numpy as np
from solution import Convolution2dLayer, MaxPooling2dLayer

x = np.arange(16.0).reshape(1, 1, 4, 4)  # one image, one channel, 4 x 4 pixels
weights = np.ones((1, 1, 2, 2))  # one filter of 2 x 2 ones


def convolution(stride):
    """Make a convolution that adds up the pixels of each window."""
    layer = Convolution2dLayer(filter_size=2, stride=stride, n_channels=1, n_filters=1)
    layer.weights = weights.copy()
    return layer


def show(name, images):
    """Print the only channel of the only image as rows of numbers."""
    rows = np.round(np.asarray(images, dtype=float).reshape(np.shape(images)[-2:]), 4)
    text = np.array2string(rows, formatter={"float": "{:4g}".format}, separator=",")
    print(f"{name:>11} = " + text.replace("\n", "\n" + " " * 14))


def show_layer(layer, gradient_of):
    """Print what goes forward through a layer, and what comes back where every output counts alike."""
    cache = layer.forward(x)
    show("out", cache["out"])
    grad_output = np.ones(cache["out"].shape)
    show(gradient_of, layer.backward(cache, grad_output))


def main():
    """Print the example in the order of the handout."""
    print("# image")
    show("x", x)
    print("# convolution with stride 1")
    show_layer(convolution(1), "d weights")
    print("# stride 2")
    show_layer(convolution(2), "d weights")
    print("# pooling")
    show_layer(MaxPooling2dLayer(filter_size=2), "d x")
    print("# shifted, 20 less in every pixel")
    show("out", MaxPooling2dLayer(filter_size=2).forward(x - 20)["out"])
    print("# pixel, one bright pixel, and a filter of 1 to 9")
    layer = Convolution2dLayer(filter_size=3, stride=1, n_channels=1, n_filters=1)
    layer.weights = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    bright = np.zeros((1, 1, 5, 5))
    bright[0, 0, 2, 2] = 1
    show("out", layer.forward(bright)["out"])


if __name__ == "__main__":
    try:
        main()
    except NotImplementedError as error:
        print(f"Not written yet: {error}")
