"""Start the worker, or the fork server: a script as short as can be, since Python keeps no bytecode of it."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path[:] = [ROOT, *(entry for entry in sys.path if entry != HERE)]

from autograder.sandbox.worker.main import main

main()
