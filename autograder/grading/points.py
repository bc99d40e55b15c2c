"""Number the checks, divide the points of each graded function among its own, and say who sees which."""

import dataclasses
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from autograder.assignment.config import Assignment, Feedback, Visibility
from autograder.assignment.contract import contract_of
from autograder.common.errors import UserError
from autograder.grading.report import Check, is_within, place
from autograder.grading.suite import FILE, BoundCheck


@dataclasses.dataclass(frozen=True)
class Priced:
    """A check that can be called, with its place in the assignment and what it is worth."""

    bound: BoundCheck
    check: Check


def price(checks: Iterable[BoundCheck], assignment: Assignment) -> tuple[Priced, ...]:
    """Turn weights into points, places into numbers; leave out checks of what is not graded.

    Returns the checks in the order of the handout.
    Raises UserError if assignment.toml says who sees a check that there is not, or if a function has
    points of which no check takes a share.
    """
    graded = [
        (bound, key) for bound in checks if (key := key_of_check(bound)) in (FILE, *assignment.functions)
    ]
    numbers = _numbers(graded, assignment)
    total = weights(bound for bound, _ in graded)
    shown = {FILE: FILE, **assignment.contract.shown}
    _require_shares(total, assignment)
    priced = []
    for (bound, key), number in zip(graded, numbers, strict=True):
        part = assignment.functions.get(key)
        points = part.points_of[key] if part else 0.0
        part_number = part.number if part else assignment.file_number
        check = Check(
            number=number,
            part=part_number,
            title=bound.title,
            function=key,
            shown=shown[key],
            # Rounded, so that a report adds up to the same points on every machine.
            max_points=round(points * bound.weight / total[key], 4) if points else 0.0,
            visibility=_visibility(number, part_number, key, shown[key], assignment.feedback),
        )
        priced.append(Priced(bound, check))
    _refuse_unknown(priced, assignment.feedback)
    priced = _without_remainder(priced, assignment)
    return tuple(sorted(priced, key=lambda one: place(one.check.number)))


def choose(
    priced: tuple[Priced, ...], names: Sequence[str], assignment: Assignment
) -> tuple[tuple[Priced, ...], set[str]]:
    """Return what must be run for the checks of these parts, numbers or functions, and their own numbers.

    The parts of the functions that they use, and the file's, are run as well, so that each check ends and
    is explained as it is among all others.  Without names, it is everything.
    Raises UserError for a name that is none of a part, a check or a function.
    """
    numbers: set[str] = set()
    for name in (assignment.file_number, *names):
        own = {one.check.number for one in priced if not names or _is_called(one.check, name.strip())}
        if not own:
            parts = ", ".join(part.number for part in assignment.parts)
            raise UserError(f"there is no part, check or function {name}; the parts are {parts}.")
        numbers |= own
    functions: set[str] = set()
    waiting = {one.check.function for one in priced if one.check.number in numbers}
    while waiting:
        functions |= waiting
        waiting = {used for key in waiting for used in assignment.contract.uses(key)} - functions
    parts_of_these = {one.check.part for one in priced if one.check.function in functions}
    return tuple(one for one in priced if one.check.part in parts_of_these), numbers


def _is_called(check: Check, name: str) -> bool:
    return is_within(check.number, name) or name in (check.function, check.shown)


def _require_shares(total: dict[str, float], assignment: Assignment) -> None:
    """Raise UserError for a graded function whose points no check takes a share of."""
    for key, part in assignment.functions.items():
        name, points = assignment.contract.shown[key], part.points_of[key]
        if points and key not in total:
            raise UserError(
                f"assignment.toml gives {name} {points:g} of the points, but no check is tagged with it; "
                f"write one in autograder/problems/{part.problem}/checks, or give it 0 points."
            )
        if points and not total[key]:
            raise UserError(
                f"assignment.toml gives {name} {points:g} of the points, but the weights of its "
                "checks add up to 0; give one of them a @weight."
            )


def _without_remainder(priced: list[Priced], assignment: Assignment) -> list[Priced]:
    """Give what rounding leaves over to the largest check of each function: shares add up to its points."""
    exact = {id(one): one for one in priced}
    for key, part in assignment.functions.items():
        shares = [one for one in priced if one.check.function == key]
        if not shares:
            continue
        largest = max(shares, key=lambda one: one.check.max_points)
        left = part.points_of[key] - sum(one.check.max_points for one in shares)
        check = dataclasses.replace(largest.check, max_points=round(largest.check.max_points + left, 4))
        exact[id(largest)] = Priced(largest.bound, check)
    return list(exact.values())


def in_hundredths(checks: Iterable[Check]) -> dict[str, float]:
    """Return what each check is worth, by number, rounded for publication so that a function's checks add up.

    By the largest remainders (Hamilton's method): none is a hundredth or more off.
    """
    functions: defaultdict[str, list[Check]] = defaultdict(list)
    for check in checks:
        functions[check.function].append(check)
    published: dict[str, float] = {}
    for own in functions.values():
        exact = [round(100 * check.max_points, 4) for check in own]
        left = round(sum(exact)) - sum(map(math.floor, exact))
        by_remainder = sorted(range(len(own)), key=lambda i: math.floor(exact[i]) - exact[i])
        for i, check in enumerate(own):
            published[check.number] = (math.floor(exact[i]) + (i in by_remainder[:left])) / 100
    return published


def weights(checks: Iterable[BoundCheck]) -> dict[str, float]:
    """Add up the weights of the checks of each graded function."""
    total: defaultdict[str, float] = defaultdict(float)
    for bound in checks:
        total[key_of_check(bound)] += bound.weight
    return total


def key_of_check(bound: BoundCheck) -> str:
    """Return the key of the graded function of a check; FILE for a check of the file itself."""
    return FILE if bound.tag == FILE else contract_of((bound.problem,)).key(bound.tag)


def _numbers(graded: list[tuple[BoundCheck, str]], assignment: Assignment) -> list[str]:
    """Number the checks of each part by their place in it; those with parameters by these, too."""
    seen: defaultdict[str, list[object]] = defaultdict(list)
    numbers = []
    for bound, key in graded:
        part = assignment.functions[key].number if key != FILE else assignment.file_number
        if bound.function not in seen[part]:
            seen[part].append(bound.function)
        place_in_part = seen[part].index(bound.function) + 1
        numbers.append(".".join([part, str(place_in_part), *(str(index + 1) for index in bound.indices)]))
    return numbers


def _visibility(number: str, part: str, key: str, shown: str, feedback: Feedback) -> Visibility:
    """Say who sees a check: what is said of its number, else of its function, else of all."""
    for name in (*_numbers_for(number, part), key, shown):
        if name in feedback.checks:
            return feedback.checks[name]
    return feedback.visibility


def _numbers_for(number: str, part: str) -> list[str]:
    """Return what stands for a check: "1.4.3.2" itself, and "1.4.3" for all that it belongs to."""
    digits = number.split(".")
    return [".".join(digits[:length]) for length in range(len(digits), part.count(".") + 1, -1)]


def _refuse_unknown(priced: list[Priced], feedback: Feedback) -> None:
    checks = [one.check for one in priced]
    known = {name for check in checks for name in (check.function, check.shown)}
    known |= {name for check in checks for name in _numbers_for(check.number, check.part)}
    for name in feedback.checks:
        if name not in known:
            raise UserError(
                f"assignment.toml: [feedback.checks] names {name}, which is neither the number of a check "
                'nor a graded function; write one such as "1.2.3" or relu.'
            )
