"""Write text and tables in Markdown, LaTeX and Typst."""

import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

NOTHING = "–"  # in a cell without a value
# 12, 1,234, -0.5, 3e-05, 12 %, 0.43 ± 0.09, 16 × 28 × 28
NUMBER = re.compile(r"|–|[-−+]?[\d.,]+(e[-+]?\d+)?( ?%| [±×] [\d.,]+)*|nan|[-−]?inf")

# In the PDF, in points: what nobody needs a magnifying glass for, on A4 with the margins of report.typ.
FONT_SIZE = 8
TEXT_WIDTH = 467
CHARACTER = 3.8  # the mean width of one, of figures and small letters
GUTTER = 5  # between columns
TITLE = 10  # characters of a column's title before it goes on in another line
WRAPPED = 24  # characters of a text before it goes on in another line
PAGE_LINES = 55

LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "–": "--", "×": r"$\times$",
    "−": "$-$", "²": "$^2$", "·": r"$\cdot$", "≥": r"$\geq$", "≤": r"$\leq$",
}  # fmt: skip


def latex(text: str) -> str:
    """Escape text for LaTeX, where two hyphens would become a dash."""
    parts = text.split("--")
    return "-{}-".join("".join(LATEX.get(character, character) for character in part) for part in parts)


def typst(text: str) -> str:
    """Escape text for Typst."""
    return re.sub(r"([\\#$*_`<>@\[\]~/-])", r"\\\1", text)


def typst_string(text: str) -> str:
    """Escape text for what stands between quotation marks in Typst."""
    return text.replace("\\", r"\\").replace('"', r"\"")


def markdown(text: str) -> str:
    """Escape text for Markdown."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)


class Table(NamedTuple):
    """A table as a reader sees it: the texts of its cells, and sentences that stand below."""

    header: list[str]
    rows: list[list[str]]
    notes: tuple[str, ...] = ()

    @property
    def is_number(self) -> list[bool]:
        """Say for each column whether it holds numbers, which stand to the right; words stand to the left."""
        columns = zip(*self.rows, strict=True) if self.rows else [()] * len(self.header)
        return [
            all(NUMBER.fullmatch(cell) for cell in cells) and any(cell.strip(NOTHING) for cell in cells)
            for cells in columns
        ]

    @property
    def is_wide(self) -> bool:
        """Say whether it needs a page that is turned, so that it can be read."""
        return sum(CHARACTER * n + GUTTER for n in self._characters()) > TEXT_WIDTH

    @property
    def is_long(self) -> bool:
        """Say whether it must go on on another page, under the same header."""
        return sum(max(-(-len(cell) // WRAPPED) for cell in row) for row in self.rows) > PAGE_LINES

    def _characters(self) -> Iterator[int]:
        """Count for each column what must stand in one line: a number, a word, some words of a text."""
        columns = zip(*self.rows, strict=True) if self.rows else [()] * len(self.header)
        for title, cells, number in zip(self.header, columns, self.is_number, strict=True):
            longest = max(map(len, cells), default=0)
            yield max(*map(len, lines(title)), longest if number else min(longest, WRAPPED))


def lines(title: str) -> list[str]:
    """Break the title of a column, so that the column is hardly wider than its numbers."""
    # (666, 333) is one thing.
    kept = re.sub(r"\([^)]{1,10}\)", lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), title)
    return textwrap.wrap(kept, TITLE, break_long_words=False, break_on_hyphens=False) or [""]


def markdown_table(table: Table) -> str:
    """Write a pipe table, numbers to the right, and the notes below it."""
    cells = [[markdown(cell) for cell in line] for line in (table.header, *table.rows)]
    rule = ["---:" if number else "---" for number in table.is_number]
    text = "".join(f"| {' | '.join(line)} |\n" for line in (cells[0], rule, *cells[1:]))
    return text + "".join(f"\n{markdown(note)}\n" for note in table.notes)


def latex_table(table: Table) -> str:
    """Write a tabular that never is wider than the line; it needs the packages booktabs and graphicx."""
    body = [" & ".join(latex(cell) for cell in line) + r" \\" for line in table.rows]
    titles = [r"\shortstack{" + r"\\".join(map(latex, lines(cell))) + "}" for cell in table.header]
    columns = "".join("r" if number else "l" for number in table.is_number)
    written = [
        r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule", " & ".join(titles) + r" \\", r"\midrule", *body, r"\bottomrule",
        r"\end{tabular}}",
        *(rf"\par\smallskip {latex(note)}" for note in table.notes),
    ]  # fmt: skip
    return "\n".join(written) + "\n"


def typst_table(table: Table) -> str:
    """Write a table with horizontal rules alone; its style is that of the report."""
    cells = "".join("  " + ", ".join(f"[{typst(cell)}]" for cell in line) + ",\n" for line in table.rows)
    head = ", ".join(f"[{' #linebreak() '.join(map(typst, lines(cell)))}]" for cell in table.header)
    align = ", ".join("right" if number else "left" for number in table.is_number)
    written = [
        f'#set text(size: {FONT_SIZE}pt, number-width: "tabular", hyphenate: false)',
        "#set par(justify: false)",
        f"#table(\n  columns: {len(table.header)},\n  stroke: none,\n  inset: (x: {GUTTER / 2}pt, y: 2.5pt),",
        f"  align: (column, row) => ({align},).at(column) + if row == 0 {{ bottom }} else {{ top }},",
        f"  table.hline(),\n  table.header({head}),\n  table.hline(stroke: 0.5pt),",
        f"{cells}  table.hline(),\n)",
        *(f"\n#align(left)[{typst(note)}]" for note in table.notes),
    ]
    return "\n".join(written) + "\n"
