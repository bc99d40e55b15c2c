"""The page per student: each cause once with what it cost; for the staff with the code and what was due."""

import re

import msgspec

from autograder.assignment import config
from autograder.classroom.pages import failures, listing, render
from autograder.grading.evidence import Evidence
from autograder.grading.verdict import Verdict
from autograder.intake.submission import Submission
from tests.classroom import samples
from tests.classroom.samples import check, failing, record
from tests.handout.test_pages import Page
from tests.table import table

KIT = config.load()
CODE = "import numpy as np\n\n\nclass NN:\n    def relu(self, x):\n        return x / 0\n"


def explained(one, **fields):
    """Return a check with more of an explanation."""
    return msgspec.structs.replace(one, explanation=msgspec.structs.replace(one.explanation, **fields))


def grouped(*checks):
    return [[one.number for one in cause.checks] for cause in failures.causes(checks)]


# Causes.


def test_a_cause_is_one_whatever_words_point_to_it():
    checks = [
        failing("1.2.1", "Wrong. Failing for the same reason: 1.2.2, 1.2.10."),
        explained(failing("1.2.10", "Other words. See 1.2.1."), cause="1.2.1"),
        explained(failing("1.2.2", "See 1.2.1."), cause="1.2.1"),
        failing("1.2.3", "Another."),
        check("1.2.4"),
    ]
    assert grouped(*checks) == [["1.2.1", "1.2.2", "1.2.10"], ["1.2.3"]]


def test_the_dearest_cause_comes_first():
    dear = failing("1.4.1", "Dear.", most=3.0, function="backward")
    assert grouped(failing("1.2.1", "Cheap."), dear) == [["1.4.1"], ["1.2.1"]]


def test_each_function_has_its_own_causes():
    assert grouped(failing("1.2.1"), failing("1.2.2", function="tanh")) == [["1.2.1"], ["1.2.2"]]


def test_a_hidden_check_does_not_share_a_cause_with_one_that_is_shown():
    hidden = msgspec.structs.replace(failing("1.2.2"), visibility="hidden")
    assert grouped(failing("1.2.1"), hidden) == [["1.2.1"], ["1.2.2"]]


# What the student reads.


def test_what_cost_points_comes_before_what_passed_which_is_folded():
    page = render.feedback(record(1, check("1.2.1"), failing("1.2.2")), KIT)
    assert page.index("What cost points") < page.index("1.2.2") < page.index("1 check passed")
    passed = page.index('<span class="meta">1.2.1</span>')
    assert page.rindex("<details", 0, passed) > page.rfind("</details>", 0, passed)
    assert '<details class="many">' in page


def test_a_cause_is_told_once_beside_the_checks_that_it_cost():
    told = "You sum (R15)."
    checks = [
        explained(failing("1.2.1", f"{told} Failing for the same reason: 1.2.2."), reason=told),
        explained(failing("1.2.2", "See 1.2.1."), cause="1.2.1", reason=told),
    ]
    page = render.feedback(record(1, *checks), KIT)
    assert page.count(told) == 1
    assert "Failing for the same reason" not in page
    assert "As in" not in page
    assert "\u22122</span>" in page
    assert page.count("0 / 1</span>") == 2


def test_the_input_that_shows_it_is_kept_where_the_list_of_checks_is_left_out():
    output = "Wrong. Failing for the same reason: 1.2.2.\n\nThis shows it:\n\n```python\nx = 1\n```\n"
    assert failures.told_once(explained(failing("1.2.1", output), reason="Wrong.")) == (
        "Wrong.\n\nThis shows it:\n\n```python\nx = 1\n```\n"
    )


def test_what_is_not_written_is_one_entry():
    page = render.feedback(samples.graded(1, "template"), KIT)
    assert page.count("<article") == 1
    heading = re.search(r"<h3>Not written yet: (.*?)</h3>", page, re.DOTALL)[1]
    assert heading.count("<code>") == len(KIT.contract.graded)


def test_who_lost_nothing_reads_no_heading_of_losses():
    assert "What cost points" not in render.feedback(samples.graded(1), KIT)


# What the staff reads.


def raised(line=6):
    return explained(
        failing("1.2.1", "`relu` raises ZeroDivisionError.", verdict=Verdict.RAISED),
        evidence=Evidence(line=line),
    )


def marked(text):
    return re.findall(r'<tr id="L(\d+)" class="marked">', text)


def test_the_line_that_raised_it_is_marked_and_linked():
    page = render.staff_page(record(1, raised()), Submission("solution.py", CODE.encode()), KIT)
    assert marked(page) == ["6"]
    assert '<a href="#L6">line 6</a>' in page
    assert '<a href="#check-1.2.1">1.2.1</a>: raised' in page


def test_a_wrong_answer_is_marked_where_its_function_begins():
    page = render.staff_page(record(1, failing()), Submission("solution.py", CODE.encode()), KIT)
    assert marked(page) == ["5"]


