"""Write the report: from report.md, which is the student's, the PDF that Typst makes of it.

The figures of a recipe, their captions and tables are one file, OUT/NAME/section.*, that is written
together with the figures; report.tex and report.typ include it, so a caption is never older than
its figure.
"""

import functools
import re
from pathlib import Path

import jinja2

from autograder.common import text_file, whole_file
from autograder.common.errors import UserError
from report_tools.draw import alt_text, captions, markup, recipe_results, source, summary, table
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan import assignment, hint, recipe

TEMPLATES = Path(__file__).resolve().parent / "templates"
FORMATS = ("md", "tex", "typ")
LANGUAGES = {"tex": "latex", "typ": "typst"}


def environment() -> jinja2.Environment:
    """Make the template engine; << >> and <% %> mean nothing in any of the three languages."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        block_start_string="<%", block_end_string="%>",
        variable_start_string="<<", variable_end_string=">>",
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    made.filters |= {"markdown": markup.markdown, "latex": markup.latex, "typst": markup.typst}
    made.filters["typst_string"] = markup.typst_string
    return made


def section(results: RecipeResults, out: Path, form: str, prefix: str) -> str:
    """Write the figures, tables, captions and remarks of one recipe; paths start with `prefix`."""
    folder = recipe_results.folder(out, results.manifest.name)
    figures = [
        {"name": f.name, "alt": alt_text.of(results, f), "caption": captions.caption(results, f)}
        for f in results.figures
    ]
    tables = [
        {
            "name": t.name,
            "caption": captions.caption(results, t),
            "text": (folder / f"table-{t.name}.md").read_text(encoding="utf-8"),
            "wide": (seen := table.shown(table.build(results, t))).is_wide,
            "long": seen.is_long,
        }
        for t in results.tables
    ]
    template = environment().get_template(f"section.{form}.j2")
    return template.render(
        name=results.manifest.name,
        prefix=prefix,
        figures=figures,
        tables=tables,
        remarks=captions.remarks(results),
    )


def write_sections(results: RecipeResults, out: Path) -> None:
    """Write OUT/NAME/section.md, .tex and .typ beside the figures they show."""
    name = results.manifest.name
    for form, prefix in (("md", ""), ("tex", f"{name}/"), ("typ", "")):
        path = recipe_results.folder(out, name) / f"section.{form}"
        whole_file.write_text(path, section(results, out, form, prefix))


def write(edition: str, out: Path) -> list[str]:
    """Write OUT/report.pdf (.typ, .tex) from OUT/report.md, which is made if it is missing.

    Returns a sentence about each file, and about what is missing.
    """
    names = recipe.load_edition(edition).recipes  # in the order of the questions
    found = {name: recipe_results.read(out, name) for name in names}
    drawn = [results for results in found.values() if results]
    if not drawn:
        raise UserError(f"{out} has no results yet; first run: {hint.run(names[0], edition, out)}.")
    quick = any(results.manifest.quick for results in drawn)
    not_run = {
        name: hint.run(name, edition, out, quick=quick) for name, results in found.items() if not results
    }
    said = [f"{name} has not been run yet; run: {command}" for name, command in not_run.items()]
    path = out / source.NAME
    if not path.exists():
        whole_file.write_text(path, _questions(edition, out))
    text = text_file.read(path)
    said += _not_shown(path, text, names, drawn)
    summary.write(drawn, out)
    for form, language in LANGUAGES.items():
        insert = functools.partial(_insert, form=form, found=found, not_run=not_run)
        written = source.convert(text, language, insert)
        template = environment().get_template(f"report.{form}.j2")
        whole_file.write_text(out / f"report.{form}", template.render(written=written))
    pdf = _compile(out)
    todo = source.unwritten(text)
    left = f"; still to be written: line{'s' * (len(todo) > 1)} {', '.join(map(str, todo))}" if todo else ""
    return [
        *said,
        f"Write your answers in {path}, which is never overwritten{left}.",
        f"{pdf} was made from it.",
    ]


def _not_shown(path: Path, text: str, names: tuple[str, ...], drawn: list[RecipeResults]) -> list[str]:
    """Say which recipes are not shown though they were run; raises UserError if one asked for is unknown."""
    asked = source.figures_in(text)
    for name, line in asked.items():
        if name not in names:
            better = recipe.suggest(name, names)
            raise UserError(f"{path}, line {line}: there is no recipe {name!r}; {better}")
    there = [results.manifest.name for results in drawn]
    return [
        f"{path} does not show {name}: put <!-- figures of {name} --> on a line of its own where "
        "its figures belong."
        for name in there
        if name not in asked
    ]


def _questions(edition: str, out: Path) -> str:
    """Write what report.md begins as."""
    about = recipe.load_edition(edition)
    asked = {name: (recipe.load(edition, name), True) for name in about.recipes}
    asked |= {name: (essay, False) for name, essay in about.essays.items()}  # type: ignore[misc]
    sections = [
        {
            "name": name,
            "title": question.title,
            "asks": " ".join(question.asks.split()),
            "points": assignment.points(edition).get(name),
            "has_figures": has_figures,
        }
        for name, (question, has_figures) in asked.items()
    ]
    course, title, term = assignment.title()
    return environment().get_template("report.md.j2").render(
        course=course, title=title, term=term, sections=sections,
        placeholder=source.PLACEHOLDER, command=hint.report(edition, out),
    )  # fmt: skip


def _insert(name: str, *, form: str, found: dict[str, RecipeResults | None], not_run: dict[str, str]) -> str:
    """Write what comes in place of a comment of report.md: figures of a recipe, or the table of all runs."""
    if not name:
        return _all_runs([results for results in found.values() if results], form)
    if name in not_run:
        missing = f"(Not run yet: {not_run[name]})"
        return markup.typst(missing) if form == "typ" else markup.latex(missing)
    if form == "typ":
        return f'#include "{name}/section.typ"'
    return rf"\input{{{name}/section}}" + "\n\\FloatBarrier"


def _all_runs(drawn: list[RecipeResults], form: str) -> str:
    grid = summary.build(drawn)
    if not grid.rows:
        return ""
    seen = table.shown(grid)
    template = environment().get_template(f"summary.{form}.j2")
    return template.render(caption=summary.caption(drawn), wide=seen.is_wide, long=seen.is_long)


def _compile(out: Path) -> Path:
    import typst

    made, pdf = out / "report.typ", out / "report.pdf"
    try:
        with whole_file.replacing(pdf) as part:
            typst.compile(str(made), output=str(part), root=str(out))
    except RuntimeError as error:  # a picture that is not there, for example
        raise UserError(f"{_place(error, out)}: {_first_line(error)}; {pdf} was not updated.") from None
    return pdf


def _place(error: RuntimeError, out: Path) -> str:
    """Say in which line of report.md Typst found something wrong, if it says where in report.typ."""
    at = re.search(r"report\.typ:(\d+):", getattr(error, "diagnostic", ""))
    written = (out / "report.typ").read_text(encoding="utf-8")
    line = source.line_of(written, int(at[1])) if at else None
    return f"{out / source.NAME}, line {line}" if line else f"{out / source.NAME}"


def _first_line(error: RuntimeError) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
