"""Hold the one exception that stands for a mistake of the person at the keyboard."""


class UserError(Exception):
    """A mistake of the person at the keyboard: one sentence on what is wrong and what to do."""
