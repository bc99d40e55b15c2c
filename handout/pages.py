"""Turn Markdown into the two things people read: one HTML file and one PDF."""

import datetime

import pypandoc  # type: ignore[import-untyped]
import typst

from autograder.common.errors import UserError
from handout import HERE, TEMPLATES

READER = "markdown+lists_without_preceding_blankline"
NO_COLOURS = "--syntax-highlighting=none"  # code is short, and colouring it takes pandoc most of a second
COMMON = [
    "--columns=10",
    "--wrap=none",
    f"--lua-filter={TEMPLATES / 'shape.lua'}",
    f"--resource-path={HERE}",
    "--standalone",
    NO_COLOURS,
]
HTML = [
    *COMMON,
    f"--template={TEMPLATES / 'page.html'}",
    "--mathml",
    "--toc",
    "--toc-depth=3",
    "--shift-heading-level-by=1",  # the title of the document is the only h1
]
TYPST = [*COMMON, f"--template={TEMPLATES / 'page.typ'}"]


def html(markdown: str, metadata: dict[str, str]) -> bytes:
    """Return one HTML file that needs no other: style, pictures and mathematics are inside."""
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    return _pandoc(markdown, "html5", [*HTML, f"--variable=style={style}", *_options(metadata)]).encode()


def pdf(markdown: str, metadata: dict[str, str], made: datetime.date) -> bytes:
    """Return a tagged PDF (PDF/UA-1), dated `made`, so that the same text gives the same bytes."""
    source = _pandoc(markdown, "typst", [*TYPST, *_options(metadata)])
    noon = datetime.datetime(made.year, made.month, made.day, 12, tzinfo=datetime.timezone.utc)
    try:
        return typst.compile(  # type: ignore[call-overload,no-any-return]  # its types want bytes for root
            source.encode(),
            root=str(HERE),
            format="pdf",
            ignore_system_fonts=True,  # the fonts inside Typst are the same everywhere
            timestamp=int(noon.timestamp()),
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise UserError(f"the PDF of {metadata['title']} cannot be set: {error}.") from None


def _options(metadata: dict[str, str]) -> list[str]:
    return [f"--metadata={name}={text}" for name, text in metadata.items()]


def _pandoc(markdown: str, to: str, options: list[str]) -> str:
    try:
        return str(pypandoc.convert_text(markdown, to, format=READER, extra_args=options))
    except RuntimeError as error:
        raise UserError(f"pandoc refuses the text: {str(error).strip().splitlines()[-1]}.") from None
