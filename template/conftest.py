"""Let pytest say less, and say it kindly.  Nothing here needs to be changed.

Of each wrong function you see one test that fails.  Of a function that rests on a wrong one
you see only the name: mend the other first.  All that pytest has to say: add --tb=short.
"""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.append(str(FOLDER.parent))  # for the folder autograder beside this one

from autograder.public_tests import plugin


def pytest_configure(config):
    """Import solution.py as the grader will, and give every test an end."""
    plugin.start(config, FOLDER)