@table("line", [0, 7, 10**6])
def test_a_line_that_is_not_there_is_not_linked(line):
    code = CODE.replace("relu", "other")
    page = Page(render.staff_page(record(1, raised(line)), Submission("solution.py", code.encode()), KIT))
    assert {target[1:] for target in page.attributes("href") if target[0] == "#"} <= set(
        page.attributes("id")
    )


def test_yours_and_expected_stand_side_by_side_with_the_input_and_rows_that_differ_are_marked():
    answer = Evidence(what="grads", got="shape (2,):\n[<1>\n 2]", want="shape (2,):\n[<1>\n 3]")
    one = explained(failing(), evidence=answer, example="x = '<b>'")
    page = render.staff_page(record(1, one), None, KIT)
    assert re.findall(r"<mark>(.*?)</mark>", page) == [" 2]", " 3]"]
    assert page.count("[&lt;1&gt;\n") == 2
    assert "<pre><code>x = &#39;&lt;b&gt;&#39;</code></pre>" in page


def test_what_is_expected_never_reaches_the_student():
    one = explained(
        failing(), evidence=Evidence(what="grads", got="17.5", want="23.25"), example="secret = 1"
    )
    page = render.feedback(record(1, one), KIT)
    assert "23.25" not in page
    assert "secret" not in page


def test_every_function_has_its_verdict():
    grade = record(
        1, check("1.1.1", function="forward"), failing("1.2.1"), check("1.2.2"),
        check("1.2.3", function="tanh"),
        check("1.2.4", function="tanh", verdict=Verdict.PASSED_WITH_STAND_INS),
    )  # fmt: skip
    assert [(one.function, one.verdicts, one.failed, one.points) for one in failures.functions(grade)] == [
        ("forward", ("passed",), 0, 1),
        ("relu", ("wrong",), 1, 1),
        ("tanh", ("passed with stand-ins",), 0, 2),
    ]


def test_neighbours_are_linked_and_the_first_has_none_before():
    one, other = record(1), record(2)
    assert 'rel="next" href="student-002.html"' in render.staff_page(one, None, KIT, after=other)
    assert 'rel="prev"' not in render.staff_page(one, None, KIT, after=other)
    assert 'rel="prev" href="student-001.html"' in render.staff_page(other, None, KIT, before=one)


def test_a_file_that_was_graded_by_itself_links_to_no_other():
    grade = samples.results("backward/gradient-summed").with_about(handin=None)
    page = render.staff_page(grade, samples.submission(1), KIT)
    assert not [target for target in Page(page).attributes("href") if not target.startswith("#")]
    assert "<title>solution.py" in page


def test_a_real_mistake_shows_the_answer_the_one_due_and_the_input():
    page = render.staff_page(samples.graded(1, "backward/gradient-summed"), samples.submission(1), KIT)
    assert "<mark>" in page
    assert "from solution import" in page
    assert "The smallest input" in page
    (line,) = marked(page)
    assert f'<tr id="L{line}" class="marked"><th scope="row">{line}</th><td>    def backward(' in page


def test_of_a_file_that_is_not_python_the_line_is_marked_and_the_reason_is_said_once():
    page = render.staff_page(samples.graded(7, "not python"), samples.submission(7), KIT)
    assert marked(page) == ["1"]
    assert page.count("is not valid Python") == 1
    assert "What cost points" not in page


@table(
    ("code", "found"),
    [
        ("def f():\n  pass\ndef f():\n  pass", {"f": 3}),
        ("class A:\n  def f(self): 0\nclass B:\n  def f(self): 0", {"f": 4, "A.f": 2, "B.f": 4}),
        ("class A:\n  pass\ndef f(): 0", {"f": 3}),
        ("class A:\n\tdef f(self):\n\t\tdef g(): 0", {"f": 2, "A.f": 2, "g": 3, "A.g": 3}),
        ("((((((", {}),
    ],
)
def test_functions_are_found_whatever_stands_in_the_file(code, found):
    assert listing.definitions(code.split("\n")) == found


def test_lines_are_numbered_as_python_does_and_notebooks_by_cell():
    form_feed = listing.of(Submission("solution.py", b"a = 1\x0c\nb = 2\n"), [])
    assert [(line.place, line.code) for line in form_feed.lines] == [("1", "a = 1"), ("2", "b = 2")]
    cells = [{"cell_type": "code", "source": source} for source in ("a = 1\nb = 2", "c = 3")]
    notebook = msgspec.json.encode({"cells": cells, "nbformat": 4, "metadata": {}})
    lines = listing.of(Submission("solution.ipynb", notebook), []).lines
    assert [line.place for line in lines if line.code] == ["1:1", "1:2", "2:1"]


def test_too_long_a_file_is_cut_and_says_so():
    page = render.staff_page(record(1), Submission("solution.py", b"x\n" * (listing.MOST_LINES + 2)), KIT)
    assert "2 lines more." in page
    assert len(listing.of(Submission("solution.py", b"x" * 5000), []).lines[0].code) == listing.MOST_LETTERS
