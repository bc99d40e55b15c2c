"""Cut the students' template out of the references, so that the two can never drift apart."""

import re
from pathlib import Path

from autograder import ROOT
from autograder.assignment import config, defaults
from autograder.assignment.config import Assignment
from autograder.assignment.contract import Problem, contract_of
from autograder.common.errors import UserError

TEMPLATE_PATH = ROOT / "template" / "solution.py"  # of the assignment that is served

# An answer in a reference stands between these two comments, alone on their lines.
ANSWER = re.compile(
    r"^(?P<indent> *)# <answer (?P<function>[\w.]+)>\n"
    r"(?P<text>.*?)"
    r"^(?P=indent)# </answer>\n",
    re.DOTALL | re.MULTILINE,
)
# Of one file for several problems.
FILE_DOCSTRING = '"""What this assignment asks for, part by part."""'
RULE = "# " + 78 * "-"
MARK = re.compile(r"# <answer ([\w.]+)>")
BLANK = (
    "{indent}# Your code here, in place of the next line.\n"
    '{indent}raise NotImplementedError("{shown}: see the handout, {part}")\n'
)


def reference(assignment: Assignment, replaced: dict[str, str] | None = None) -> str:
    """Return the whole answer: the references of all problems, in one file.

    replaced: another text for a problem, by its name, in the place of its reference.
    """
    problems = assignment.contract.problems
    texts = [
        replaced[problem.name] if replaced and problem.name in replaced else problem.reference_text
        for problem in problems
    ]
    texts = [defaults.written(text, assignment.network) for text in texts]
    if len(texts) > 1:  # a name that only one class has may be another's, too, in one file of all
        texts = [_with_keys(text, problem) for text, problem in zip(texts, problems, strict=True)]
    return join(texts)


def join(texts: list[str]) -> str:
    """Make one file of several: their imports once, on top; the rest one after the other.

    What each says about itself becomes a comment above it.
    """
    if len(texts) == 1:
        return texts[0]
    imports: list[str] = []
    sections = []
    for text in texts:
        about, imported, body = _taken_apart(text)
        imports += [line for line in imported if line not in imports]
        sections.append("\n".join([RULE, *_as_comments(about), RULE, "", "", body]))
    head = "\n".join([FILE_DOCSTRING, "", *sorted(imports)])
    return f"{head}\n\n" + "\n\n\n".join(sections) + "\n"


def cut(reference: str, assignment: Assignment) -> str:
    """Replace every marked answer with a blank that says where the handout explains it.

    Raises UserError when a marker is left over, so that no answer can slip through.
    """

    def blank(answer: re.Match[str]) -> str:
        key = assignment.contract.key(answer["function"])
        part = assignment.functions.get(key)
        return BLANK.format(
            indent=answer["indent"],
            shown=assignment.contract.shown[key],
            part=part.number if part else assignment.parts[0].number,
        )

    template = ANSWER.sub(blank, reference)
    for number, line in enumerate(template.splitlines(), start=1):
        if re.search(r"#\s*</?answer", line):
            raise UserError(
                f"the marker on line {number} of the template has no matching one: {line.strip()}"
            )
    return template


def path_of(file: Path | None = None) -> Path:
    """Return where a template lies: in template/, or in template/NAME/ if another assignment is served."""
    file = (file or config.served()).resolve()
    if file == config.TOML_PATH.resolve():
        return TEMPLATE_PATH
    return TEMPLATE_PATH.parent / file.stem / TEMPLATE_PATH.name


def write(assignment: Assignment, template: Path) -> Path:
    """Write a fresh template beside the students' public tests and return where."""
    template.parent.mkdir(parents=True, exist_ok=True)
    template.write_text(cut(reference(assignment), assignment), encoding="utf-8", newline="\n")
    return template


def _with_keys(text: str, problem: Problem) -> str:
    """Write the key of each marked answer in the place of its name."""
    contract = contract_of((problem.name,))
    return MARK.sub(lambda mark: f"# <answer {contract.key(mark[1])}>", text)


def _as_comments(text: str) -> list[str]:
    return [f"# {line}".rstrip() for line in text.splitlines()]


def _taken_apart(text: str) -> tuple[str, list[str], str]:
    """Return the docstring, the imports at the top level, and the rest of a reference."""
    docstring = re.match(r'"""(.*?)"""\n', text, re.DOTALL)
    rest = text[docstring.end() :] if docstring else text
    lines = rest.split("\n")
    imports = [line for line in lines if re.match(r"(import|from) ", line)]
    body = "\n".join(line for line in lines if line not in imports)
    return (docstring[1].strip() if docstring else ""), imports, body.strip("\n")
