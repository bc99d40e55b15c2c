"""A submission that contains no solution gets nothing, whatever tricks it contains (SECURITY.md)."""

import json
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from autograder import ROOT
from autograder.grading.verdict import Verdict
from autograder.intake.submission import accept
from autograder.sandbox.lockdown.escape_probes import HELD
from autograder.sandbox.process import reaper
from tests.sandbox.conftest import QUICK, grade_some, reasons, rendered
from tests.sandbox.threats import THREATS, Threat

MARK = "threat-7f3a"
FOLDERS = (Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"), ROOT)
# Lines that stand in the reference or in the checks, and that no submission here contains.
SECRETS = ("per_row = -np.sum", "shifted = x - np.max", "from autograder", "Reference(", "<answer")
UNSEEN = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
# What Markdown may become where a submission had a say: text and code, and nothing that acts.
INLINE = {"text", "code_inline", "softbreak", "em_open", "em_close", "strong_open", "strong_close"}
BLOCKS = {"paragraph_open", "inline", "paragraph_close"}


# These are waited for; loop_in_method is, every day.
SLOW = {"endless_questions", "endless_announcements", "loop_at_import", "sleeping_destructor", "huge_nesting"}


def test_what_is_called_slow_is_a_threat():
    assert {threat.name for threat in THREATS} >= SLOW | {"loop_in_method"}


@pytest.mark.parametrize(
    "threat",
    [
        pytest.param(threat, id=threat.name, marks=[pytest.mark.hangs] if threat.name in SLOW else [])
        for threat in THREATS
    ],
)
def test_a_trick_gains_nothing(
    threat: Threat, template: str, public_results: Path, users: list[int], isolation: dict[str, str]
) -> None:
    code = threat.code.replace("ROOT", str(ROOT)).replace("MARK", MARK)
    code = code.replace("RESULTS", repr(str(public_results)))
    report = grade_some(accept("solution.py", f"{template}\n\n{code}\n".encode()), assignment=QUICK)

    assert report.points == 0
    assert re.search(threat.says, reasons(report), re.DOTALL), reasons(report)
    assert not [outcome.detail for outcome in report.outcomes if outcome.verdict == Verdict.GRADER_FAULT]
    assert report.outcomes[-1].check.number.startswith("1.5"), "grading did not come to its end"
    assert public_results.read_text() == "untouched"
    assert not report.not_isolated
    assert dict(report.isolation)["nothing_left"] == HELD
    assert not any(reaper.of_user(uid) for uid in users)
    assert not [left for folder in FOLDERS for left in folder.iterdir() if MARK in left.name]
    outputs = rendered(report)
    json.loads(outputs["results.json"])
    for text in outputs.values():
        assert not [secret for secret in SECRETS if secret in text]
        assert not re.search(UNSEEN, text)
    for outcome in report.outcomes:
        assert inert(outcome.reason), outcome.reason


def inert(markdown: str) -> bool:
    tokens = MarkdownIt("commonmark").parse(markdown)
    inside = {child.type for token in tokens for child in token.children or []}
    return inside <= INLINE and {token.type for token in tokens} <= BLOCKS
