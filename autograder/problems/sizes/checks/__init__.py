"""The hidden checks of the sizes of a convolutional network."""
