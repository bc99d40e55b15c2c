"""Importing this reads or draws every input of every check, once for all processes that fork from here.

It is what the fork server of pool.py imports.
"""

from autograder.assignment import config  # imported for the forks
from autograder.checking import inputs
from autograder.grading import diagnosis, grade, runner, suite  # noqa: F401  # imported for the forks

inputs.prepare_to_shrink()
suite.collect(config.load())
