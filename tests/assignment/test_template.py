"""The template is the reference with its answers cut out, and nothing else."""

import ast
import inspect

import numpy as np
import pytest

from autograder.assignment import config
from autograder.assignment.template import cut, path_of, reference
from autograder.common.errors import UserError
from autograder.common.keys import function_of
from tests.conftest import ASSIGNMENT_FILES, ASSIGNMENTS
from tests.table import table

PARAMETERS = config.load().contract.owners["NN"].parameters


def classes(source):
    module = {"__name__": "solution"}
    exec(compile(source, "solution.py", "exec"), module)
    return module["NN"]


@table(("file", "assignment"), list(zip(ASSIGNMENT_FILES, ASSIGNMENTS, strict=True)))
def test_committed_template_is_a_fresh_cut(file, assignment):
    committed = path_of(file).read_text(encoding="utf-8")
    assert committed == cut(reference(assignment), assignment), (
        f"run: ./setup.sh python -m autograder template --assignment {file}"
    )


def test_no_marker_and_no_answer_leaks(reference_source, template_source):
    assert "answer" not in template_source
    answers = [
        line.strip()
        for part in reference_source.split("# <answer ")[1:]
        for line in part.split("# </answer>")[0].splitlines()[1:]
        if len(line.strip()) > 12
    ]
    given = {line.strip() for line in template_source.splitlines()}
    assert len(answers) > 40
    assert given & set(answers) <= {"self.weights = {}"}  # __init__ says it too


def test_every_blank_says_where_the_handout_explains_it(template_source):
    nn = classes(template_source)(hidden_dims=(3,), data=None)
    for key, part in config.load().functions.items():
        function = function_of(key)
        arguments = [np.zeros((2, 2))] * len([name for name in PARAMETERS[function] if name != "grad"])
        with pytest.raises(NotImplementedError) as error:
            getattr(nn, function)(*arguments)
        assert str(error.value) == f"{function}: see the handout, {part.number}"


def test_template_and_reference_have_the_same_signatures(reference_source, template_source):
    one, other = classes(reference_source), classes(template_source)
    for function, names in PARAMETERS.items():
        assert inspect.signature(getattr(one, function)) == inspect.signature(getattr(other, function))
        assert tuple(inspect.signature(getattr(one, function)).parameters)[1:] == names


def test_reference_has_a_shape_comment_on_every_array_line(reference_source):
    """A line of an answer that computes an array ends with a comment on its shape."""
    lines = reference_source.splitlines()
    for node in ast.walk(ast.parse(reference_source)):
        if isinstance(node, ast.Assign | ast.Return) and "np." in (
            ast.get_source_segment(reference_source, node) or ""
        ):
            line = lines[node.end_lineno - 1]
            scalar = ("bound", "accuracy", "generator", "np.mean(per_row)", "images")
            told = "#" in line or any(word in line for word in scalar)
            assert told, f"end this line with the shape of what it makes, such as # (N, D): {line}"


@table("broken", ["# </answer>\n", "        # <answer relu>\n"])
def test_a_marker_without_partner_stops_the_cut(reference_source, broken):
    with pytest.raises(UserError, match="has no matching one"):
        cut(reference_source + broken, config.load())
