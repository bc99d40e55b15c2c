"""Print every number of the handout's worked example, computed by your solution.py.

Run it with    bash setup.sh python template/worked_example_mlp.py
"""

import numpy as np
from solution import NN

x = np.array([[1.0, 2.0], [-1.0, 0.5]])  # two rows, two features
y = np.array([[1, 0], [0, 1]])  # their classes: 0 and 1


def small_network(activation):
    """Make a 2-3-2 network with weights that are easy to follow with a pencil."""
    data = ((x, y),) * 3  # training, validation and test split
    nn = NN(hidden_dims=(3,), lr=0.5, activation=activation, data=data)
    nn.weights = {
        "W1": np.array([[0.5, -1.0, 1.0], [0.5, 0.5, -1.0]]),
        "b1": np.array([[0.0, 0.5, 0.5]]),
        "W2": np.array([[1.0, -0.5], [0.5, 1.0], [-1.0, 0.5]]),
        "b2": np.array([[0.0, 0.5]]),
    }
    return nn


def show(name, value):
    """Print an array as a labelled block of rows, rounded to four decimals."""
    value = np.round(np.asarray(value, dtype=float), 4) + 0.0  # + 0.0 turns -0.0 into 0.0
    rows = np.array2string(value, formatter={"float": "{:8.4f}".format}, separator=",")
    print(f"{name:>4} = " + rows.replace("\n", "\n" + " " * 7))


def show_all(nn, names):
    """Print the named entries of the cache, the loss, or the gradients."""
    cache = nn.forward(x)
    for name in names.split():
        if name == "loss":
            show(name, nn.loss(cache["Z2"], y))
        else:
            show(name, cache[name] if name in cache else nn.backward(cache, y)[name])


def main():
    """Print the example in the order of the handout."""
    nn = small_network("relu")
    print("# forward, with relu")
    show_all(nn, "Z0 A1 Z1 A2 Z2")
    print("# loss")
    show_all(nn, "loss")
    print("# backward, from the last layer to the first")
    show_all(nn, "dA2 dW2 db2 dZ1 dA1 dW1 db1")
    print("# after one update with lr = 0.5")
    nn.update(nn.backward(nn.forward(x), y))
    for name in ("W1", "b1", "W2", "b2"):
        show(name, nn.weights[name])
    show_all(nn, "loss")
    print("# the same network with tanh: what is different in the first layer")
    show_all(small_network("tanh"), "Z1 dA1 dW1 db1")


if __name__ == "__main__":
    try:
        main()
    except NotImplementedError as error:
        print(f"Not written yet: {error}")
