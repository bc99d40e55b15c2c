"""The hidden checks of the perceptron."""
