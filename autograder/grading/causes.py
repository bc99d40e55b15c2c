"""Tell each cause once, with the list of the checks that fail because of it.

One mistake may fail a dozen checks; the same sentence a dozen times is a wall that nobody reads.
The first check of a function tells the cause in full, the others point to it.
"""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Hashable

from autograder.grading.report import Outcome
from autograder.grading.verdict import Verdict

MOST_NAMED = 12  # checks in a list
# What differs from check to check where the cause is one: where it was seen, and in what else.
PARTICULARS = re.compile(
    r", for [^,]*,| (Also wrong|Yours): [^.]*\.(?= |$)"
    r"| All other entries are right\.| `\w+` was called with .*?\)\.(?= |$)"
)
NUMBERS = re.compile(r"\(\d+, ?\)|\(\d+(, \d+)+\)|\d+(\.\d+)?")
FIRST_SENTENCE = re.compile(r".*?\.(?= |$)")


def tell_once(outcomes: list[Outcome]) -> list[Outcome]:
    """Return the same outcomes; only the first of each cause tells it in full."""
    groups: defaultdict[Hashable, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[cause(outcome)].append(outcome)
    told = {}
    for first, *others in groups.values():
        if others and _is_worth_a_pointer(first):
            told[first.check.number] = _with_list(first, others)
            told |= {other.check.number: _pointing(other, first) for other in others}
    return [told.get(outcome.check.number, outcome) for outcome in outcomes]


def cause(outcome: Outcome) -> Hashable:
    """Name the cause: the recognised mistake, or else the reason without its numbers; and who may read it."""
    check = outcome.check
    words = NUMBERS.sub("...", PARTICULARS.sub("", outcome.reason))
    return check.part, check.function, check.visibility, outcome.passed, outcome.mistake or words


def _is_worth_a_pointer(outcome: Outcome) -> bool:
    """Tell whether a cause takes more words than pointing to it."""
    pointers = (Verdict.NOT_GRADED, Verdict.NOT_LOADED, Verdict.GRADER_FAULT)
    return bool(outcome.reason) and outcome.verdict not in pointers


def _with_list(first: Outcome, others: list[Outcome]) -> Outcome:
    if first.passed:
        return first
    numbers = [other.check.number for other in others]
    more = f" and {len(numbers) - MOST_NAMED} more" if len(numbers) > MOST_NAMED else ""
    return dataclasses.replace(
        first, told=f"{first.reason} Failing for the same reason: {', '.join(numbers[:MOST_NAMED])}{more}."
    )


def _pointing(outcome: Outcome, first: Outcome) -> Outcome:
    return dataclasses.replace(outcome, told=_pointer(outcome, first), cause=first.check.number)


def _pointer(outcome: Outcome, first: Outcome) -> str:
    number = first.check.number
    if outcome.mistake and outcome.symptom:
        return f"{outcome.symptom} The cause is the same as in {number}."
    sentence = FIRST_SENTENCE.match(outcome.reason)
    if outcome.reason == first.reason or outcome.passed or sentence is None:
        return f"See {number}."
    return f"{sentence[0]} See {number}."
