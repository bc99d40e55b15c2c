"""A multilayer perceptron in NumPy.

Shapes: N rows in a batch, D features, C classes.  There are m layers of weights,
h_0 = D, then the hidden widths, then h_m = C.  Layer l computes

    A_l = Z_{l-1} @ W_l + b_l        the preactivation, (N, h_l)
    Z_l = activation(A_l)            the activation,    (N, h_l)

with Z_0 = x, and softmax in place of the activation in the last layer.
"""

import numpy as np


def one_hot(labels, n_classes):
    """Turn class numbers into rows with a single one.

    labels: (N,) integers from 0 to n_classes - 1.  Returns: (N, n_classes) float.
    """
    return np.eye(n_classes)[labels]  # (N, C)


def load_data(path, n_valid=10_000, n_classes=10, pixel_scale=255):
    """Read images and labels from an .npz file and split them in file order.

    The file holds x_train, y_train, x_test, y_test: images of any shape and class
    numbers.  The last n_valid training images become the validation split.
    Returns ((x_train, y_train), (x_valid, y_valid), (x_test, y_test)), images as
    rows of pixels divided by pixel_scale, labels one-hot.
    """
    with np.load(path) as file:
        images = {split: file[f"x_{split}"] for split in ("train", "test")}
        labels = {split: one_hot(file[f"y_{split}"], n_classes) for split in ("train", "test")}
    rows = {split: x.reshape(len(x), -1) / pixel_scale for split, x in images.items()}  # (N, D)
    train = rows["train"][:-n_valid], labels["train"][:-n_valid]
    valid = rows["train"][-n_valid:], labels["train"][-n_valid:]
    test = rows["test"], labels["test"]
    return train, valid, test


def random_data(n_rows=400, n_features=784, n_classes=10):
    """Make three small random splits, so that the network can be tried without any data."""
    generator = np.random.default_rng(0)

    def split():
        x = generator.random((n_rows, n_features))  # (N, D)
        y = one_hot(generator.integers(n_classes, size=n_rows), n_classes)  # (N, C)
        return x, y

    return split(), split(), split()


class NN:
    """A multilayer perceptron that classifies rows of numbers.

    Everything that is learnt is in `weights`: "W1", "b1", ..., "Wm", "bm".
    """

    def __init__(
        self,
        *,
        hidden_dims=(784, 256),
        epsilon=1e-6,
        lr=7e-4,
        batch_size=64,
        seed=None,
        activation="relu",
        data=None,
    ):
        """Store the settings; `data` is three splits (x, y), random ones if it is None."""
        self.hidden_dims = hidden_dims
        self.n_hidden = len(hidden_dims)
        self.lr = lr
        self.batch_size = batch_size
        self.seed = seed
        self.activation_str = activation
        self.epsilon = epsilon
        self.train, self.valid, self.test = random_data() if data is None else data
        self.weights = {}
        self.train_logs = {
            "train_accuracy": [],
            "validation_accuracy": [],
            "train_loss": [],
            "validation_loss": [],
        }

    def initialize_weights(self, dims):
        """Fill `self.weights` with Glorot uniform weights and zero biases (R1, R2, R3).

        dims: [D, C], the number of features and of classes.
        Sets W{l}: (h_{l-1}, h_l) and b{l}: (1, h_l) for l = 1, ..., m.
        If `self.seed` is not None, NumPy's global generator is seeded with it first.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("initialize_weights: see the handout, 1.1")

    def relu(self, x, grad=False):
        """Compute max(x, 0), or its derivative at x if `grad` (R5, R6, R7).

        x: any shape.  Returns an array of that shape.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("relu: see the handout, 1.2")

    def sigmoid(self, x, grad=False):
        """Compute 1 / (1 + exp(-x)), or its derivative at x if `grad` (R5, R6, R8).

        x: any shape.  Returns an array of that shape; nothing overflows for |x| up to 1000.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("sigmoid: see the handout, 1.2")

    def tanh(self, x, grad=False):
        """Compute the hyperbolic tangent, or its derivative at x if `grad` (R5, R6, R8).

        x: any shape.  Returns an array of that shape.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("tanh: see the handout, 1.2")

    def softmax(self, x):
        """Turn logits into probabilities along the last axis (R8, R9).

        x: (C,) or (N, C).  Returns the same shape; every row sums to 1.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("softmax: see the handout, 1.2")

    def activation(self, x, grad=False):
        """Apply the activation that `self.activation_str` names: relu, sigmoid or tanh (R6, R10).

        x: any shape.  Returns an array of that shape.
        Raises an exception that names `self.activation_str` if it is none of the three.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("activation: see the handout, 1.2")

    def forward(self, x):
        """Compute every preactivation and activation for a batch (R11, R12).

        x: (N, D).  Returns the cache: Z0 = x, then A{l} and Z{l}, (N, h_l), for
        l = 1, ..., m.  The last one, Zm, holds the class probabilities.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("forward: see the handout, 1.3")

    def backward(self, cache, labels):
        """Compute the gradient of the mean loss over this batch (R15, R16, R17, R18).

        cache: what `forward` returned.  labels: (N, C) one-hot.
        Returns dA{l}, dW{l}, db{l} for l = m, ..., 1 and dZ{l} for l = m - 1, ..., 1,
        each in the shape of the array it belongs to.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("backward: see the handout, 1.4")

    def loss(self, prediction, labels):
        """Compute the mean cross-entropy over the rows (R13, R14).

        prediction: (N, C) probabilities.  labels: (N, C) one-hot.  Returns a number.
        Probabilities are first clipped, in a copy, to [epsilon, 1 - epsilon].
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("loss: see the handout, 1.5")

    def update(self, grads):
        """Take one step of gradient descent with every W and b (R19).

        grads: what `backward` returned.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("update: see the handout, 1.6")

    def train_loop(self, n_epochs):
        """Initialise the weights and train for n_epochs epochs (R20, R21, R22).

        The batches are taken in file order, including the short last one.  After each
        epoch the loss and accuracy on both splits are appended to `self.train_logs`.
        Returns `self.train_logs`.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("train_loop: see the handout, 1.7")

    def compute_loss_and_accuracy(self, X, y):
        """Evaluate the network on rows X: (N, D) with one-hot labels y: (N, C).

        Returns the loss, the accuracy, and the predicted class of each row, (N,).
        """
        probabilities = self.forward(X)[f"Z{self.n_hidden + 1}"]  # (N, C)
        predictions = np.argmax(probabilities, axis=1)  # (N,)
        accuracy = np.mean(predictions == np.argmax(y, axis=1))
        return self.loss(probabilities, y), accuracy, predictions

    def evaluate(self):
        """Return the loss and the accuracy on the test split."""
        x_test, y_test = self.test  # (N, D), (N, C)
        loss, accuracy, _ = self.compute_loss_and_accuracy(x_test, y_test)
        return loss, accuracy
