"""Write text and tables in Markdown, LaTeX and Typst."""

import re

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


def markdown(text: str) -> str:
    """Escape text for Markdown."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)


def markdown_table(header: list[str], rows: list[list[str]], notes: tuple[str, ...] = ()) -> str:
    """Write a pipe table, numbers to the right, and the notes below it."""
    lines = [[markdown(cell) for cell in line] for line in (header, *rows)]
    rule = ["---" if k == 0 else "---:" for k in range(len(header))]
    table = "".join(f"| {' | '.join(line)} |\n" for line in (lines[0], rule, *lines[1:]))
    return table + "".join(f"\n{markdown(note)}\n" for note in notes)


def latex_table(header: list[str], rows: list[list[str]], notes: tuple[str, ...] = ()) -> str:
    """Write a tabular that never is wider than the line; it needs the packages booktabs and graphicx."""
    body = [" & ".join(latex(cell) for cell in line) + r" \\" for line in rows]
    head = " & ".join(latex(cell) for cell in header) + r" \\"
    lines = [
        r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
        rf"\begin{{tabular}}{{l{'r' * (len(header) - 1)}}}",
        r"\toprule", head, r"\midrule", *body, r"\bottomrule",
        r"\end{tabular}}",
        *(rf"\par\smallskip {latex(note)}" for note in notes),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def typst_table(header: list[str], rows: list[list[str]], notes: tuple[str, ...] = ()) -> str:
    """Write a table with horizontal rules alone, small enough for many columns."""
    size = 9 if len(header) <= 6 else 7 if len(header) <= 9 else 5.5
    cells = "".join("  " + ", ".join(f"[{typst(cell)}]" for cell in line) + ",\n" for line in rows)
    head = ", ".join(f"[{typst(cell)}]" for cell in header)
    lines = [
        f"#set text(size: {size}pt)",
        f"#table(\n  columns: {len(header)},\n  stroke: none,\n  inset: (x: 3pt, y: 2.5pt),",
        "  align: (column, row) => if column == 0 { left } else { right },",
        f"  table.hline(),\n  table.header({head}),\n  table.hline(stroke: 0.5pt),",
        f"{cells}  table.hline(),\n)",
        *(f"\n{typst(note)}" for note in notes),
    ]
    return "\n".join(lines) + "\n"
