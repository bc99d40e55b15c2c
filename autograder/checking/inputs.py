"""Say which inputs a check meets: some written beside it, some drawn from the term's seed.

    @parametrize("activation", ("relu", "tanh"))
    @example(x=VECTOR)
    @given(x=arrays(REALS))
    def test_values(student, expect, activation, x): ...

These are named and written as in pytest and Hypothesis, and only note what they were given: the grader
imports neither of them for a grading whose inputs have been drawn before (grading/cache.py).  It
draws in its own way, because of what must hold for a grade: the same seed gives the same inputs,
whatever else is imported and in whatever order checks run, and no two checks meet quite the same:
a mistake that shows for six rows only must not cost every check in one term and none in another.
"""

import dataclasses
import functools
import random
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from autograder.checking.later import now

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

COUNT = 5  # drawn inputs that a check meets
POOL = 8  # drawn inputs of a strategy, of which each check meets some: drawing takes its time
TRIES = 100  # a strategy may reject some of the bytes it is offered, but not so many
BYTES = 1024  # more than any input of a check needs

Check = TypeVar("Check", bound=Callable[..., Any])
Inputs = dict[str, Any]


Strategies = Mapping[str, "SearchStrategy[Any]"]


def parametrize(name: str, values: Iterable[Any]) -> Callable[[Check], Check]:
    """Make one check of each of these values of a parameter."""

    def decorate(check: Check) -> Check:
        check.each = [*getattr(check, "each", ()), (name, tuple(values))]  # type: ignore[attr-defined]
        return check

    return decorate


def given(**strategies: "SearchStrategy[Any]") -> Callable[[Check], Check]:
    """Have a check meet inputs drawn from these strategies, by keyword."""

    def decorate(check: Check) -> Check:
        check.strategies = strategies  # type: ignore[attr-defined]
        return check

    return decorate


def example(**inputs: Any) -> Callable[[Check], Check]:
    """Have a check meet this input before all that is drawn; the topmost example comes first."""

    def decorate(check: Check) -> Check:
        check.examples = [inputs, *getattr(check, "examples", ())]  # type: ignore[attr-defined]
        return check

    return decorate


class TooPicky(Exception):
    """A strategy that rejects nearly everything it is offered: a fault of the check."""


@dataclasses.dataclass(frozen=True)
class Drawn:
    """Inputs by keyword, and the bytes that Hypothesis read them from."""

    inputs: Inputs
    read_from: bytes


def draw(strategies: Strategies, seed: int, check: str) -> list[Drawn]:
    """Draw what a check meets; `check` is its name, which decides what it is given of the pool."""
    pool = _pool(tuple(now(strategies).items()), seed)
    return random.Random(f"{seed} {check}").sample(pool, COUNT)


def prepare_to_shrink() -> None:
    """Import Hypothesis: worth its time where many submissions are graded, some of which will fail."""
    import hypothesis
    import hypothesis.extra.numpy  # noqa: F401


def shrink(strategies: Strategies, drawn: Iterable[Drawn], check: Callable[..., Any]) -> None:
    """Call the check with these inputs; raise what it raises on the smallest one that fails.

    If none of them fails now, nothing is raised.
    """
    test = _hypothesis_test(now(strategies), check)
    for one in drawn:
        try:
            test.hypothesis.fuzz_one_input(one.read_from)
        except Exception:
            test()  # replays the bytes, which the test's database has kept, and makes them smaller
            raise


@functools.cache
def _pool(strategies: "tuple[tuple[str, SearchStrategy[Any]], ...]", seed: int) -> list[Drawn]:
    """Draw from bytes that follow from the seed.

    Hypothesis offers this to fuzzers.  Inputs depend on the bytes alone, where its own generator
    also looks at the constants of all modules that are imported.
    """
    met: list[Inputs] = []
    test = _hypothesis_test(dict(strategies), lambda **inputs: met.append(inputs))
    source = random.Random(f"{seed} {strategies!r}")
    pool: list[Drawn] = []
    for _ in range(TRIES):
        offered = source.randbytes(BYTES)
        test.hypothesis.fuzz_one_input(offered)
        if len(met) > len(pool):  # it was not rejected
            pool.append(Drawn(met[-1], offered))
        if len(pool) == POOL:
            return pool
    raise TooPicky(f"{TRIES} draws gave {len(pool)} inputs for {', '.join(dict(strategies))}")


def _hypothesis_test(strategies: Strategies, check: Callable[..., Any]) -> Any:
    import hypothesis
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis.database import InMemoryExampleDatabase

    @settings(
        database=InMemoryExampleDatabase(),  # where bytes that failed are kept, for the replay
        phases=(Phase.reuse, Phase.shrink),
        deadline=None,  # no verdict may depend on the speed of the machine
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @hypothesis.given(**strategies)
    def test(**inputs: Any) -> None:
        check(**inputs)

    return test
