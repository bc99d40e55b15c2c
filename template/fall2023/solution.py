"""What this assignment asks for, part by part."""

import numpy as np

# ------------------------------------------------------------------------------
# A perceptron: one unit that answers yes or no, and learns from its mistakes.
#
# Shapes: D features.  For one example x, (D,),
#
#     activation = relu(w @ x + b)        a number
#     answer     = 1 where the activation is above 0, 0 where it is 0
# ------------------------------------------------------------------------------


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
        # Your code here, in place of the next line.
        raise NotImplementedError("BinaryPerceptron.relu: see the handout, 1.1")

    def fire(self, x):
        """Answer for one example: 1 if relu(w @ x + b) is above 0, else 0 (R27).

        x: (D,).  Returns a number.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("fire: see the handout, 1.1")

    def train(self, x, y, lr):
        """Take one step of Rosenblatt's rule with one example (R28, R29, R30).

        x: (D,).  y: its label, 0 or 1.  lr: the learning rate.
        Changes w and b only where the answer is wrong.
        Returns |y - answer|, with the answer from before the step: 0 or 1.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("train: see the handout, 1.1")


# ------------------------------------------------------------------------------
# A multilayer perceptron in NumPy.
#
# Shapes: N rows in a batch, D features, C classes.  There are m layers of weights,
# h_0 = D, then the hidden widths, then h_m = C.  Layer l computes
#
#     A_l = Z_{l-1} @ W_l + b_l        the preactivation, (N, h_l)
#     Z_l = activation(A_l)            the activation,    (N, h_l)
#
# with Z_0 = x, and softmax in place of the activation in the last layer.
# ------------------------------------------------------------------------------


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
        raise NotImplementedError("NN.initialize_weights: see the handout, 2.1")

    def relu(self, x, grad=False):
        """Compute max(x, 0), or its derivative at x if `grad` (R5, R6, R7).

        x: any shape.  Returns an array of that shape.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("NN.relu: see the handout, 2.2")

    def sigmoid(self, x, grad=False):
        """Compute 1 / (1 + exp(-x)), or its derivative at x if `grad` (R5, R6, R8).

        x: any shape.  Returns an array of that shape; nothing overflows for |x| up to 1000.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("sigmoid: see the handout, 2.2")

    def tanh(self, x, grad=False):
        """Compute the hyperbolic tangent, or its derivative at x if `grad` (R5, R6, R8).

        x: any shape.  Returns an array of that shape.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("tanh: see the handout, 2.2")

    def softmax(self, x):
        """Turn logits into probabilities along the last axis (R8, R9).

        x: (C,) or (N, C).  Returns the same shape; every row sums to 1.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("softmax: see the handout, 2.2")

    def activation(self, x, grad=False):
        """Apply the activation that `self.activation_str` names: relu, sigmoid or tanh (R6, R10).

        x: any shape.  Returns an array of that shape.
        Raises an exception that names `self.activation_str` if it is none of the three.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("activation: see the handout, 2.2")

    def forward(self, x):
        """Compute every preactivation and activation for a batch (R11, R12).

        x: (N, D).  Returns the cache: Z0 = x, then A{l} and Z{l}, (N, h_l), for
        l = 1, ..., m.  The last one, Zm, holds the class probabilities.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("NN.forward: see the handout, 2.3")

    def backward(self, cache, labels):
        """Compute the gradient of the mean loss over this batch (R15, R16, R17, R18).

        cache: what `forward` returned.  labels: (N, C) one-hot.
        Returns dA{l}, dW{l}, db{l} for l = m, ..., 1 and dZ{l} for l = m - 1, ..., 1,
        each in the shape of the array it belongs to.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("NN.backward: see the handout, 2.4")

    def loss(self, prediction, labels):
        """Compute the mean cross-entropy over the rows (R13, R14).

        prediction: (N, C) probabilities.  labels: (N, C) one-hot.  Returns a number.
        Probabilities are first clipped, in a copy, to [epsilon, 1 - epsilon].
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("loss: see the handout, 2.5")

    def update(self, grads):
        """Take one step of gradient descent with every W and b (R19).

        grads: what `backward` returned.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("update: see the handout, 2.6")

    def train_loop(self, n_epochs):
        """Initialise the weights and train for n_epochs epochs (R20, R21, R22).

        The batches are taken in file order, including the short last one.  After each
        epoch the loss and accuracy on both splits are appended to `self.train_logs`.
        Returns `self.train_logs`.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("train_loop: see the handout, 2.7")

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


# ------------------------------------------------------------------------------
# The two layers of a convolutional network, in NumPy.
#
# Shapes: N images in a batch, C channels, H rows and W columns of pixels; F filters of k x k pixels,
# which move s pixels at a time.  A window that begins in row i s and column j s is the one of the
# output (i, j), and there are h x w of them:
#
#     h = (H - k) // s + 1,    w = (W - k) // s + 1
#
# Pixels that are left over at the right and at the bottom belong to no window.
# ------------------------------------------------------------------------------


class Convolution2dLayer:
    """A convolution: each filter is applied to each window of each image.

    What is learnt is in `weights`: (F, C, k, k).  There is no bias and no padding.
    """

    def __init__(self, *, filter_size=3, stride=1, n_channels=1, n_filters=32, seed=None):
        """Store the settings and draw the weights."""
        self.filter_size = filter_size
        self.stride = stride
        self.n_channels = n_channels
        self.n_filters = n_filters
        self.seed = seed
        self.initialize_weights()

    def initialize_weights(self):
        """Draw `self.weights`, (F, C, k, k), from U(-d, d) with d = 1 / sqrt(C k k)."""
        generator = np.random.default_rng(self.seed)
        shape = (self.n_filters, self.n_channels, self.filter_size, self.filter_size)
        bound = 1 / np.sqrt(np.prod(shape[1:]))
        self.weights = generator.uniform(-bound, bound, shape)  # (F, C, k, k)

    def forward(self, x):
        """Apply every filter to every window of every image (R31, R32, R33, R34).

        x: (N, C, H, W).  Returns the cache: `x`, and `out`, (N, F, h, w).
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("Convolution2dLayer.forward: see the handout, 3.1")

    def backward(self, cache, grad_output):
        """Compute the derivative of the loss with respect to the weights (R37, R38).

        cache: what `forward` returned.  grad_output: (N, F, h, w), the derivative with respect to `out`.
        Returns: as `self.weights`, (F, C, k, k), the sum over all images and windows.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("Convolution2dLayer.backward: see the handout, 3.1")


class MaxPooling2dLayer:
    """Max-pooling: only the largest pixel of each window is kept.

    The windows do not overlap: they move k pixels at a time.  Nothing is learnt.
    """

    def __init__(self, *, filter_size=2):
        """Store the side of the windows."""
        self.filter_size = filter_size

    def forward(self, x):
        """Take the largest pixel of every window, in each image and channel by itself (R39, R40).

        x: (N, C, H, W).  Returns the cache: `x`, and `out`, (N, C, H // k, W // k).
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("MaxPooling2dLayer.forward: see the handout, 3.2")

    def backward(self, cache, grad_output):
        """Pass each gradient on to the largest pixel of its window (R41, R42, R43).

        cache: what `forward` returned.  grad_output: (N, C, h, w), the derivative with respect to `out`.
        Returns: as x, (N, C, H, W), zero wherever a pixel is not the largest of a window.
        """
        # Your code here, in place of the next line.
        raise NotImplementedError("MaxPooling2dLayer.backward: see the handout, 3.2")
