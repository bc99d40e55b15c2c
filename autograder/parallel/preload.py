"""Importing this draws every input of every check, once for all processes that fork from here.

It is what the fork server of `cores.py` imports.
"""

from autograder import assignment, diagnosis, grading, running, suite  # noqa: F401  # imported for the forks

suite.draw_all(assignment.term_seed())
