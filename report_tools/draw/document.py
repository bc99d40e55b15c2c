"""Write the skeleton of the report, in Markdown, LaTeX and Typst, and the PDF that Typst makes of it.

The figures of a recipe, their captions and tables are one file, OUT/NAME/section.*, that is written
together with the figures; report.tex and report.typ include it, so a caption is never older than
its figure.  What a student writes between the marks `answer NAME` and `end` survives.
"""

import re
from pathlib import Path
from typing import Any

import jinja2

from autograder.common.errors import UserError
from report_tools.draw import alt_text, captions, markup, recipe_results, summary, table
from report_tools.draw.recipe_results import RecipeResults
from report_tools.plan import assignment, recipe

TEMPLATES = Path(__file__).resolve().parent / "templates"
FORMATS = ("md", "tex", "typ")
PLACEHOLDER = "Your answer."
# After the marks of a comment in Markdown, LaTeX and Typst.
ANSWER = re.compile(
    r"^(?:<!--|%|//) answer (\S+)(?: -->)?\n(.*?)\n(?:<!--|%|//) end", re.MULTILINE | re.DOTALL
)


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
        for f in results.recipe.figures
    ]
    tables = [
        {
            "name": t.name,
            "caption": captions.caption(results, t),
            "text": (folder / f"table-{t.name}.md").read_text(encoding="utf-8"),
            "wide": (seen := table.shown(table.build(results, t))).is_wide,
            "long": seen.is_long,
        }
        for t in results.recipe.tables
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
        path.write_text(section(results, out, form, prefix), encoding="utf-8")


def write(edition: str, out: Path) -> list[str]:
    """Write OUT/report.md, .tex, .typ and .pdf; return a sentence about each, and about what is missing."""
    names = recipe.load_edition(edition).recipes  # in the order of the questions
    found = {name: recipe_results.read(out, name) for name in names}
    if not any(found.values()):
        raise UserError(
            f"{out} has no results yet; first: python -m report_tools run {names[0]} --out {out}."
        )
    said = [
        f"{name} is not there yet: python -m report_tools run {name} --out {out}"
        for name, results in found.items()
        if results is None
    ]
    drawn = [results for results in found.values() if results]
    has_summary = summary.write(drawn, out)
    seen = table.shown(summary.build(drawn))
    for form in FORMATS:
        path = out / f"report.{form}"
        answers = _keep(path)  # before the file is written anew
        sections = [
            _section(edition=edition, name=name, results=results, out=out, form=form, answers=answers)
            for name, results in found.items()
        ]
        sections += [
            {"name": name, "title": essay.title, "asks": _words(essay.asks), "body": ""}
            | {"points": assignment.points(edition).get(name), "answer": answers.get(name, PLACEHOLDER)}
            for name, essay in recipe.load_edition(edition).essays.items()
        ]
        course, title, term = assignment.title()
        template = environment().get_template(f"report.{form}.j2")
        all_runs = summary.caption(drawn) if has_summary else ""
        text = template.render(
            course=course,
            title=title,
            term=term,
            sections=sections,
            summary=all_runs,
            table=_summary(out, form),
            wide=seen.is_wide,
            long=seen.is_long,
        )
        path.write_text(text, encoding="utf-8")
        kept = f", with {len(answers)} answer{'s' * (len(answers) > 1)} kept" if answers else ""
        said.append(f"{path}{kept}")
    return [*said, _compile(out)]


def _keep(path: Path) -> dict[str, str]:
    """Return the answers in a report written before, which is also kept as a whole beside the new one."""
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8")
    path.with_name(path.name + ".previous").write_text(text, encoding="utf-8")
    return {name: answer for name, answer in ANSWER.findall(text) if answer.strip() != PLACEHOLDER}


def _section(
    *, edition: str, name: str, results: RecipeResults | None, out: Path, form: str, answers: dict[str, str]
) -> dict[str, Any]:
    found = recipe.load(edition, name)
    missing = f"(Not run yet: python -m report_tools run {name})"
    body = {
        "md": lambda: section(results, out, "md", f"{name}/") if results else markup.markdown(missing),
        "tex": lambda: rf"\input{{{name}/section}}" if results else markup.latex(missing),
        "typ": lambda: f'#include "{name}/section.typ"' if results else markup.typst(missing),
    }
    return {
        "name": name,
        "title": found.title,
        "asks": _words(found.asks),
        "points": assignment.points(edition).get(name),
        "answer": answers.get(name, PLACEHOLDER),
        "body": body[form](),
    }


def _words(text: str) -> str:
    return " ".join(text.split())


def _summary(out: Path, form: str) -> str:
    path = out / f"{summary.NAME}.{form}"
    return path.read_text(encoding="utf-8") if form == "md" and path.exists() else ""


def _compile(out: Path) -> str:
    import typst

    source, pdf = out / "report.typ", out / "report.pdf"
    try:
        typst.compile(str(source), output=str(pdf), root=str(out))
    except (RuntimeError, ValueError) as error:  # what a student wrote may not be Typst
        raise UserError(f"{source} is not valid Typst: {' '.join(str(error).split())}.") from None
    return str(pdf)
