"""From runs to numbers: data, the student's class, PyTorch, and the store of results."""
