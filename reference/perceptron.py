"""A perceptron: one unit that answers yes or no, and learns from its mistakes.

Shapes: D features.  For one example x, (D,),

    activation = relu(w @ x + b)        a number
    answer     = 1 where the activation is above 0, 0 where it is 0
"""

import numpy as np


class BinaryPerceptron:
    """A unit with D weights and a bias, trained one example at a time.

    Everything that is learnt is in `w`, (D,), and `b`, a number.
    """

    def __init__(self, *, n_features, seed=None):
        """Draw the weights from N(0, 1); the bias is 0.  The same seed gives the same weights."""
        self.w = np.random.RandomState(seed).normal(size=n_features)  # (D,)
        self.b = 0.0

    def relu(self, x):
        """Compute max(x, 0), element by element (R26).

        x: an array of any shape, or a number.  Returns the same.
        """
        # <answer relu>
        return np.maximum(x, 0)  # as x
        # </answer>

    def fire(self, x):
        """Answer for one example: 1 if relu(w @ x + b) is above 0, else 0 (R27).

        x: (D,).  Returns a number.
        """
        # <answer fire>
        activation = self.relu(self.w @ x + self.b)  # (D,) @ (D,) + a number -> a number
        return 1 if activation > 0 else 0
        # </answer>

    def train(self, x, y, lr):
        """Take one step of Rosenblatt's rule with one example (R28, R29, R30).

        x: (D,).  y: its label, 0 or 1.  lr: the learning rate.
        Changes w and b only where the answer is wrong.
        Returns |y - answer|, with the answer from before the step: 0 or 1.
        """
        # <answer train>
        error = y - self.fire(x)  # -1, 0 or 1
        self.w = self.w + lr * error * x  # (D,)
        self.b = self.b + lr * error
        return abs(error)
        # </answer>
