"""Convolution and max-pooling: the two layers of a convolutional network."""
