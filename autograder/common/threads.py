"""Keep NumPy to one thread: it must be told before it is imported.

The matrices here are small, there is a process for every core already, and the order of
additions, which the last digit depends on, must not change with the number of cores.
"""

import os

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
ONE = dict.fromkeys(VARIABLES, "1")


def use_one() -> None:
    """Tell NumPy, here and in the processes that are started from here, unless somebody did."""
    for name, value in ONE.items():
        os.environ.setdefault(name, value)
