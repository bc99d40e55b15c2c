"""Hold the one exception that stands for a mistake of the person at the keyboard."""


class UserError(Exception):
    """Say in one sentence what is wrong and what to do; commands print it and exit with status 2."""
