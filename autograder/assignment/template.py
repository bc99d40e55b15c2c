"""Cut the students' template out of the reference, so that the two can never drift apart."""

import re
from pathlib import Path

from autograder import ROOT
from autograder.common.errors import UserError

REFERENCE_PATH = ROOT / "reference" / "solution.py"
TEMPLATE_PATH = ROOT / "template" / "solution.py"

# An answer in the reference stands between these two comments, alone on their lines.
ANSWER = re.compile(
    r"^(?P<indent> *)# <answer (?P<function>\w+) (?P<part>[\d.]+)>\n"
    r".*?"
    r"^(?P=indent)# </answer>\n",
    re.DOTALL | re.MULTILINE,
)
BLANK = (
    "{indent}# Your code here, in place of the next line.\n"
    '{indent}raise NotImplementedError("{function}: see the handout, {part}")\n'
)


def cut(reference: str) -> str:
    """Replace every marked answer by a blank that says where the handout explains it.

    Raises UserError when a marker is left over, so that no answer can slip through.
    """
    template = ANSWER.sub(lambda answer: BLANK.format(**answer.groupdict()), reference)
    for number, line in enumerate(template.splitlines(), start=1):
        if re.search(r"#\s*</?answer", line):
            raise UserError(f"the marker in line {number} of the template has no partner: {line.strip()}")
    return template


def write(reference: Path = REFERENCE_PATH, template: Path = TEMPLATE_PATH) -> Path:
    """Write a fresh template beside the student's public tests and return where."""
    template.write_text(cut(reference.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    return template
