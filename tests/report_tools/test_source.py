"""report.md is the student's: it is never written again, and all that stands in it reaches the PDF."""

import pytest

pytest.importorskip("pypandoc", reason="needs ./setup.sh --report")

from autograder.common.errors import UserError
from report_tools.draw import document, output, picture, recipe_results, source
from report_tools.plan import assignment, hint

from .conftest import TINY, plan

TEXT = """# Ünser Report

Name: Ada *Lovelace*

## First question

The bias $b^{(2)}$ alone <learns> 100 % of $x$ & y_1 -- "so" #there.

<!-- figures of initialization -->

| a | b |
|---|---|
| 1 | 2 |

### A finer point

```python
x = {"a": 1}  # a comment
```

---

<!-- table of all runs -->

## Declaration

None.[^1]

[^1]: At all.
"""


@pytest.fixture
def results(tmp_path, monkeypatch):
    """Lay out the results of one recipe of the edition, without its pictures."""
    monkeypatch.setattr(picture, "save", lambda results, figure, stem: None)
    _, manifest = plan(tmp_path, "initialization", *TINY)
    recipe_results.save(manifest, tmp_path)
    output.write_all(recipe_results.read(tmp_path, "initialization"), tmp_path)
    return tmp_path


@pytest.fixture
def figures(results):
    """Have the section of the recipe be a word, so that Typst needs no pictures."""
    (results / "initialization" / "section.typ").write_text("Sections.\n")
    return results


def test_everything_a_student_writes_stays_and_reaches_the_pdf(figures):
    path = figures / "report.md"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode("utf-8-sig"))  # as Windows may save it
    before = path.read_bytes()
    for _ in range(2):
        said = document.write("mnist", figures)
        assert path.read_bytes() == before
    assert not [line for line in said if "to be written" in line]
    assert any("report.pdf was made from it" in line for line in said)
    assert (figures / "report.pdf").read_bytes().startswith(b"%PDF")
    made = (figures / "report.typ").read_text()
    for words in (
        "Ünser Report",
        "Ada #emph[Lovelace]",
        "None.#footnote[At all.]",
        "100 % of $x$ & y\\_1",
        "A finer point",
    ):
        assert words in made, words
    order = ["Ada", "#outline", "= First question", '#include "initialization/section.typ"', "= Declaration"]
    assert sorted(order, key=made.index) == order
    latex = (figures / "report.tex").read_text()
    assert r"\section{Declaration}" in latex
    assert r"\input{initialization/section}" in latex


def test_the_first_report_asks_the_questions_and_says_what_is_still_to_be_written(figures):
    said = document.write("mnist", figures)
    text = (figures / "report.md").read_text()
    todo = source.unwritten(text)
    assert [text.splitlines()[line - 1] for line in todo[:3]] == ["Name:", "Number:", "Your answer."]
    assert f"lines {', '.join(map(str, todo))}." in said[-2]
    assert "## Declaration" in text
    assert "run cnn --data mnist" in (figures / "report.typ").read_text().replace("\\", "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("![mine](nowhere.png)", r"report.md, line 7: file not found .*nowhere.png"),
        ("```{=typst}\n#nonsense\n```", "report.md, line 7: unknown variable: nonsense"),
        ("[see](#nothing)", "report.md, line 7: label `<nothing>` does not exist"),
        ("<!-- figures of cnm -->", r"report.md, line 7: there is no recipe 'cnm'; did you mean cnn\?"),
    ],
)
def test_what_cannot_be_set_is_named_with_its_line_and_the_pdf_stays(figures, line, words):
    (figures / "report.pdf").write_text("old")
    (figures / "report.md").write_text(f"# T\n\n## Q\n\nAn answer\n\n{line}\n\nMore.\n")
    with pytest.raises(UserError, match=words):
        document.write("mnist", figures)
    assert (figures / "report.pdf").read_text() == "old"


def test_figures_that_are_not_asked_for_and_letters_that_cannot_be_read_are_said(figures):
    (figures / "report.md").write_text("# T\n\nHello.\n")
    assert any("does not show initialization: put <!-- figures of initialization -->" in line
               for line in document.write("mnist", figures))  # fmt: skip
    (figures / "report.md").write_bytes("# T\n\nGrüße\n".encode("latin-1"))
    with pytest.raises(UserError, match=r"report\.md: line 3 is not UTF-8"):
        document.write("mnist", figures)


def test_hints_are_what_a_student_types(monkeypatch):
    monkeypatch.setattr(assignment, "edition", lambda: "mnist")
    other = "--edition cifar10"
    start = "bash setup.sh --report python -m report_tools run"
    assert hint.run("cnn", "mnist") == f"{start} cnn --data mnist"
    assert hint.run("cnn", "mnist", document.Path("results-quick"), quick=True) == f"{start} cnn --quick"
    assert hint.run("cnn", "cifar10", document.Path("r")) == f"{start} cnn --data cifar10 {other} --out r"
    assert hint.run("vgg16", "fall2023") == f"{start} vgg16 --edition fall2023"  # looks at no images
    assert hint.run("boundary", "fall2023") == f"{start} boundary --edition fall2023"
