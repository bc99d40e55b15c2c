"""A tiny problem, file by file, as CONTRIBUTING.md's "Add a problem" asks for them."""

FILES = {
    "autograder/problems/least_squares/__init__.py": """\
\"\"\"A line through points: two plain functions and a class.\"\"\"
""",
    "autograder/problems/least_squares/checks/__init__.py": """\
\"\"\"The hidden checks.\"\"\"
""",
    "autograder/problems/least_squares/problem.toml": """\
title = "A line through points"
reference = "least_squares.py"

[functions]
graded = { mean = ["x"], centred = ["x"] }
uses = { centred = ["mean"] }

[classes.Line]
graded = { fit = ["x", "y"], predict = ["x"] }
state = ["slope", "intercept"]
""",
    "reference/least_squares.py": """\
\"\"\"A line through points, by least squares.\"\"\"

import numpy as np


def mean(x):
    \"\"\"Return the mean of a vector (R101).\"\"\"
    # <answer mean>
    return np.sum(x) / len(x)
    # </answer>


def centred(x):
    \"\"\"Return a vector minus its mean (R102).\"\"\"
    # <answer centred>
    return x - mean(x)
    # </answer>


class Line:
    \"\"\"A line y = slope x + intercept.\"\"\"

    def __init__(self, *, slope=0.0, intercept=0.0):
        self.slope, self.intercept = slope, intercept

    def fit(self, x, y):
        \"\"\"Set the slope of the least squares line, and return it (R103).\"\"\"
        # <answer fit>
        moved = x - np.mean(x)
        self.slope = np.sum(moved * (y - np.mean(y))) / np.sum(moved**2)
        return self.slope
        # </answer>

    def predict(self, x):
        \"\"\"Return the points of the line (R104).\"\"\"
        # <answer predict>
        return self.slope * x + self.intercept
        # </answer>
""",
    "autograder/problems/least_squares/strategies.py": """\
\"\"\"Say what inputs look like.\"\"\"

import dataclasses

import numpy as np

from autograder.checking.expect import PlainFunctions
from autograder.checking.later import hnp, st
from reference import least_squares

FUNCTIONS = PlainFunctions(least_squares)
VECTORS = hnp.arrays(np.float64, st.integers(2, 6), elements=st.integers(-9, 9).map(float), unique=True)


@dataclasses.dataclass(frozen=True)
class LineCase:
    \"\"\"A line that is there already.\"\"\"

    slope: float = 2.0
    intercept: float = -1.0

    def student(self, student):
        \"\"\"Make the student's line.\"\"\"
        return student.Line(slope=self.slope, intercept=self.intercept)

    def reference(self):
        \"\"\"Make the reference's line.\"\"\"
        return least_squares.Line(slope=self.slope, intercept=self.intercept)
""",
    "autograder/problems/least_squares/checks/test_functions.py": """\
\"\"\"Check `mean` and `centred`.\"\"\"

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import example, given
from autograder.problems.least_squares.strategies import FUNCTIONS, VECTORS

X = np.array([1.0, 2.0, 6.0])


@weight(1)
@tags("mean")
@example(x=X)
@given(x=VECTORS)
def test_mean(student, expect, x):
    \"\"\"mean: the sum, divided by how many there are (R101)\"\"\"
    expect.agree(student, FUNCTIONS, lambda file: file.mean(x), "mean(x)")


@weight(1)
@tags("centred")
@example(x=X)
@given(x=VECTORS)
def test_centred(student, expect, x):
    \"\"\"centred: has a mean of zero (R102)\"\"\"
    expect.agree(student, FUNCTIONS, lambda file: file.centred(x), "centred(x)")
""",
    "autograder/problems/least_squares/checks/test_line.py": """\
\"\"\"Check `Line`.\"\"\"

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import example, given
from autograder.problems.least_squares.strategies import VECTORS, LineCase

X = np.array([1.0, 2.0, 6.0])


@weight(2)
@tags("fit")
@example(x=X)
@given(x=VECTORS)
def test_fit(student, expect, x):
    \"\"\"fit: the slope of the least squares line (R103)\"\"\"
    expect.agree(student, LineCase(), lambda line: line.fit(x, x**2 + 1), "fit(x, y)")


@weight(1)
@tags("predict")
@example(x=X)
@given(x=VECTORS)
def test_predict(student, expect, x):
    \"\"\"predict: the points of the line (R104)\"\"\"
    expect.agree(student, LineCase(), lambda line: line.predict(x), "predict(x)")
""",
    "autograder/problems/least_squares/zoo/right/lines.toml": """\
[loop]
answers = { mean = \"\"\"
total = 0
for value in x:
    total += value
return total / len(x)
\"\"\" }

[other-name]
replace = [["class Line:", "class StraightLine:"]]
""",
    "autograder/problems/least_squares/zoo/wrong/mean.toml": """\
[sum]
replace = [[" / len(x)", ""]]
says = "Your mean is the sum (R101)."
try = "Divide by how many numbers there are."
points = { mean = 0 }
""",
    "autograder/problems/least_squares/zoo/wrong/fit.toml": """\
[not-centred]
replace = [["moved = x - np.mean(x)", "moved = x"]]
says = "Your slope is that of a line through the origin (R103)."
try = "Subtract the mean of x first."
points = { fit = 0 }
""",
    "handout/problems/least_squares/text.md": """\
# {{ chapter }} A line through points ({{ points(worth_of_problem(problem)) }}) {#{{ chapter }}}

## {{ part("mean") }}

Write `mean(x)` and `centred(x)`. Rules: [R101], [R102].

## {{ part("fit") }}

Write `fit(self, x, y)` and `predict(self, x)`. Rules: [R103], [R104].
""",
    "handout/problems/least_squares/rulings.md": """\
## A line {.unnumbered .unlisted}

* [**R101**]{#R101} The mean is the sum divided by how many numbers there are.
* [**R102**]{#R102} `centred` subtracts the mean.
* [**R103**]{#R103} `fit` sets the slope and returns it.
* [**R104**]{#R104} `predict` uses slope and intercept.
""",
    "template/test_least_squares.py": """\
\"\"\"The public tests.\"\"\"

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from solution import Line, centred, mean


def test_mean():
    \"\"\"mean: the sum, divided by how many there are (R101)\"\"\"
    assert mean(np.array([1.0, 3.0])) == 2, "the mean of 1 and 3 is 2"


def test_centred():
    \"\"\"centred: has a mean of zero (R102)\"\"\"
    assert abs(np.sum(centred(np.array([1.0, 3.0])))) < 1e-12, "the sum should be zero"


def test_fit():
    \"\"\"fit: the slope of the least squares line (R103)\"\"\"
    assert abs(Line().fit(np.arange(3.0), 2 * np.arange(3.0) + 1) - 2) < 1e-12, "the slope is 2"


def test_predict():
    \"\"\"predict: the points of the line (R104)\"\"\"
    assert Line(slope=2.0, intercept=1.0).predict(np.array([1.0]))[0] == 3, "2 * 1 + 1 is 3"
""",
}
