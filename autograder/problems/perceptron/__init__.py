"""A perceptron: the class BinaryPerceptron."""
