"""Say what the Markdown files may use: the values of assignment.toml, and tables made of them."""

import datetime
import itertools
import math
from collections import defaultdict
from typing import Any

import jinja2
from jinja2.runtime import Context

from autograder.assignment.config import Assignment, Part
from autograder.assignment.contract import contract_of
from autograder.common.errors import UserError
from autograder.common.keys import function_of
from autograder.grading import points as shares
from autograder.grading import suite
from handout import example, rubric


def values(assignment: Assignment) -> dict[str, Any]:
    """Return every name that {{ ... }} in a Markdown file may use."""
    words, network, problems = Vocabulary(assignment), assignment.network, assignment.contract.problems
    scripts = example.scripts(assignment)
    return {
        "course": assignment.course,
        "title": assignment.title,
        "term": assignment.term,
        "dates": assignment.dates,
        "late": assignment.late,
        "leaderboard": assignment.leaderboard,
        "totals": assignment.totals,
        "network": network,
        "widths": (network.n_features, *network.hidden_dims, network.n_classes) if network else (),
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
        "shares": words.shares,
        "points_table": words.points_table,
        "question": words.question,
        "number_of": words.number_of,
        "title_of": words.title_of,
        "worth": assignment.report.questions,
        "criteria": words.criteria,
        "marking_table": words.marking_table,
        "problems": tuple(problem.name for problem in problems),
        "titles": {problem.name: problem.title[:1].lower() + problem.title[1:] for problem in problems},
        "examples": {problem.name: example.sections(problem) for problem in problems},
        "listings": {problem.name: example.listing(problem) for problem in problems},
        "scripts": {name: script.name_in_kit for name, script in scripts.items()},
        "worth_of_problem": words.worth_of_problem,
        "first_function": words.first_function(),
        "first_test": f"test_{function_of(next(iter(assignment.functions)))}",
        "graded_classes": tuple(name for name in assignment.contract.owners if name),
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
        """Keep the assignment and number the questions of its report, the chapter after the problems."""
        self.assignment = assignment
        self.rubric = rubric.read(assignment.report.edition)
        chapter = len(assignment.contract.problems) + 1
        self.numbers = {name: f"{chapter}.{i}" for i, name in enumerate(assignment.report.questions, start=1)}

    # In the text of a problem, a bare name is that of one of its own functions.

    @jinja2.pass_context
    def part(self, context: Context, function: str) -> str:
        """Write the heading of the part that a function belongs to: number, title, points, anchor."""
        part = self._part_of(self._key(context, function))
        return f"{part.number} {part.title} ({points(part.points)}) {{#{part.number}}}"

    @jinja2.pass_context
    def worth_of(self, context: Context, function: str) -> str:
        """Write the points of one function: `2`."""
        key = self._key(context, function)
        return f"{self._part_of(key).points_of[key]:g}"

    @jinja2.pass_context
    def shares(self, context: Context, function: str) -> str:
        """Say what each ruling decides of the points of a function's part, counted in its checks.

        A check counts for the last ruling that its title quotes: what it is about.
        """
        part = self._part_of(self._key(context, function))
        worth: defaultdict[str, float] = defaultdict(float)
        for one in shares.price(suite.collect(self.assignment), self.assignment):
            if one.check.part == part.number and one.check.max_points:
                worth[one.check.rulings[-1]] += one.check.max_points
        in_order = sorted(worth.items(), key=lambda share: int(share[0][1:]))
        told = ", ".join(f"[{ruling}] {round(share, 2):g}" for ruling, share in in_order)
        return f"{points(part.points)}, shared like this: {told}."

    def worth_of_problem(self, problem: str) -> float:
        """Return the points of all parts of a problem."""
        return sum(part.points for part in self.assignment.parts if part.problem == problem)

    def first_function(self) -> str:
        """Return what a student might begin with."""
        return self.assignment.contract.shown[next(iter(self.assignment.functions))]

    def _key(self, context: Context, function: str) -> str:
        problem = context.get("problem")
        contract = contract_of((problem,)) if problem else self.assignment.contract
        return contract.key(function)

    def _part_of(self, key: str) -> Part:
        part = self.assignment.functions.get(key)
        if part is None:
            raise UserError(f"no part of the assignment gives points for {key}.")
        return part

    def points_table(self) -> str:
        """Write the table of everything that is worth points."""
        totals = self.assignment.totals
        rows = [(f"[{part.number}]", part.title, part.points) for part in self.assignment.parts]
        rows.append(("", "**The code, marked by the autograder**", totals.programming))
        for name, worth in self.assignment.report.questions.items():
            rows.append((f"[{self.numbers[name]}]", self.title_of(name), worth))
        if self.assignment.report.questions:
            rows.append(("", "**The report, marked by people**", totals.report))
            rows.append(("", "**Total**", totals.programming + totals.report))
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
        return "\n".join(["| Criterion | Points |", "|:------------------------|---:|", *rows])

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
