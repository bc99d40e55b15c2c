"""Say what the Markdown files may use: the values of assignment.toml, and tables made of them."""

import datetime
import itertools
import math
from typing import Any

from autograder.assignment.config import Assignment, Part
from autograder.common.errors import UserError
from handout import example, rubric


def values(assignment: Assignment) -> dict[str, Any]:
    """Return every name that {{ ... }} in a Markdown file may use."""
    words, network = Vocabulary(assignment), assignment.network
    return {
        "course": assignment.course,
        "title": assignment.title,
        "term": assignment.term,
        "dates": assignment.dates,
        "totals": assignment.totals,
        "network": network,
        "widths": (network.n_features, *network.hidden_dims, network.n_classes),
        "tolerance": assignment.tolerance,
        "limits": assignment.limits,
        "edition": assignment.report.edition,
        "questions": tuple(assignment.report.questions),
        "version": assignment.handout.version,
        "ai_help": assignment.handout.ai_help,
        "day": day,
        "number": number,
        "log": math.log,
        "n_parameters": n_parameters,
        "points": points,
        "part": words.part,
        "worth_of": words.worth_of,
        "points_table": words.points_table,
        "question": words.question,
        "number_of": words.number_of,
        "title_of": words.title_of,
        "worth": assignment.report.questions,
        "criteria": words.criteria,
        "marking_table": words.marking_table,
        "example": example.sections(),
        "example_listing": example.listing(),
    }


def day(date: datetime.date) -> str:
    """Write a date as `Monday 8 February 2027`."""
    return f"{date:%A} {date.day} {date:%B %Y}"


def number(value: float) -> str:
    """Write a number for use in a formula: 0.0007, 1e-06 as 10^{-6}."""
    mantissa, _, exponent = f"{value:g}".partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \times {power}"


def points(value: float) -> str:
    """Write a number of points with its noun: `1 point`, `4 points`."""
    return f"{value:g} point" + ("" if value == 1 else "s")


def n_parameters(*widths: int) -> str:
    """Count the weights and biases of a network with these layer widths: `818,970`."""
    return f"{sum((fan_in + 1) * fan_out for fan_in, fan_out in itertools.pairwise(widths)):,}"


class Vocabulary:
    """The headings and tables of one assignment."""

    def __init__(self, assignment: Assignment) -> None:
        """Keep the assignment and number the questions of its report from 2.1 on."""
        self.assignment = assignment
        self.parts = {part.number: part for part in assignment.parts}
        self.rubric = rubric.read(assignment.report.edition)
        self.numbers = {name: f"2.{i}" for i, name in enumerate(assignment.report.questions, start=1)}

    def part(self, number: str) -> str:
        """Write the heading of a part of the programme: number, title, points, anchor."""
        part = self._part(number)
        return f"{number} {part.title} ({points(part.points)}) {{#{number}}}"

    def _part(self, number: str) -> Part:
        if number not in self.parts:
            raise UserError(f"there is no part {number} in assignment.toml.")
        return self.parts[number]

    def worth_of(self, function: str) -> str:
        """Write the points of one function: `2`."""
        part = self.assignment.functions.get(function)
        if part is None:
            raise UserError(f"there is no function {function} in assignment.toml.")
        return f"{part.functions[function]:g}"

    def points_table(self) -> str:
        """Write the table of everything that is worth points."""
        totals = self.assignment.totals
        rows = [(f"[{part.number}]", part.title, part.points) for part in self.assignment.parts]
        rows.append(("", "**The programme, marked by the autograder**", totals.programming))
        for name, worth in self.assignment.report.questions.items():
            rows.append((f"[{self.numbers[name]}]", self.title_of(name), worth))
        rows.append(("", "**The report, marked by people**", totals.report))
        rows.append(("", "**All of it**", totals.programming + totals.report))
        body = [f"| {place} | {what} | {worth:g} |" for place, what, worth in rows]
        return "\n".join(["| Section | What | Points |", "|:----|:---------------------|---:|", *body])

    def question(self, name: str) -> str:
        """Write the heading of a question of the report: number, title, points, anchor."""
        number, worth = self.number_of(name), self.assignment.report.questions[name]
        return f"{number} {self.title_of(name)} ({points(worth)}) {{#{number}}}"

    def number_of(self, name: str) -> str:
        """Write the section number of a question of the report: `2.1`."""
        if name not in self.numbers:
            raise UserError(f"the report in assignment.toml has no question {name}.")
        return self.numbers[name]

    def title_of(self, name: str) -> str:
        """Write the title of a question of the report."""
        return self._question(name).title

    def _question(self, name: str) -> rubric.Question:
        if name not in self.rubric:
            edition, known = self.assignment.report.edition, ", ".join(self.rubric)
            raise UserError(f"the edition {edition} has no question {name}; it has {known}.")
        return self.rubric[name]

    def criteria(self, name: str) -> str:
        """Write the table a student sees: what is looked at, and what it is worth."""
        rows = [f"| {criterion.what} | {worth:g} |" for criterion, worth in self._shares(name)]
        return "\n".join(["| What is looked at | Points |", "|:------------------------|---:|", *rows])

    def marking_table(self, name: str) -> str:
        """Write what a marker sees: for each criterion, what earns all, half and none of it."""
        return "\n\n".join(
            f"### {criterion.what} ({points(worth)})\n\n"
            f"{worth:g}\n: {criterion.full}\n\n{worth / 2:g}\n: {criterion.half}\n\n0\n: {criterion.none}"
            for criterion, worth in self._shares(name)
        )

    def _shares(self, name: str) -> list[tuple[rubric.Criterion, float]]:
        criteria = self._question(name).criteria
        worth = self.assignment.report.questions[name]
        return list(zip(criteria, rubric.share(worth, [each.weight for each in criteria]), strict=True))
