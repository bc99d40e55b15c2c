"""Gradescope's image is built for each assignment that is ready to be served, and grades in it."""

import pytest

from autograder.assignment import config, template
from autograder.gradescope import package
from autograder.grading import zoo
from tests.conftest import ASSIGNMENT_FILES, ASSIGNMENTS
from tests.gradescope.conftest import build

pytestmark = pytest.mark.image
# An image takes half a minute: one for each that asks for other problems than the one that is served.
OTHERS = [
    (file, assignment)
    for file, assignment in zip(ASSIGNMENT_FILES, ASSIGNMENTS, strict=True)
    if assignment.contract.problems != ASSIGNMENTS[0].contract.problems
]


@pytest.mark.parametrize(("file", "assignment"), OTHERS, ids=lambda each: getattr(each, "stem", ""))
def test_an_image_grades(file, assignment, image, tmp_path, monkeypatch):
    monkeypatch.setenv(config.VARIABLE, str(file))
    mistake = next(entry for entry in zoo.entries(assignment) if entry.says)
    with build(package.pack(assignment, tmp_path / "autograder.zip"), image.root / "venv") as other:
        right = other.grade({"solution.py": template.reference(assignment)})
        wrong = other.grade({"solution.py": mistake.source_for(assignment)})
    assert right["score"] == assignment.totals.programming > wrong["score"]
    assert right["extra_data"]["not_isolated"] == ""
    assert mistake.says in "".join(test["output"] for test in wrong["tests"])
