"""A multilayer perceptron in NumPy: the class NN."""
