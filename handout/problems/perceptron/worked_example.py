"""Print every number of the perceptron's worked example, computed by your solution.py.

Run it with    bash setup.sh python template/worked_example_perceptron.py
"""

import numpy as np
from solution import BinaryPerceptron

examples = [np.array([0.5, 1.0]), np.array([-1.0, 2.0]), np.array([0.25, 1.0])]
labels = [0, 1, 0]


def perceptron():
    """Make a perceptron with weights that are easy to follow with a pencil."""
    unit = BinaryPerceptron(n_features=2)
    unit.w = np.array([1.0, -0.5])
    unit.b = 0.25
    return unit


def show(*values):
    """Print names and values in a row, rounded to four decimals."""
    pairs = zip(values[::2], values[1::2], strict=True)
    print("  ".join(f"{name} = {np.round(np.asarray(value, float), 4).tolist()}" for name, value in pairs))


def main():
    """Print the example in the order of the handout."""
    print("# fire")
    for x in examples:
        unit = perceptron()
        z = unit.w @ x + unit.b
        show("x", x, "w @ x + b", z, "relu", unit.relu(z), "fire(x)", unit.fire(x))
    print("# train with lr = 0.5")
    for x, y in zip(examples, labels, strict=True):
        unit = perceptron()
        loss = unit.train(x, y, 0.5)
        show("x", x, "y", y, "returns", loss, "w", unit.w, "b", unit.b)


if __name__ == "__main__":
    try:
        main()
    except NotImplementedError as error:
        print(f"Not written yet: {error}")
