"""What the grader says, word for word, where several rooms show it; each is worded here and nowhere else."""

# Why a submission is refused.
IS_EMPTY = "is empty"
TOO_LARGE = "larger than 1 MB"
IS_A_WEB_PAGE = "a web page"
IS_DAMAGED = "damaged"
IS_A_LINK = "as a link"
STANDS_THERE_TWICE = "twice"
NO_PYTHON_FILE = "no Python file"
SEVERAL_FILES = "several files that could be meant"
POINTS_OUTSIDE = "outside of it"
NOT_PYTHON = "not valid Python"
NO_CLASS = "defines no class `NN`"
STOPPED_AT = "stopped at line"

# What becomes of a function.
TIMED_OUT = "did not finish in time"
NOT_WRITTEN = "`{}` is not written yet."

# What is nobody's mistake but the grader's.
NOT_YOURS = "not your mistake"
NOTHING_GRADED = "nothing was graded: not isolated"
