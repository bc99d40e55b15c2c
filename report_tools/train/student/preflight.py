"""Look at a solution.py for a second before any long run starts."""

from pathlib import Path

from autograder.common import time_limit
from autograder.common.errors import UserError
from autograder.common.keys import function_of
from report_tools.plan import assignment
from report_tools.plan.settings import Student
from report_tools.train import loading
from report_tools.train.student import public_tests

FORCE = ", or train anyway with --force"


def check(solution: str, student: Student, *, force: bool = False) -> None:
    """Raise UserError that names the first missing or wrong function and its section of the handout.

    student: the class that will be trained; the rest of the file may still be unwritten.
    What is wrong is what the public tests say.  force: go on although one of them fails.
    """
    name = Path(solution).name
    try:
        with time_limit.limit(name, what=f"The import of {name}"):
            made = loading.load(solution, student.name)
    except time_limit.DoesNotEnd as error:
        where = time_limit.place_of(error, name)
        raise UserError(f"importing {name} does not end; it was stopped on {where}.") from None
    if force:
        return
    for function in (*assignment.sections(student.problem), *student.given):
        if not callable(getattr(made, function, None)):
            raise _problem(student, function, "is missing")
    failure = public_tests.first_failure(Path(solution), student.problem)
    if failure is None:
        return
    if failure.is_blank:
        raise _problem(student, failure.function, "is not written yet")
    raise _problem(
        student, failure.function, f'fails the public test "{failure.title}": {failure.message}', FORCE
    )


def _problem(student: Student, function: str, what: str, otherwise: str = "") -> UserError:
    if function in student.given:
        return UserError(f"{function} {what}; it is given in the template, so copy it back.")
    section = assignment.sections(student.problem).get(function_of(function))
    where = f"section {section} of the handout" if section else "the handout"
    return UserError(f"{function} {what}; see {where}{otherwise}.")
