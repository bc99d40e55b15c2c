"""Build every document, or stop with one sentence that says what is wrong with its text."""

import concurrent.futures
import re
from pathlib import Path
from typing import Any

from autograder.assignment.config import Assignment
from autograder.common.errors import UserError
from handout import pages, references, vocabulary
from handout.text import fill

HEADING = re.compile(r"^#+ .*\{#([\w.-]+)\}", re.MULTILINE)


def build(assignment: Assignment, out: Path) -> list[Path]:
    """Write the handout to out/ and the marking guide to out/for-staff/, each as HTML and PDF.

    Returns the paths.  Raises UserError when a link leads nowhere, a value is unknown,
    or something in assignment.toml has no text.
    """
    values = vocabulary.values(assignment)
    documents = [("handout", handout(assignment, values), assignment.title)]
    if assignment.report.questions:  # people mark the report, and nothing else
        title = f"Marking guide: {assignment.title}"
        documents.append(("for-staff/marking-guide", marking_guide(values), title))
    # Most of the time goes to pandoc, a program of its own: threads can wait for several at once.
    with concurrent.futures.ThreadPoolExecutor() as pool:
        jobs = {}
        for name, text, title in documents:
            about = metadata(assignment, title)
            jobs[out / f"{name}.html"] = pool.submit(pages.html, text, about)
            jobs[out / f"{name}.pdf"] = pool.submit(pages.pdf, text, about, assignment.dates.released)
    contents = {path: job.result() for path, job in jobs.items()}  # all of them, or none is written
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(contents)


def handout(assignment: Assignment, values: dict[str, Any]) -> str:
    """Return the handout as Markdown, with every value and link in place."""
    text = fill("handout.md", values)
    _check_complete(assignment, text)
    return references.link(text, "handout.md")


def marking_guide(values: dict[str, Any]) -> str:
    """Return the guide for those who mark the report, as Markdown."""
    return references.link(fill("marking-guide.md", values), "marking-guide.md")


def _check_complete(assignment: Assignment, text: str) -> None:
    """Refuse a handout that says nothing about a part, a function, or its own version."""
    sections = HEADING.findall(text)
    for part in assignment.parts:
        if part.number not in sections:
            raise UserError(f"handout.md has no section for part {part.number}, {part.title}; write one.")
        for function in part.functions:  # the grader calls it just as the handout shows
            if f"`{function}(" not in text:
                raise UserError(
                    f"handout.md does not show how `{function}(...)` is called; part {part.number} grades it."
                )
    version = assignment.handout.version
    if f"**{version}**" not in text:
        raise UserError(f"changelog.md has no line for version {version} of the handout; write what changed.")


def metadata(assignment: Assignment, title: str) -> dict[str, str]:
    """Return what stands above the text and in the properties of the files."""
    due = vocabulary.day(assignment.dates.due)
    return {
        "title": title,
        "pagetitle": f"{title} · {assignment.course}",
        "course": assignment.course,
        "term": assignment.term,
        "subtitle": f"Version {assignment.handout.version} · due {due}",
    }
