"""Look at a solution.py for a second before any long run starts."""

from pathlib import Path

from autograder.common import time_limit
from autograder.common.errors import UserError
from report_tools.plan import assignment
from report_tools.train import public_tests, student_class

FORCE = ", or train all the same with --force"
GIVEN = ("compute_loss_and_accuracy",)  # comes with the template


def check(solution: str, *, force: bool = False) -> None:
    """Raise UserError that names the first missing or wrong function and its section of the handout.

    What is wrong is what the public tests say.  force: go on although one of them fails.
    """
    name = Path(solution).name
    try:
        with time_limit.limit(name, what=f"The import of {name}"):
            network_class = student_class.load(solution)
    except time_limit.DoesNotEnd as error:
        where = time_limit.place_of(error, name)
        raise UserError(f"importing {name} does not end; it was in {where}.") from None
    if force:
        return
    for function in (*assignment.sections(), *GIVEN):
        if not callable(getattr(network_class, function, None)):
            raise _problem(function, "is missing")
    failure = public_tests.first_failure(Path(solution))
    if failure is None:
        return
    if failure.is_blank:
        raise _problem(failure.function, "is not written yet")
    raise _problem(failure.function, f'fails the public test "{failure.title}": {failure.message}', FORCE)


def _problem(function: str, what: str, otherwise: str = "") -> UserError:
    if function in GIVEN:
        return UserError(f"{function} {what}; it is given in the template, so copy it back.")
    section = assignment.sections().get(function)
    where = f"section {section} of the handout" if section else "the handout"
    return UserError(f"{function} {what}; see {where}{otherwise}.")
