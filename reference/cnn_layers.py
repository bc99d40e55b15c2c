"""The two layers of a convolutional network, in NumPy.

Shapes: N images in a batch, C channels, H rows and W columns of pixels; F filters of k x k pixels,
which move s pixels at a time.  A window that begins in row i s and column j s is the one of the
output (i, j), and there are h x w of them:

    h = (H - k) // s + 1,    w = (W - k) // s + 1

Pixels that are left over at the right and at the bottom belong to no window.
"""

import numpy as np


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
        # <answer Convolution2dLayer.forward>
        n, _, height, width = x.shape
        k, s = self.filter_size, self.stride
        h, w = (height - k) // s + 1, (width - k) // s + 1
        out = np.zeros((n, self.n_filters, h, w))  # (N, F, h, w)
        for i in range(h):
            for j in range(w):
                window = x[:, :, i * s : i * s + k, j * s : j * s + k]  # (N, C, k, k)
                out[:, :, i, j] = np.einsum("ncab,fcab->nf", window, self.weights)  # (N, F)
        return {"x": x, "out": out}
        # </answer>

    def backward(self, cache, grad_output):
        """Compute the derivative of the loss with respect to the weights (R37, R38).

        cache: what `forward` returned.  grad_output: (N, F, h, w), the derivative with respect to `out`.
        Returns: as `self.weights`, (F, C, k, k), the sum over all images and windows.
        """
        # <answer Convolution2dLayer.backward>
        x = cache["x"]  # (N, C, H, W)
        k, s = self.filter_size, self.stride
        grad_weights = np.zeros(self.weights.shape)  # (F, C, k, k)
        for i in range(grad_output.shape[2]):
            for j in range(grad_output.shape[3]):
                window = x[:, :, i * s : i * s + k, j * s : j * s + k]  # (N, C, k, k)
                grad = grad_output[:, :, i, j]  # (N, F)
                grad_weights += np.einsum("nf,ncab->fcab", grad, window)  # (F, C, k, k)
        return grad_weights
        # </answer>


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
        # <answer MaxPooling2dLayer.forward>
        n, c, height, width = x.shape
        k = self.filter_size
        h, w = height // k, width // k
        out = np.zeros((n, c, h, w))  # (N, C, h, w)
        for i in range(h):
            for j in range(w):
                window = x[:, :, i * k : (i + 1) * k, j * k : (j + 1) * k]  # (N, C, k, k)
                out[:, :, i, j] = np.max(window, axis=(2, 3))  # (N, C)
        return {"x": x, "out": out}
        # </answer>

    def backward(self, cache, grad_output):
        """Pass each gradient on to the largest pixel of its window (R41, R42, R43).

        cache: what `forward` returned.  grad_output: (N, C, h, w), the derivative with respect to `out`.
        Returns: as x, (N, C, H, W), zero wherever a pixel is not the largest of a window.
        """
        # <answer MaxPooling2dLayer.backward>
        x, out = cache["x"], cache["out"]  # (N, C, H, W), (N, C, h, w)
        k = self.filter_size
        grad_x = np.zeros(x.shape)  # (N, C, H, W)
        for i in range(grad_output.shape[2]):
            for j in range(grad_output.shape[3]):
                rows, columns = slice(i * k, (i + 1) * k), slice(j * k, (j + 1) * k)
                largest = x[:, :, rows, columns] == out[:, :, i : i + 1, j : j + 1]  # (N, C, k, k)
                grad = grad_output[:, :, i : i + 1, j : j + 1]  # (N, C, 1, 1)
                grad_x[:, :, rows, columns] = largest * grad  # (N, C, k, k)
        return grad_x
        # </answer>
