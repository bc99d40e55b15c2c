"""Name a function: "NN.relu" for a method of a class, "output_size" for a plain function of the file."""


def key_of(owner: str, function: str) -> str:
    """Return the key of a function of a class, or of a plain one, whose owner has no name."""
    return f"{owner}.{function}" if owner else function


def owner_of(key: str) -> str:
    """Return the class that a function belongs to; nothing for a plain one."""
    return key.rpartition(".")[0]


def function_of(key: str) -> str:
    """Return the bare name of a function."""
    return key.rpartition(".")[2]
