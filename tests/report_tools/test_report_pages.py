"""The pages of a report: what a reader, a screen reader and a printer find in them."""

import re

import msgspec
import pytest

from report_tools.draw import alt_text, captions, document, output, recipe_results, table
from report_tools.draw.markup import Table, typst_string

from .conftest import TINY, changed_run


@pytest.fixture(scope="module")
def report(trained, tmp_path_factory):
    """Write the report of an edition of which one recipe was run."""
    out = tmp_path_factory.mktemp("report")
    results = trained("initialization", *TINY)
    recipe_results.save(results.manifest, out)
    recipe_results.runs_folder(out).symlink_to(results.store.folder)
    output.write_all(results, out)
    document.write("mnist", out)
    return out


def test_the_pdf_has_a_title_links_and_words_for_each_picture(report, trained):
    pdf = (report / "report.pdf").read_bytes()
    # The title of a course may have letters that a PDF writes as UTF-16.
    assert any(ending in pdf for ending in (b": report)", ": report".encode("utf-16-be")))
    assert b"/Title(Initialisation of the weights" in pdf  # the bookmark of a section
    assert b"/Link" in pdf  # of the list of sections
    figures = trained("initialization", *TINY).recipe.figures
    assert pdf.count(b"/Alt(") >= len(figures)


def test_figures_and_tables_can_be_referred_to(report):
    typst = (report / "initialization" / "section.typ").read_text()
    latex = (report / "initialization" / "section.tex").read_text()
    for name in ("initialization-loss", "initialization-table-final"):
        assert f'#label("{name}")' in typst
        assert rf"\label{{{name}}}" in latex


def test_nothing_is_split_over_pages_but_what_is_longer_than_one(trained, report, monkeypatch):
    results = trained("initialization", *TINY)
    out = report

    def section():
        return document.section(results, out, "typ", "")

    assert "#show figure: set block(breakable: false)" in (report / "report.typ").read_text()
    assert section().count("breakable: false") == len(results.recipe.tables)
    monkeypatch.setattr(table, "shown", lambda grid: Table(["run"] * 30, [["0.12345"] * 30] * 90))
    assert section().count("breakable: true") == len(results.recipe.tables)
    assert section().count("#page(flipped: true)") == len(results.recipe.tables)
    assert r"\begin{sidewaystable}" in document.section(results, out, "tex", "")


def test_captions_have_one_style(report):
    text = (report / "report.typ").read_text()
    assert len(re.findall(r"#show figure\.caption", text)) == 1
    for section in report.glob("*/section.typ"):
        assert "caption: [" in section.read_text()
        assert "text(size" not in section.read_text()


def test_words_for_a_picture_say_where_its_lines_end(trained):
    results = trained("initialization", *TINY)
    series = {"train_loss": [2.0, 1.5], "valid_loss": [2.5, 1.75]}
    changed_run(results, 0, series=series, facts={})
    changed_run(results, 1, series={}, status="diverged")
    said = alt_text.of(results, results.recipe.figures[0])
    assert said.startswith("Loss for three initialisations. At the end: zero: training loss 1.5 nats, ")
    assert "validation loss 1.75 nats; glorot: " in said
    assert "normal" not in said
    assert typst_string('a "b" \\c') == r"a \"b\" \\c"


def test_a_caption_begins_with_what_a_reader_must_know_first(trained):
    results = trained("initialization", *TINY)
    results.manifest = msgspec.structs.replace(results.manifest, quick=True)
    for wanted in (*results.recipe.figures, *results.recipe.tables):
        assert captions.caption(results, wanted).startswith(f"{captions.QUICK} {wanted.title}.")
