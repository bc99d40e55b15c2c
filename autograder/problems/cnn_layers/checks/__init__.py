"""The hidden checks: a file for each layer, the corners of each ruling in checks of their own."""
