"""Keep what pytest says short.  Nothing here needs to be changed.

For each wrong function you see one failing test; for a function that relies on a wrong one, only its
name, since the other must be fixed first.  --tb=short shows everything pytest has to say.
"""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.append(str(FOLDER.parent))  # for the folder autograder beside this one

from autograder.public_tests import plugin


def pytest_configure(config):
    """Import solution.py as the grader will, and give every test an end."""
    plugin.start(config, FOLDER)
