"""A notebook is graded as the program in its code cells, and what goes wrong is named by its cell."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom.exports import reader
from autograder.intake import notebook
from autograder.intake import submission as submissions
from autograder.intake.decode import SourceCode
from autograder.intake.places import Places
from autograder.intake.submission import Submission, accept, read
from tests.sandbox.conftest import QUICK, grade_some, reasons
from tests.sandbox.test_intake import sentence, zipped
from tests.sentences import NO_CLASS, NOT_PYTHON, SEVERAL_FILES, STOPPED_AT, TOO_LARGE
from tests.table import table

CLASS = "class NN:\n    pass\n"
LEFT_OUT = "Commands of a notebook were left out"
READ = "Your notebook was graded cell by cell"


def code(source: Any) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": 7, "metadata": {}, "outputs": [], "source": source}


def text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def as_notebook(*cells: dict[str, Any] | str) -> bytes:
    """Write a notebook of format 4; what is no cell yet becomes one with code."""
    whole = [cell if isinstance(cell, dict) else code(cell) for cell in cells]
    return json.dumps({"cells": whole, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


def as_old_notebook(*cells: str) -> bytes:
    """Write a notebook of format 3, with a heading first."""
    inputs = [{"cell_type": "code", "input": cell.splitlines(keepends=True)} for cell in cells]
    heading = {"cell_type": "heading", "level": 1, "source": "Mine"}
    return json.dumps({"worksheets": [{"cells": [heading, *inputs]}], "nbformat": 3}).encode()


def taken(source: bytes, name: str = "work.ipynb") -> Submission:
    found = accept(name, source)
    assert not found.refusal, found.refusal
    return found


def graded(*cells: dict[str, Any] | str) -> str:
    """Return everything that is said about a notebook."""
    return reasons(grade_some(taken(as_notebook(*cells)), assignment=QUICK))


def in_cells(program: str) -> list[dict[str, Any] | str]:
    """Put a program into cells, one for each thing that it defines, below a heading."""
    return [text("# A *network*"), *program.split("\n\n\n")]


# What the program is.


@table(
    ("source", "program"),
    [
        (as_notebook("x = 1", text("Some text"), "y = 2\n\n"), "x = 1\ny = 2\n\n"),
        (as_notebook(code(["x = 1\n", "y = 2"]), " \n", "z = 3"), "x = 1\ny = 2\nz = 3"),
        (as_old_notebook("x = 1\ny = 2", "z = 3"), "x = 1\ny = 2\nz = 3"),
        (as_notebook("x = 1\r\ny = 2\rz = 3\0"), "x = 1\ny = 2\nz = 3"),
        (as_notebook("x = 1").decode().encode("utf-16"), "x = 1"),
        (b"\xef\xbb\xbf\n" + as_notebook("é = 1"), "é = 1"),
        (as_notebook("%%bash\nls", "x = 1", "\n%%html\n<p>"), "x = 1"),
        (as_notebook("%%writefile a.py\nx = 1", "%%file solution.py\ny = 2"), "%%file solution.py\ny = 2"),
        (as_notebook("%%capture out\nx = 1"), "%%capture out\nx = 1"),
        (as_notebook({"cell_type": "raw", "source": "x = 1"}, {"cell_type": "code"}, "y = 2"), "y = 2"),
    ],
)  # fmt: skip
def test_the_program_is_what_the_code_cells_hold(source: bytes, program: str) -> None:
    assert taken(source).code.decode() == program
    assert taken(source, "solution.py").code.decode() == program


def test_outputs_are_not_looked_at() -> None:
    cell = code("x = 1")
    cell["outputs"] = [{"data": {"image/png": "A" * (3 << 20), "source": ["y = 2"], "cells": [{}]}}]
    assert taken(as_notebook(cell)).code == b"x = 1"


def test_an_ipynb_that_is_python_is_read_as_python() -> None:
    found = taken(CLASS.encode())
    assert found.code.decode() == CLASS
    assert found.places == Places()
    assert found.notes == ()


def test_places_count_every_cell_and_the_lines_of_each() -> None:
    places = taken(as_notebook("a = 1", text("x"), "", "b = 2\nc = 3", "%%bash\nls", "d = 4")).places
    assert [places.of(line) for line in (1, 2, 3, 4)] == [
        "cell 1, line 1", "cell 4, line 1", "cell 4, line 2", "cell 6, line 1"
    ]  # fmt: skip
    assert Places().of(7) == "line 7"


def test_notes_say_what_was_read_and_what_was_left_out() -> None:
    cells = (
        "x = 1",
        "%%javascript\nalert(1)",
        text("class forwаrd"),
        "class NN:\n    def forwаrd(self): pass",
    )
    content = json.dumps(json.loads(as_notebook(*cells)), ensure_ascii=False)  # as Jupyter writes it
    first, second, third = taken(content.encode()).notes
    assert READ in first
    assert "cell 2 (`%%javascript`)" in second
    assert "Cyrillic Small Letter A" in third


# Notebooks that are none.


@table(
    ("name", "source", "says"),
    [
        ("a.ipynb", as_notebook("x = 1")[:-20], "is damaged"),
        ("solution.py", as_notebook("x = 1")[:-20], "is damaged"),
        ("a.ipynb", b'{"cells": 3}', "is damaged"),
        ("a.ipynb", b'{"cells": [{"source": [1]}]}', "is damaged"),
        ("a.ipynb", b'{"cells": ' + b"[" * 100_000, "is damaged"),
        ("a.ipynb", b"{}", "holds no Python code"),
        ("a.ipynb", as_notebook(text("x = 1"), " ", "%%bash\nls"), "holds no Python code"),
        ("a.ipynb", as_notebook("x = 1\n" * 300_000), "code of your notebook is larger than 1 MB"),
        ("a.ipynb", b'{"x": "' + b"x" * (9 << 20), "larger than 8 MB; clear its outputs"),
        ("solution.py", b'{"x": ' + b"1" * (2 << 20) + b"}", TOO_LARGE),
        ("a.ipynb", b"", "is empty"),
    ],
)  # fmt: skip
def test_notebooks_that_cannot_be_graded(name: str, source: bytes, says: str) -> None:
    assert says in sentence(accept(name, source))


def test_brackets_within_brackets_do_not_end_the_grader() -> None:
    source = b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b', "cells": []}'
    # Python 3.14 reads as deep as the stack reaches, and finds that nothing is there.
    assert re.search("is damaged|holds no Python code", sentence(accept("a.ipynb", source)))


# Which file is meant.


@table(
    ("members", "name"),
    [
        ({"hw.ipynb": as_notebook(CLASS)}, "hw.ipynb"),
        ({"hw.ipynb": as_notebook(CLASS), "helper.py": b"x = 1"}, "hw.ipynb"),
        ({"hw.ipynb": as_notebook(CLASS), ".ipynb_checkpoints/hw.ipynb": as_notebook(CLASS)}, "hw.ipynb"),
        ({"tries.ipynb": as_notebook("from net import NN"), "net.py": CLASS.encode()}, "net.py"),
        ({"tries.ipynb": as_notebook(CLASS), "solution.py": CLASS.encode()}, "solution.py"),
        ({"deep/solution.py": CLASS.encode(), "solution.ipynb": as_notebook(CLASS)}, "solution.py"),
        ({"large.ipynb": as_notebook(CLASS, text("x" * (3 << 20)))}, "large.ipynb"),
        ({"utf16.py": CLASS.encode("utf-16"), "other.py": b"x = 1"}, "utf16.py"),
    ],
)
def test_the_right_file_is_found_beside_notebooks(members: dict[str, bytes], name: str) -> None:
    found = accept("work.zip", zipped(members))
    assert not found.refusal
    assert found.name == name
    passed_over = any("which your archive also holds" in note for note in found.notes)
    assert passed_over == (name == "solution.py")


def test_a_script_and_a_notebook_that_could_both_be_meant_are_named() -> None:
    members = {"a.py": CLASS.encode(), "b.ipynb": as_notebook(CLASS)}
    assert f"{SEVERAL_FILES}: `a.py`, `b.ipynb`" in sentence(accept("work.zip", zipped(members)))


def test_folders_with_a_notebook(tmp_path: Path) -> None:
    (tmp_path / "hw.ipynb").write_bytes(as_notebook(CLASS))
    assert read(tmp_path).code.decode() == CLASS
    (tmp_path / "work.zip").write_bytes(zipped({"solution.py": b"x = 1"}))
    assert read(tmp_path).code.decode() == CLASS
    (tmp_path / "hw.ipynb").write_bytes(as_notebook("import solution"))
    assert read(tmp_path).code == b"x = 1"


def test_the_export_of_a_class_with_notebooks(tmp_path: Path) -> None:
    export = tmp_path / "export.zip"
    export.write_bytes(
        zipped(
            {
                "Student 001.ipynb": as_notebook("x = 1", CLASS),
                "Student 002/hw.ipynb": as_notebook(CLASS),
                "Student 002/data.csv": b"1",
                "Student 003.zip": zipped({"hw.ipynb": as_notebook(CLASS)}),
                "Student 004/solution.py": CLASS.encode(),
                "Student 004/tries.ipynb": as_notebook("x = 1"),
                "Student 005.ipynb": as_notebook(CLASS)[:-9],
            }
        )
    )
    found = {one.handin.key: one.take() for one in reader.read(export).submitted}
    codes = [one.code.decode() for one in found.values() if one is not None and not one.refusal]
    assert codes == [f"x = 1\n{CLASS}", CLASS, CLASS, CLASS]
    four, five = found["Student_004"], found["Student_005"]
    assert four is not None
    assert four.notes == ("solution.py was graded, not `tries.ipynb`, which your submission also holds.",)
    assert five is not None
    assert "is damaged" in sentence(five)


# Commands of a notebook.

COMMANDS = {
    "continued": "!pip install -q numpy \\\n    matplotlib \\\n  seaborn\n",
    "continued, with a quote": "!pip install numpy \\\n    'matplotlib\n",
    "assigned": "files = !ls\na, b = %who_ls\nd['x'] = ! ls\n",
    "asked about": "import numpy as np\nnp.tanh?\n?np\n?np.t*\nnp.tanh??\n",
    "magics": "%matplotlib inline\n  \n%time sum([1])\n",
    "inside": "if True:\n    %time 1\n    !ls\n    x = 1\n",
    "without a mark": "pip install numpy\n",
    "IPython's own": "get_ipython().system('pip install x')\nget_ipython().run_line_magic('a')\ndisplay(1)\n",
    "a try of the solution": "import solution\nfrom solution import NN\n",
}


@table("commands", COMMANDS)
def test_commands_cost_nothing(commands: str, reference: str) -> None:
    for found in (
        accept("solution.py", (COMMANDS[commands] + reference).encode()),
        accept("solution.py", (reference + "\n\n" + COMMANDS[commands]).encode()),
        taken(as_notebook(COMMANDS[commands], *in_cells(reference), COMMANDS[commands])),
    ):
        report = grade_some(found)
        assert all(outcome.passed for outcome in report.outcomes), reasons(report)


def test_commands_that_were_left_out_are_named_by_their_place() -> None:
    says = graded("%%time\nx = 1", text("x"), CLASS + "!pip install a \\\n    b\nNN?")
    assert f"{LEFT_OUT} (cell 1, line 1; cell 3, line 3; cell 3, line 5)" in says
    script = reasons(grade_some(accept("solution.py", f"!ls\n{CLASS}x = %who\n".encode())))
    assert f"{LEFT_OUT} (line 1; line 4)" in script
    assert READ not in script


def test_what_only_looks_like_a_command_stays() -> None:
    """In a string, or where Python reads it as an operator."""
    kept = 'TEXT = """\n%%time\n!ls\nname?\nx = !ls\n"""\nREST = (7\n% 2)\n'
    held = f"{CLASS}assert TEXT.count(chr(10)) == 5 and '!ls' in TEXT and REST == 1\n"
    for source in (as_notebook("%time 1\n" + kept, held), f"%time 1\n{kept}{held}".encode()):
        report = grade_some(taken(source))
        assert report.outcomes[0].passed, reasons(report)


@table("line", ["if x =! 0:\n    pass", "y = f(x=%s)", "print(x) ?", "x = 1 ? 2 : 3", "x ="])
def test_a_slip_is_not_taken_for_a_command(line: str) -> None:
    says = reasons(grade_some(accept("solution.py", f"{CLASS}{line}\n".encode())))
    assert f"{NOT_PYTHON} in line 3: `{line.splitlines()[0]}`" in says
    assert LEFT_OUT not in says


# Where something goes wrong.


def test_a_function_that_raises_is_named_by_its_cell(reference: str) -> None:
    wrong = "def loss(self, *args):\n    return 1 / 0\nNN.loss = loss"
    says = graded(*in_cells(reference), text("Mine:"), wrong)
    cell = len(in_cells(reference)) + 2
    assert f"raises ZeroDivisionError (`division by zero`) in cell {cell}, line 2: `return 1 / 0`." in says


def test_a_statement_that_fails_is_named_by_its_cell(reference: str) -> None:
    says = graded(*in_cells(reference), "x = 1\n\nundefined(x)", "and text")
    cell = len(in_cells(reference)) + 1
    assert f"failed in `cell {cell}, line 3: NameError: name 'undefined' is not defined`" in says


def test_a_cell_that_is_not_python_is_passed_over(reference: str) -> None:
    report = grade_some(
        taken(as_notebook("x = 1\nThis was meant as text.", *in_cells(reference), "return 1"))
    )
    first, *others = report.outcomes
    assert "`cell 1, line 2: SyntaxError: invalid syntax`" in first.reason
    last = len(in_cells(reference)) + 2
    assert f"`cell {last}, line 1: SyntaxError: 'return' outside function`" in first.reason
    assert all(outcome.passed for outcome in others), reasons(report)


def test_a_class_that_is_not_python_is_named_by_its_cell() -> None:
    says = graded("import numpy", text("My class"), "x = 1", "class NN:\n    def forward(:\n        pass")
    assert f"{NOT_PYTHON} in cell 4, line 2: `def forward(:` (" in says
    assert "solution.py, line" not in says


@pytest.mark.hangs
def test_an_endless_cell_is_named(reference: str) -> None:
    says = graded(*in_cells(reference), "x = 1\nwhile True:\n    pass")
    place = f"cell {len(in_cells(reference)) + 1}, line 2"
    assert f"{STOPPED_AT.removesuffix(' line')} {place}: " in says
    assert f"From {place} on, only its definitions were read" in says


def test_a_notebook_that_only_uses_the_solution_has_no_class() -> None:
    assert NO_CLASS in graded("%load_ext autoreload\nfrom solution import NN", "nn = NN()")


# Whatever it is.

TEXT = st.text("ax =(\"'{}\\\n\r\t%!?\0é\u2028\ud800", max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
CELLS = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown"]) | PLAIN},
    optional={"source": TEXT | st.lists(TEXT, max_size=3) | PLAIN, "outputs": PLAIN},
)
NOTEBOOKS = st.fixed_dictionaries({}, optional={"cells": st.lists(CELLS, max_size=4) | PLAIN, "x": PLAIN})


@given(content=NOTEBOOKS, end=st.integers(0, 30), named=st.booleans())
def test_no_notebook_makes_the_grader_raise(content: dict[str, Any], end: int, *, named: bool) -> None:
    source = json.dumps(content).encode()
    for whole in (source, source[: len(source) - end]):
        found = accept("a.ipynb" if named else "solution.py", whole)
        assert isinstance(found.code, bytes)
        assert len(found.source) <= submissions.MAX_BYTES
        assert all("\n" not in note for note in (*found.notes, found.refusal))


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_every_line_of_every_cell_has_its_place(sources: list[str]) -> None:
    found = notebook.read("a.ipynb", as_notebook(*sources))
    if isinstance(found, SourceCode):
        numbers = [
            int(found.places.of(line).split()[1].rstrip(",")) for line in range(1, found.text.count("\n") + 2)
        ]
        assert numbers == sorted(numbers)
        assert numbers[-1] <= len(sources)
