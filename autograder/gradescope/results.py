"""Write a Report as the results.json that Gradescope reads."""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from autograder import VERSION
from autograder.assignment.config import Assignment, term_seed
from autograder.grading.report import Outcome, Report, round_points
from autograder.zoo import entries as zoo

NOT_FINISHED = (  # students read it only if it stays so
    "The grader did not finish. This is not your mistake: please tell the course staff. "
    "What it graded before counts."
)
MAX_OUTPUT = 2000  # one check; Gradescope itself cuts at 50,000 characters


def results_of(report: Report) -> dict[str, Any]:
    """Turn a Report into the content of results.json."""
    return {
        "score": report.points,
        "execution_time": round(report.seconds, 2),
        "output": summary(report),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "grader_version": VERSION,
            "submission_sha256": report.sha256,
            # Tells one seed from another, and does not tell the seed: results are read by many.
            "seed_sha256": hashlib.sha256(str(term_seed()).encode()).hexdigest()[:16],
            "isolation": dict(report.isolation),
            "not_isolated": report.not_isolated,
            "notes": list(report.notes),
            "parts": [
                {
                    "number": part.number,
                    "title": part.title,
                    "points": report.points_of(part),
                    "max_points": part.points,
                }
                for part in report.assignment.parts
            ],
        },
        "tests": [
            _test(outcome, show_input=report.assignment.feedback.show_inputs) for outcome in report.outcomes
        ],
    }


def summary(report: Report) -> str:
    """Sum up the points per part, as Markdown, for the top of the page."""
    lines = [f"**{report.points:g} of {report.max_points:g} points**", ""]
    if not report.finished:
        lines += [NOT_FINISHED, ""]
    if report.outcomes:
        lines += ["| part | | points |", "|---|---|---|"]
        lines += [
            f"| {part.number} | {part.title} | {report.points_of(part):g} / {part.points:g} |"
            for part in report.assignment.parts
        ]
    lines += ["", *(f"- {note}" for note in (*report.notes, report.not_isolated) if note)]
    return "\n".join(lines).rstrip() + "\n"


def fallback(assignment: Assignment, sentence: str) -> dict[str, Any]:
    """Make a valid results.json for a grading that has not got anywhere yet."""
    return {
        "score": 0,
        "output": f"{sentence}\n",
        "output_format": "md",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            {
                "name": f"{part.number} {part.title}",
                "number": part.number,
                "score": 0,
                "max_score": part.points,
                "status": "failed",
                "output": sentence,
            }
            for part in assignment.parts
        ],
    }


def write(content: dict[str, Any], path: Path) -> None:
    """Replace the file at once, so that whoever reads it finds all of the old or all of the new."""
    text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _test(outcome: Outcome, *, show_input: bool) -> dict[str, Any]:
    check, output = outcome.check, outcome.reason
    if show_input and outcome.example and not outcome.passed:
        output += f"\n\nThis shows it:\n\n```python\n{outcome.example}\n```\n"
    return {
        "name": check.title,
        "number": check.number,
        "score": round_points(outcome.points),
        "max_score": round_points(check.max_points),
        "status": "passed" if outcome.passed else "failed",
        "output": output if len(output) <= MAX_OUTPUT else outcome.reason[:MAX_OUTPUT],
        "tags": [check.function],
        "visibility": check.visibility,
        "extra_data": {
            "verdict": outcome.verdict,
            "mistake": outcome.mistake,
            "diagnosis": zoo.by_name(outcome.mistake).says if outcome.mistake else "",
        },
    }
