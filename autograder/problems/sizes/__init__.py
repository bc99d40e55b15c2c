"""Sizes of a convolutional network: five plain functions."""
